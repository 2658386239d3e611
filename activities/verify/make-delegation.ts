import { randomUUID } from 'node:crypto';
import type { DeedAsked, DelegationAnswer } from '#activities/contract.ts';
import { DELEGATION_TAG, delegationStatement, scopeInText, whyNotDelegate, type Delegation } from '#domain/delegation.ts';
import type { Transaction } from '#db';
import { policyInForce } from '#prisma/policies.ts';
import { confirmedDeed } from './confirmed-deed.ts';
import { keepDelegation, namedIn, whyNotApprover } from './delegating.ts';
import { standingDelegations } from './delegations.ts';
import type { VerifierDeps } from './deps.ts';
import { ONLY } from './issue-code.ts';
import { lastChanges } from './last-changes.ts';
import { databaseTime } from './once.ts';
import { ownDeed } from './own-deed.ts';
import { accountInLeaf, withAccounts } from './people.ts';

/**
 * Lets another person decide in the place of whoever is signed in, confirmed with their own key or authenticator and
 * signed by the verifier. Everything is judged by the directory as it is now; a refusal uses up nothing but a wrong code.
 */
export async function storeDelegation(deps: VerifierDeps, { request, account, sealed }: DeedAsked): Promise<DelegationAnswer> {
  return ownDeed<'delegation', Extract<DelegationAnswer, { outcome: 'done' }>>(
    deps,
    { purpose: 'delegation', subject: request, updateId: ONLY, sealed, account },
    { type: 'delegation.refused' },
    async (typed, from) => {
      const { policy } = await policyInForce(deps.db);
      const { to, toMayDecide, scope } = await namedIn(deps, typed);
      const why = await whyNotApprover(deps, from);
      const whole = await withAccounts(deps.people, policy.identities, [from, to, ...(scope?.about ?? [])]);
      const { since, until, by } = typed;
      const about = { account: to && accountInLeaf(to) };
      const act = async (tx: Transaction) => {
        if (why || !from) return { refusal: why ?? ('account-not-active' as const) };
        if (!scope) return { refusal: 'scope-not-found' as const };
        const standing = await standingDelegations(tx, deps, [from.guid, ...(to ? [to.guid] : [])]);
        const { lastOwnReset, lastFactorChange } = (await lastChanges(tx, [from.guid]))(from.guid);
        const now = await databaseTime(tx);
        const changes = [lastOwnReset, lastFactorChange];
        const coolingOffSeconds = policy.timers.coolingOff;
        const people = { from: whole(from), to: to && whole(to), about: scope.about.map(whole) };
        const whyNot = whyNotDelegate({ ...people, toMayDecide, since, until, standing, changes, coolingOffSeconds, now });
        if (whyNot || !to) return { refusal: whyNot ?? ('delegate-not-found' as const) };
        const confirmed = await confirmedDeed(tx, deps, {
          account,
          subject: request,
          policy,
          by,
          tag: DELEGATION_TAG,
          purpose: 'delegation/make',
          statement: (ceremony) => delegationStatement(ceremony, { make: typed }),
          source: typed.source,
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
        await keepDelegation(tx, deps, facts, { from, to, scope });
        const said = { delegation: facts.id, since: facts.since, until: facts.until, scope: scopeInText(facts.scope) };
        const answer = { outcome: 'done' as const, delegation: facts.id };
        return { answer, leaf: { type: 'delegation.made' as const, do: said, ...about }, by: confirmed };
      };
      return { about, act };
    },
  );
}
