import type { DeedAsked, DelegationAnswer } from '#activities/contract.ts';
import { DELEGATION_TAG, delegationStatement } from '#domain/delegation.ts';
import type { Transaction } from '#db';
import { policyInForce } from '#prisma/policies.ts';
import { confirmedDeed } from './confirmed-deed.ts';
import type { VerifierDeps } from './deps.ts';
import { ONLY } from './issue-code.ts';
import { ownDeed } from './own-deed.ts';
import { whyNotAtConsole } from './why-not-at-console.ts';

/**
 * Ends a delegation at once: withdrawn by its delegator, whoever made it, or declined by whoever got it, each with their own key
 * or authenticator. What was decided under it and is not written yet counts no more. One that has ended already stays as it ended.
 */
export async function endDelegation(deps: VerifierDeps, { request, account, sealed }: DeedAsked): Promise<DelegationAnswer> {
  return ownDeed<'delegation-end', Extract<DelegationAnswer, { outcome: 'done' }>>(
    deps,
    { purpose: 'delegation-end', subject: request, updateId: ONLY, sealed, account },
    { type: 'delegation.withdrawn' },
    async ({ delegation, by, source }, person) => {
      const why = await whyNotAtConsole(deps, person);
      const act = async (tx: Transaction) => {
        if (why) return { refusal: why };
        const row = await tx.delegation.findUnique({ where: { id: delegation }, select: { fromGuid: true, toGuid: true } });
        if (!row || (row.fromGuid !== account && row.toGuid !== account)) return { refusal: 'not-found' as const };
        const { policy } = await policyInForce(tx);
        const confirmed = await confirmedDeed(tx, deps, {
          account,
          subject: request,
          policy,
          by,
          tag: DELEGATION_TAG,
          purpose: 'delegation/end',
          statement: (ceremony) => delegationStatement(ceremony, { end: delegation }),
          source,
        });
        if ('refusal' in confirmed) return confirmed;
        await tx.$executeRaw`
          UPDATE delegation SET withdrawn_at = clock_timestamp(), withdrawn_by = ${account}::uuid WHERE id = ${delegation}::uuid AND withdrawn_at IS NULL`;
        const facts = { delegation, by: row.fromGuid === account ? 'delegator' : 'delegate' };
        const answer = { outcome: 'done' as const, delegation };
        return { answer, leaf: { type: 'delegation.withdrawn' as const, do: facts }, by: confirmed };
      };
      return { about: { do: { delegation } }, act };
    },
  );
}
