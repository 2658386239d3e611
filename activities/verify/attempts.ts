import type { Transaction } from '#db';

const WINDOW_SECONDS = 3600;

/**
 * Counts an attempt before it is made and says whether it may count: false once more than `limit` failed within the
 * hour. The hour begins anew with every attempt that counts, so a budget cannot be spent twice across its edge; what comes
 * over the limit prolongs nothing, so nobody is kept out for longer than an hour. The row stays locked until the transaction ends, so attempts on one account are decided one after another.
 */
export async function raiseAttempts(tx: Pick<Transaction, '$queryRaw'>, key: string, limit: number): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ failures: number }[]>`
    INSERT INTO attempts AS a (key, failures, window_ends) VALUES (${key}, 1, clock_timestamp() + make_interval(secs => ${WINDOW_SECONDS}))
    ON CONFLICT (key) DO UPDATE SET
      failures = CASE WHEN a.window_ends <= clock_timestamp() THEN 1 ELSE a.failures + 1 END,
      window_ends = CASE WHEN a.window_ends <= clock_timestamp() OR a.failures < ${limit} THEN excluded.window_ends ELSE a.window_ends END
    RETURNING failures`;
  return row !== undefined && row.failures <= limit;
}

/** Takes back the count of an attempt that passed: only failures count. */
export async function forgiveAttempt(tx: Transaction, key: string): Promise<void> {
  await tx.$executeRaw`UPDATE attempts SET failures = greatest(failures - 1, 0) WHERE key = ${key}`;
}

/** Forgets every failure of the hour, as the directory does with its own count when a password was right. */
export async function forgiveAll(tx: Transaction, key: string): Promise<void> {
  await tx.$executeRaw`UPDATE attempts SET failures = 0 WHERE key = ${key}`;
}
