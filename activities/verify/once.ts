import type { Transaction } from '#db';
import type { Json } from '#evidence/jcs.ts';
import type { VerifierDeps } from './deps.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One attempt: the reset, session or request it belongs to, and the update that made it. */
export interface Attempt {
  subject: string;
  updateId: string;
  sealed: string;
}

/** The outcome that this very attempt had already, or undefined. Read before anything else is asked, so a retry costs nobody anything. */
export async function earlierOutcome<T>(deps: Pick<VerifierDeps, 'db'>, { subject, updateId }: Attempt): Promise<T | undefined> {
  const row = await deps.db.burn.findUnique({ where: { subject_updateId: { subject, updateId } }, select: { outcome: true } });
  return row ? (row.outcome as T) : undefined; // written by `once` below with the same type
}

/**
 * Makes one attempt exactly once, in one transaction: what `check` burns, counts, signs and writes, the outcome, and the
 * erasure of what was typed stand or fall together. A second call with the same subject and update id, at the same
 * time or after a crash, gets the first outcome. If we crash inside, nothing was burned and nobody was told anything.
 */
export async function once<T extends object>(
  deps: Pick<VerifierDeps, 'db'>,
  attempt: Attempt,
  check: (tx: Transaction) => Promise<{ outcome: T; consumed?: string | readonly string[] | undefined }>,
): Promise<T> {
  const { subject, updateId, sealed } = attempt;
  return deps.db.$transaction(
    async (tx) => {
      // Two workers may run the same attempt when one is slow; the second waits here and then finds the outcome.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`burn\n${subject}\n${updateId}`}, 0))`;
      const earlier = await earlierOutcome<T>({ db: tx as VerifierDeps['db'] }, attempt);
      if (earlier) return earlier;
      const { outcome, consumed } = await check(tx);
      const [first = null, ...others] = typeof consumed === 'string' ? [consumed] : (consumed ?? []);
      const stored = outcome as { [key: string]: Json };
      await tx.burn.create({ data: { subject, updateId, consumed: first, outcome: stored }, select: { updateId: true } });
      // Whatever else this attempt used up has a row of its own, under an update id that nobody can send.
      for (const other of others)
        await tx.burn.create({
          data: { subject, updateId: `${updateId} ${other}`, consumed: other, outcome: stored },
          select: { updateId: true },
        });
      if (UUID.test(sealed)) await tx.sealed.deleteMany({ where: { id: sealed, recipient: 'verifier' } });
      return outcome;
    },
    // A burst waits its turn on the account's counter: 20 checks of 40 ms each, and slack for a busy machine.
    { maxWait: 10_000, timeout: 12_000 },
  );
}

/** Whether something was burned before, whatever the rows it belongs to say now (a restored or edited row changes nothing here). */
export async function isBurned(tx: Transaction, consumed: string): Promise<boolean> {
  return (await tx.burn.findUnique({ where: { consumed }, select: { updateId: true } })) !== null;
}

/** The database's clock, by which codes and attempts are judged. */
export async function databaseTime(tx: Transaction): Promise<Date> {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  return row?.now ?? new Date(Number.NaN);
}
