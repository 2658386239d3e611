import type { Transaction } from '#db';

/**
 * Halting takes its turn with the claims of writers, until the transaction ends: writers beside each other, an act alone.
 * So in the log no write is started after an act that halts it. Taken before anything is written, or the leaves of the
 * two would not stand in the order of the turns.
 */
export async function takeHaltTurn(tx: Transaction, who: 'a writer' | 'an act'): Promise<void> {
  if (who === 'an act') await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('halt', 0))`;
  else await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(hashtextextended('halt', 0))`;
}
