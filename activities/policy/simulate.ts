import { groupSids } from '#activities/directory/group-sids.ts';
import type { RoleGroups } from '#activities/verify/deps.ts';
import { holdings } from '#activities/verify/holdings.ts';
import type { People, Person } from '#activities/verify/people.ts';
import { missingFactors, type Methods } from '#domain/accept.ts';
import { isStrongMapping } from '#domain/account-mapping.ts';
import { whyNotReset } from '#domain/account-state.ts';
import { firstFactorCondition, groupsOfPolicy } from '#domain/first-factor.ts';
import { flagsOf, type Door, type Flag } from '#domain/circumstances.ts';
import { NOT_ENROLLED } from '#domain/next.ts';
import { canAlone } from '#domain/policy-requirements.ts';
import type { LookedAt, SimulatedTelling, Simulation, SimulatedWay } from '#domain/policy-simulation.ts';
import { fitting, isServed, passwordDemands, placeOf, selectRule, type Policy, type Rule } from '#domain/policy.ts';
import { withCard } from '#domain/readiness.ts';
import { judged, type Situation } from '#domain/rule-choice.ts';
import { conditionInWords, replacementInWords } from '#domain/rule-words.ts';
import { TELL_WHEN, toldAt } from '#domain/telling.ts';
import { whomInWords } from '#domain/telling-words.ts';
import type { Database } from '#db';
import { whoCouldApprove } from './who-could-approve.ts';
import { whomToTell } from './whom-to-tell.ts';

/** Under which circumstances an account is asked about; `flags` are its own when they are left out. */
export interface Supposed {
  networks: readonly string[];
  via: Door;
  at: Date;
  flags?: readonly Flag[] | undefined;
}

interface SimulateDeps {
  people: Pick<People, 'mapped' | 'read' | 'behind' | 'theirAccounts' | 'groupSid' | 'passwordPolicy'>;
  db: Database;
  roleGroups: Pick<RoleGroups, 'security-officer'>;
  /** Smart cards count here: somebody has said whose. */
  cardsCount: boolean;
}

/** What would happen if somebody named this account then. Nothing is written, and nobody is told. Throws DirectoryUnavailable. */
export async function simulate(
  { people, db, roleGroups, cardsCount }: SimulateDeps,
  policy: Policy,
  account: Person,
  { networks, via, at, flags }: Supposed,
): Promise<Simulation> {
  const situation: Situation = {
    isProtected: account.protectedBy !== undefined,
    place: placeOf(account, await groupSids(groupsOfPolicy(policy), (name) => people.groupSid(name))),
    circumstances: { flags: flags ?? flagsOf(account), via, networks, at: at.toISOString() },
  };
  const rule = selectRule(policy, situation);
  const state = whyNotReset(account);
  const enrolled = (await holdings(db, [account.guid])).get(account.guid) ?? { proofs: [], factors: [] };
  const [own] = (await people.mapped({ sid: account.sid, identities: {} })).filter(({ guid }) => guid === account.guid);
  const held = withCard(enrolled, own?.identities.some(isStrongMapping) ?? false, cardsCount);
  const approvals = rule && !state ? await whoCouldApprove({ people, db }, { policy, account, rule, at }) : { stages: [], feasible: true };
  const holdsNothing = held.factors.length === 0 && held.proofs.length === 0;
  const first = holdsNothing && !state ? firstFactorCondition(policy, { ...situation, ...account }) : undefined;
  const words = rule && !state ? replacementInWords(rule) : undefined;
  const replacement =
    rule && words !== undefined
      ? { words, ...(await whoCouldApprove({ people, db }, { policy, account, rule, at }, 'replace-factors')) }
      : null;
  return {
    name: account.displayName,
    accountName: account.samAccountName,
    isProtected: situation.isProtected,
    networks: [...networks],
    at: at.toISOString(),
    served: isServed(policy, account),
    rules: lookedAt(policy, situation, rule),
    rule: rule?.id ?? null,
    may: [...(rule?.may ?? [])],
    ways: rule ? waysIn(rule, held) : [],
    state: state ?? null,
    ...approvals,
    replacement,
    firstFactor: first?.name ?? null,
    telling: rule && !state ? await tellings({ people, roleGroups }, policy, rule, account) : [],
    password: rule?.may.includes('new-password')
      ? { demands: passwordDemands(policy, rule), directory: await people.passwordPolicy(account) }
      : null,
  };
}

/** Who would be told when, moments at which nobody is left out. */
async function tellings(
  deps: Pick<SimulateDeps, 'people' | 'roleGroups'>,
  policy: Policy,
  rule: Rule,
  holder: Person,
): Promise<SimulatedTelling[]> {
  const isProtected = holder.protectedBy !== undefined;
  const moments = TELL_WHEN.map((when) => ({ when, whom: toldAt(rule, when, isProtected).map(whomInWords) }));
  return Promise.all(
    moments
      .filter(({ whom }) => whom.length > 0)
      .map(async ({ when, whom }) => {
        const told = await whomToTell(deps, { policy, rule, holder, isProtected, when, deciders: [] });
        return { when, whom, people: told.map(({ person }) => person.displayName) };
      }),
  );
}

/** Every rule before the one that fits, and this one; or up to the one of which it cannot be said. */
function lookedAt(policy: Policy, situation: Situation, chosen: Rule | undefined): LookedAt[] {
  if (!situation.place || !isServed(policy, situation.place)) return [];
  const looked: LookedAt[] = [];
  for (const rule of policy.rules) {
    const answer = fitting(policy, rule, situation);
    const named = [...(rule.when.memberOf ?? []), ...(rule.when.notMemberOf ?? [])];
    looked.push({
      id: rule.id,
      answer,
      conditions: judged(rule.when, { ...situation, calendars: policy.calendars }).map((one) => ({
        words: conditionInWords(one.condition, rule.when),
        answer: one.answer,
      })),
      missing: named.filter((name) => !situation.place?.sids.has(name)),
    });
    if (rule === chosen || answer === 'unknown') return looked;
  }
  return looked;
}

function waysIn({ accept }: Rule, held: Methods): SimulatedWay[] {
  return accept.map((way) => ({
    name: way.name,
    proofs: [...way.proofs],
    factors: [...way.factors],
    lacks: [
      ...way.proofs.filter((method) => !NOT_ENROLLED.includes(method) && !held.proofs.includes(method)),
      ...missingFactors(way.factors, held.factors),
    ],
    alone: canAlone({ accept: [way] }, held),
  }));
}
