import type { Transaction } from '#db';

/**
 * Whoever decides whether an account is written (a writer that claims, the verifier that signs a lock) does so one after
 * the other, until the transaction ends. So a lock is signed before the claim, and the writer sees it; or after it, and
 * the verifier sees that it comes too late.
 */
export async function takeAccountTurn(tx: Transaction, account: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${account}, 0))`;
}
