import type { Database, Prisma } from '#db';
import { covers } from '#domain/delegation.ts';
import { delegationFacts, type DelegationRow } from '#prisma/delegations.ts';

/** A delegation that runs now, as its row says; whose row it is, and whether it counts, the verifier looks at again. */
export interface Running {
  row: DelegationRow;
  facts: NonNullable<ReturnType<typeof delegationFacts>>;
}

/** Delegations to this person that run now, the oldest first. */
export async function runningTo(db: Database, account: string): Promise<Running[]> {
  const now = new Date();
  const rows = await db.delegation.findMany({
    where: { toGuid: account, withdrawnAt: null, since: { lte: now }, until: { gt: now } },
    orderBy: [{ madeAt: 'asc' }, { id: 'asc' }],
  });
  return rows.flatMap((row) => {
    const facts = delegationFacts(row);
    return facts ? [{ row, facts }] : [];
  });
}

export const reachedColumns = { eligible: true, claimantDn: true, claimantGroups: true } as const;
type Reached = Pick<Prisma.ApprovalGetPayload<object>, keyof typeof reachedColumns>;

/** The delegation by which an approval reaches somebody who was not asked themselves; undefined for whoever was, and when none does. */
export function reaching(
  approval: Reached & { account: string | null },
  account: string,
  running: readonly Running[],
): Running | undefined {
  if (approval.eligible.includes(account)) return undefined;
  const claimant = { guid: approval.account ?? '', dn: approval.claimantDn ?? '', groups: approval.claimantGroups };
  return running.find(({ facts }) => approval.eligible.includes(facts.from) && covers(facts.scope, claimant));
}

/** Resets that reach this person by a delegation that runs now. */
export async function resetsReached(db: Database, account: string): Promise<string[]> {
  const running = await runningTo(db, account);
  if (running.length === 0) return [];
  const rows = await db.approval.findMany({
    where: { openedAt: { not: null }, eligible: { hasSome: running.map(({ facts }) => facts.from) } },
    orderBy: { openedAt: 'desc' },
    take: 1000,
    select: { ...reachedColumns, resetId: true, reset: { select: { accountGuid: true } } },
  });
  return [
    ...new Set(rows.filter((row) => reaching({ ...row, account: row.reset.accountGuid }, account, running)).map(({ resetId }) => resetId)),
  ];
}
