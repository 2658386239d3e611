import type { Transaction } from '#db';

/** Wrong passwords of one account from one origin. `from` and `workstation` are null where the controller did not say. */
export interface FailedSignIns {
  /** The last of them. */
  at: Date;
  from: string | null;
  workstation: string | null;
  controller: string;
  count: number;
}

/** Origins that are kept apart for one account and hour; whoever makes up more of them is counted as one of unknown origin. */
const MOST_ORIGINS = 200;

/**
 * Where wrong passwords of an account came from since a moment, as controllers say, the latest first: after a reset these are the devices and services that still send the old one. A minute
 * counts whole when its last one is not before `since`. Empty also where no events are collected.
 */
export async function failedSignIns(db: Pick<Transaction, '$queryRaw'>, account: string, since: Date): Promise<FailedSignIns[]> {
  return db.$queryRaw<FailedSignIns[]>`
    SELECT max(last_at) AS at, nullif(address, '') AS "from", nullif(workstation, '') AS workstation, controller, sum(count)::int AS count
    FROM failed_sign_in WHERE account_guid = ${account}::uuid AND last_at >= ${since} GROUP BY address, workstation, controller ORDER BY 1 DESC`;
}

type Failure = { account: string; at: Date; from: string | null; workstation: string | null };

/** Adds wrong passwords to those of their minute and origin. */
export async function keepFailures(tx: Transaction, controller: string, failures: readonly Failure[]): Promise<void> {
  const rows = new Map<string, { failure: Failure; minute: Date; count: number }>();
  for (const failure of failures) {
    const minute = new Date(Math.floor(failure.at.getTime() / 60_000) * 60_000);
    const key = JSON.stringify([failure.account, minute, failure.from, failure.workstation]);
    const row = rows.get(key) ?? { failure, minute, count: 0 };
    const last = row.failure.at > failure.at ? row.failure : failure;
    rows.set(key, { failure: last, minute, count: row.count + 1 });
  }
  const kept = new Map<string, number>();
  for (const { failure, minute, count } of rows.values()) {
    const { account, at } = failure;
    const origins = kept.get(account) ?? (await originsOf(tx, account));
    kept.set(account, origins + 1);
    const [address, workstation] = origins < MOST_ORIGINS ? [failure.from ?? '', failure.workstation ?? ''] : ['', ''];
    await tx.$executeRaw`
      INSERT INTO failed_sign_in (account_guid, minute, address, workstation, controller, count, last_at)
      VALUES (${account}::uuid, ${minute}, ${address}, ${workstation}, ${controller}, ${count}, ${at})
      ON CONFLICT (account_guid, minute, address, workstation, controller)
      DO UPDATE SET count = failed_sign_in.count + EXCLUDED.count, last_at = greatest(failed_sign_in.last_at, EXCLUDED.last_at)`;
  }
}

async function originsOf(tx: Transaction, account: string): Promise<number> {
  return tx.failedSignIn.count({ where: { accountGuid: account, minute: { gt: new Date(Date.now() - 3_600_000) } } });
}
