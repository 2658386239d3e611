import { randomUUID } from 'node:crypto';
import type { DelegationAnswer, DeedAsked } from '#activities/contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { DELEGATION_TAG, delegationBody, delegationStatement, whyNotDelegate, type Delegation } from '#domain/delegation.ts';
import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Transaction } from '#db';
import { policyInForce } from '#prisma/policies.ts';
import { confirmedDeed } from './confirmed-deed.ts';
import { resolveScope, type ResolvedScope } from './delegation-scope.ts';
import { standingDelegations } from './delegations.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { ONLY } from './issue-code.ts';
import { lastChanges } from './last-changes.ts';
import { databaseTime, earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { accountInLeaf, withAccounts, type Person } from './people.ts';
import { rolesOf } from './roles.ts';
import { signRow } from './row-signature.ts';
import { fromWhere, type Typed } from './typed.ts';
import { whyNotAtConsole } from './why-not-at-console.ts';

interface Asking {
  typed: Typed<'delegation'>;
  from: Person;
  to: Person | undefined;
  toMayDecide: boolean;
  scope: ResolvedScope;
  policy: Policy;
  request: string;
}

/**
 * Lets another person decide in the place of whoever is signed in, confirmed with their own key or authenticator and
 * signed by the verifier. Everything is judged by the directory as it is now; a refusal uses up nothing but a wrong code.
 */
export async function storeDelegation(deps: VerifierDeps, asked: DeedAsked): Promise<DelegationAnswer> {
  const attempt = { subject: asked.request, updateId: ONLY, sealed: asked.sealed };
  const earlier = await earlierOutcome<DelegationAnswer>(deps, attempt);
  if (earlier) return earlier;

  const opened = await openTyped(deps, 'delegation', asked.sealed, asked.request);
  // Sealed by whoever was signed in: the worker cannot hand over anybody else's decisions.
  const typed = opened?.account === asked.account ? opened : undefined;
  const { policy } = await policyInForce(deps.db);
  const from = await deps.people.read(asked.account);
  const to = typed && (await deps.people.find(typed.to));
  const scope = typed && (await resolveScope(deps.people, typed));
  const whole = await withAccounts(deps.people, policy.identities, [from, to, ...(scope?.about ?? [])]);
  const toMayDecide = to !== undefined && (await rolesOf(deps, to)).includes('approver');
  const whyNot = typed ? await whyNotApprover(deps, from) : 'service-unavailable';

  return once<DelegationAnswer>(deps, attempt, async (tx) => {
    const made =
      whyNot || !typed || !from
        ? { refusal: whyNot ?? 'service-unavailable' }
        : scope
          ? await make(tx, deps, {
              typed,
              from: whole(from),
              to: to && whole(to),
              toMayDecide,
              scope: { ...scope, about: scope.about.map(whole) },
              policy,
              request: asked.request,
            })
          : { refusal: 'scope-not-found' as const };
    const actor = { type: 'person', guid: asked.account, sid: from?.sid ?? null } as const;
    const whom = { account: to && accountInLeaf(to), ...fromWhere(typed) };
    if ('refusal' in made) {
      const { refusal: code, fault } = made;
      const leaf = { type: 'delegation.refused', outcome: 'denied', actor, reason: code, do: { fault: fault ?? null }, ...whom } as const;
      await recordLeaf(tx, leaf, VERIFIER);
      return { outcome: { outcome: 'refused', code } };
    }
    const { id, scope: about, since, until, method } = made.facts;
    await recordLeaf(
      tx,
      {
        type: 'delegation.made',
        outcome: 'success',
        actor: { ...actor, auth: { method, aal: '2', cred: made.credential } },
        do: { delegation: id, since, until, scope: about === 'all' ? about : about.map((part) => ({ ...part })) },
        ...whom,
      },
      VERIFIER,
    );
    return { outcome: { outcome: 'done', delegation: id }, consumed: made.consumed };
  });
}

async function whyNotApprover(deps: VerifierDeps, person: Person | undefined): Promise<RefusalCode | undefined> {
  const why = await whyNotAtConsole(deps, person);
  if (why || !person) return why ?? 'account-not-active';
  return (await rolesOf(deps, person)).includes('approver') ? undefined : 'role-needed';
}

async function make(
  tx: Transaction,
  deps: VerifierDeps,
  { typed, from, to, toMayDecide, scope, policy, request }: Asking,
): Promise<{ refusal: RefusalCode; fault?: string } | { facts: Delegation; credential: string; consumed: string }> {
  const standing = await standingDelegations(tx, deps, [from.guid, ...(to ? [to.guid] : [])]);
  const { lastOwnReset, lastFactorChange } = (await lastChanges(tx, [from.guid]))(from.guid);
  const now = await databaseTime(tx);
  const { since, until } = typed;
  const coolingOffSeconds = policy.timers.coolingOff;
  const why = whyNotDelegate({
    from,
    to,
    toMayDecide,
    about: scope.about,
    since,
    until,
    standing,
    changes: [lastOwnReset, lastFactorChange],
    coolingOffSeconds,
    now,
  });
  if (why || !to) return { refusal: why ?? 'delegate-not-found' };
  const confirmed = await confirmedDeed(tx, deps, {
    account: from.guid,
    subject: request,
    policy,
    by: typed.by,
    tag: DELEGATION_TAG,
    purpose: 'delegation/make',
    statement: (ceremony) => delegationStatement(ceremony, { make: typed }),
  });
  if ('refusal' in confirmed) return confirmed;
  const facts: Delegation = {
    id: randomUUID(),
    from: from.guid,
    to: to.guid,
    scope: scope.scope,
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    made: now.toISOString(),
    method: confirmed.method,
  };
  const body = delegationBody(facts);
  await tx.delegation.create({
    data: {
      id: facts.id,
      fromGuid: facts.from,
      toGuid: facts.to,
      scope: body.scope,
      since: facts.since,
      until: facts.until,
      madeAt: facts.made,
      method: facts.method,
      signature: signRow(deps.keys, body),
      fromName: from.displayName,
      toName: to.displayName,
      scopeNames: scope.names,
    },
    select: { id: true },
  });
  return { facts, credential: confirmed.credential, consumed: confirmed.consumed };
}
