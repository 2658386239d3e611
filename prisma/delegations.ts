import type { DecisionMethod } from '#domain/attestation.ts';
import type { Delegation } from '#domain/delegation.ts';
import type { Prisma, Transaction } from './client.ts';
import { byOfficersText, scopeText } from './delegation-text.ts';

export type DelegationRow = Prisma.DelegationGetPayload<object>;

/** A row as what the verifier signed; undefined when it can be no row of its own. */
export function delegationFacts(
  row: Pick<DelegationRow, 'id' | 'fromGuid' | 'toGuid' | 'scope' | 'since' | 'until' | 'madeAt' | 'method' | 'byOfficers'>,
): Delegation | undefined {
  const scope = scopeText.safeParse(row.scope);
  const byOfficers = row.byOfficers === null ? undefined : byOfficersText.safeParse(row.byOfficers);
  if (!scope.success || byOfficers?.success === false) return undefined;
  return {
    id: row.id,
    from: row.fromGuid,
    to: row.toGuid,
    scope: scope.data,
    since: row.since.toISOString(),
    until: row.until.toISOString(),
    made: row.madeAt.toISOString(),
    method: row.method as DecisionMethod, // a row with any other word was not signed
    ...(byOfficers ? { byOfficers: byOfficers.data } : {}),
  };
}

/** Of these delegations, those that do not stand any more: withdrawn, declined, or gone from the table, which nobody may do. */
export async function endedOf(db: Pick<Transaction, 'delegation'>, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.delegation.findMany({ where: { id: { in: [...ids] }, withdrawnAt: null }, select: { id: true } });
  const standing = new Set(rows.map(({ id }) => id));
  return new Set(ids.filter((id) => !standing.has(id)));
}
