import { randomUUID } from 'node:crypto';
import { scopeInText, whyNotForAnother, type Delegation, type ForAnother } from '#domain/delegation.ts';
import { JOINT_ACT_SECONDS } from '#domain/joint-act.ts';
import { policyInForce } from '#prisma/policies.ts';
import { keepDelegation, mayDecide, namedIn } from './delegating.ts';
import { standingDelegations } from './delegations.ts';
import type { VerifierDeps } from './deps.ts';
import type { JointKind } from './joint-kind.ts';
import { whyNotOfficer } from './officers.ts';
import { accountInLeaf, withAccounts } from './people.ts';

const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * A delegation that two officers make for somebody who cannot: by the rules of every delegation, judged when it is proposed and
 * again when it is confirmed, by what the directory says of the names at that moment. Both sign with their keys.
 */
export async function delegationKind(deps: VerifierDeps, typed: ForAnother): Promise<JointKind> {
  const from = await deps.people.find(typed.from);
  const { to, toMayDecide, scope } = await namedIn(deps, typed);
  const fromMayDecide = await mayDecide(deps, from);
  const { policy } = await policyInForce(deps.db);
  const delegate = { ...typed, groups: [...typed.groups], units: [...typed.units], accounts: [...typed.accounts] };
  const means = { from: from?.guid ?? NOBODY, to: to?.guid ?? NOBODY, scope: scope?.scope ?? [] };
  const [since, until] = [new Date(typed.since).toISOString(), new Date(typed.until).toISOString()];
  const facts = { from: means.from, to: means.to, scope: scopeInText(means.scope), since, until };
  return {
    proposes: { delegate },
    confirms: { delegate, means },
    whyNotThem: (person) => whyNotOfficer(deps, person),
    ownAct: 'second-officer-needed',
    seconds: JOINT_ACT_SECONDS,
    row: {
      kind: 'delegation',
      subject: means.from,
      shown: { from: from?.displayName ?? '', to: to?.displayName ?? '', scope: scope?.names ?? [] },
    },
    body: { delegate, means: { ...means, scope: scopeInText(means.scope) } },
    about: { do: { kind: 'delegation', ...facts }, account: from && accountInLeaf(from) },
    async whyNot(officers) {
      const whole = await withAccounts(deps.people, policy.identities, [from, to, ...officers, ...(scope?.about ?? [])]);
      const people = { from: from && whole(from), to: to && whole(to), officers: officers.map(whole) };
      const concerned = [from, to].flatMap((one) => (one ? [one.guid] : []));
      const coolingOffSeconds = policy.timers.coolingOff;
      return async (tx, now) => {
        if (!scope) return 'scope-not-found';
        const standing = await standingDelegations(tx, deps, concerned);
        const parts = { ...people, about: scope.about.map(whole), fromMayDecide, toMayDecide, since, until };
        return whyNotForAnother({ ...parts, standing, coolingOffSeconds, now });
      };
    },
    needsKeys: async () => true,
    moment: async (_, now) => now,
    async takeEffect(tx, { id: act, proposed, confirmed, officers }) {
      if (!from || !to || !scope) throw new Error('a delegation was confirmed that names nobody');
      const made = { made: confirmed.at, method: 'passkey' as const, byOfficers: { act, typed: delegate, proposed, confirmed } };
      const kept: Delegation = { id: randomUUID(), from: from.guid, to: to.guid, scope: scope.scope, since, until, ...made };
      await keepDelegation(tx, deps, kept, { from, to, scope, officers: officers.map(({ displayName }) => displayName) });
      return { delegation: kept.id };
    },
  };
}
