import { delegationBody, type Delegation } from '#domain/delegation.ts';
import type { Transaction } from '#db';
import { delegationFacts, type DelegationRow } from '#prisma/delegations.ts';
import type { VerifierDeps } from './deps.ts';
import { isOurRow } from './row-signature.ts';

export type OurDelegation = { facts: Delegation; row: DelegationRow };

/** A row of the verifier's own; undefined for one that somebody wrote, moved or changed by hand. */
export function ourDelegation({ keys }: Pick<VerifierDeps, 'keys'>, row: DelegationRow | null): OurDelegation | undefined {
  const facts = row === null ? undefined : delegationFacts(row);
  return row && facts && isOurRow(keys, delegationBody(facts), row.signature) ? { facts, row } : undefined;
}

/** Every delegation from or to one of these people that was not withdrawn. Nobody makes another until the transaction ends. */
export async function standingDelegations(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  people: readonly string[],
): Promise<Delegation[]> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('delegations', 0))`;
  const who = { in: [...people] };
  const rows = await tx.delegation.findMany({ where: { withdrawnAt: null, OR: [{ fromGuid: who }, { toGuid: who }] } });
  return rows.flatMap((row) => ourDelegation(deps, row)?.facts ?? []);
}
