import { GRACE_SECONDS, type OurWrites } from '#domain/reconciliation.ts';
import type { Transaction } from '#db';

/** States of a write that was made, or may have been. */
const MADE = ['applied', 'verified', 'unverified', 'unknown'];

/** What the writers claim of these accounts' passwords, by account; nothing of one that was never written. What was settled since `began`, while the directory was read, is on its way. */
export async function ourWrites(db: Transaction, accounts: readonly string[], began: Date): Promise<Map<string, OurWrites>> {
  const rows = await db.$queryRaw<{ account: string; made: (string | null)[] | null; under_way: boolean }[]>`
    SELECT account_guid::text AS account,
      array_agg(pwd_last_set_after ORDER BY claimed_at) FILTER (WHERE state = ANY(${MADE})) AS made,
      bool_or(CASE WHEN state = 'claimed' THEN claimed_at > clock_timestamp() - make_interval(secs => ${GRACE_SECONDS}::float8)
                   ELSE state = ANY(${MADE}) AND settled_at >= ${began} END) AS under_way
    FROM write_claim WHERE operation = 'new-password' AND account_guid = ANY(${[...accounts]}::uuid[]) GROUP BY 1`;
  return new Map(rows.map(({ account, made, under_way: underWay }) => [account, { made: made ?? [], underWay }]));
}

/** Writes that are known to have been made longer ago than replication takes, and that nothing seen in the directory explains: by account, the last one's reset. */
export async function missingWrites(db: Transaction): Promise<{ account: string; reset: string; after: string | null }[]> {
  return db.$queryRaw`
    SELECT DISTINCT ON (c.account_guid) c.account_guid::text AS account, c.reset_id::text AS reset, c.pwd_last_set_after AS after
    FROM write_claim c JOIN seen_password s USING (account_guid)
    WHERE c.operation = 'new-password' AND c.state IN ('applied', 'verified', 'unverified')
      AND c.settled_at < clock_timestamp() - make_interval(secs => ${GRACE_SECONDS}::float8)
      AND s.writes < (SELECT count(*) FROM write_claim o WHERE o.account_guid = c.account_guid AND o.operation = 'new-password' AND o.state = ANY(${MADE})
                      AND o.settled_at < clock_timestamp() - make_interval(secs => ${GRACE_SECONDS}::float8))
    ORDER BY c.account_guid, c.claimed_at DESC`;
}
