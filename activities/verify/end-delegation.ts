import type { DelegationAnswer, DeedAsked } from '#activities/contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { DELEGATION_TAG, delegationStatement } from '#domain/delegation.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Transaction } from '#db';
import { policyInForce } from '#prisma/policies.ts';
import { confirmedDeed } from './confirmed-deed.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { ONLY } from './issue-code.ts';
import { earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { fromWhere, type Typed } from './typed.ts';
import { whyNotAtConsole } from './why-not-at-console.ts';

/**
 * Ends a delegation at once: withdrawn by whoever made it, or declined by whoever got it, each with their own key or
 * authenticator. What was decided under it and is not written yet counts no more. One that has ended already stays as it ended.
 */
export async function endDelegation(deps: VerifierDeps, asked: DeedAsked): Promise<DelegationAnswer> {
  const attempt = { subject: asked.request, updateId: ONLY, sealed: asked.sealed };
  const earlier = await earlierOutcome<DelegationAnswer>(deps, attempt);
  if (earlier) return earlier;

  const opened = await openTyped(deps, 'delegation-end', asked.sealed, asked.request);
  const typed = opened?.account === asked.account ? opened : undefined;
  const person = await deps.people.read(asked.account);
  const whyNot = typed ? await whyNotAtConsole(deps, person) : 'service-unavailable';

  return once<DelegationAnswer>(deps, attempt, async (tx) => {
    const ended = whyNot || !typed ? { refusal: whyNot ?? 'service-unavailable' } : await end(tx, deps, asked.request, typed);
    const actor = { type: 'person', guid: asked.account, sid: person?.sid ?? null } as const;
    const leaf = { type: 'delegation.withdrawn', ...fromWhere(typed) } as const;
    if ('refusal' in ended) {
      const { refusal: code, fault } = ended;
      const facts = { delegation: typed?.delegation ?? null, fault: fault ?? null };
      await recordLeaf(tx, { ...leaf, outcome: 'denied', actor, reason: code, do: facts }, VERIFIER);
      return { outcome: { outcome: 'refused', code } };
    }
    const { method, credential, consumed, delegation, by } = ended;
    const auth = { method, aal: '2', cred: credential } as const;
    await recordLeaf(tx, { ...leaf, outcome: 'success', actor: { ...actor, auth }, do: { delegation, by } }, VERIFIER);
    return { outcome: { outcome: 'done', delegation }, consumed };
  });
}

type Ended = { method: 'totp' | 'passkey'; credential: string; consumed: string; delegation: string; by: 'delegator' | 'delegate' };

async function end(
  tx: Transaction,
  deps: VerifierDeps,
  request: string,
  { account, delegation, by }: Typed<'delegation-end'>,
): Promise<{ refusal: RefusalCode; fault?: string } | Ended> {
  const row = await tx.delegation.findUnique({ where: { id: delegation }, select: { fromGuid: true, toGuid: true } });
  if (!row || (row.fromGuid !== account && row.toGuid !== account)) return { refusal: 'not-found' };
  const { policy } = await policyInForce(tx);
  const confirmed = await confirmedDeed(tx, deps, {
    account,
    subject: request,
    policy,
    by,
    tag: DELEGATION_TAG,
    purpose: 'delegation/end',
    statement: (ceremony) => delegationStatement(ceremony, { end: delegation }),
  });
  if ('refusal' in confirmed) return confirmed;
  await tx.$executeRaw`
    UPDATE delegation SET withdrawn_at = clock_timestamp(), withdrawn_by = ${account}::uuid WHERE id = ${delegation}::uuid AND withdrawn_at IS NULL`;
  return { ...confirmed, delegation, by: row.fromGuid === account ? 'delegator' : 'delegate' };
}
