import type { Directory } from '#activities/directory/connect.ts';
import { findAccount } from '#activities/directory/find-account.ts';
import { groupSid } from '#activities/directory/group-members.ts';
import { groupSids } from '#activities/directory/group-sids.ts';
import type { Methods } from '#domain/accept.ts';
import { whyNotReset } from '#domain/account-state.ts';
import { flagsOf } from '#domain/circumstances.ts';
import { canAlone } from '#domain/policy-requirements.ts';
import { fitting, groupsOfRules, isServed, placeOf, selectRule, type Policy, type Rule } from '#domain/policy.ts';
import { REFUSALS } from '#domain/refusals.ts';
import { judged, type Situation } from '#domain/rule-choice.ts';
import { conditionInWords } from '#domain/rule-words.ts';
import type { Database } from '#db';
import { networksOf } from '#prisma/networks.ts';
import type { Case } from './compare.ts';
import { holdings } from './operators-view.ts';
import { whoCouldApprove } from './who-could-approve.ts';

/** What would happen if somebody named this account now, as lines to be read aloud. Nothing is written, and nobody is told. */
export async function simulate(
  { dir, db }: { dir: Directory; db: Database },
  policy: Policy,
  typedName: string,
  { address, at }: Case,
): Promise<string[]> {
  const account = await findAccount(dir, typedName, at);
  if (!account)
    return [`The directory knows no account "${typedName}". Whoever names it goes on like anybody else, and nothing ever passes.`];
  const who = `${account.displayName} (${account.samAccountName})`;
  if (!isServed(policy, account))
    return [`${who} lies outside of what this policy serves. The reset goes on as a decoy, and nothing ever passes.`];

  const situation: Situation = {
    isProtected: account.protectedBy !== undefined,
    place: placeOf(account, await groupSids(groupsOfRules(policy), (name) => groupSid(dir, name))),
    circumstances: { flags: flagsOf(account), via: 'portal', networks: networksOf(policy.networks, address), at: at.toISOString() },
  };
  const rule = selectRule(policy, situation);
  const held = (await holdings(db)).get(account.guid) ?? { proofs: [], factors: [] };
  const state = whyNotReset(account);
  return [
    `${who}${situation.isProtected ? ', which is protected' : ''}, ${fromWhere(situation)}.`,
    ...whyEach(policy, situation, rule),
    ...(rule ? waysIn(rule, held) : ['No rule fits: behind proof and factor the claimant is told that this account is not reset here.']),
    ...(state ? [`Behind proof and factor it ends: ${REFUSALS[state].words}`] : []),
    ...(rule && !state ? await whoCouldApprove({ dir, db }, policy, account, rule) : []),
  ];
}

function fromWhere({ circumstances: { networks, at } }: Situation): string {
  return `${networks.length > 0 ? `from the network ${networks.join(' and ')}` : 'from no network that is named'}, at ${at}`;
}

/** Why each rule before the one that fits does not, and that this one does. */
function whyEach(policy: Policy, situation: Situation, chosen: Rule | undefined): string[] {
  const lines: string[] = [];
  for (const rule of policy.rules) {
    if (rule === chosen) return [...lines, `The rule "${rule.id}" fits.`];
    const conditions = judged(rule.when, { ...situation, calendars: policy.calendars });
    const no = conditions.find(({ answer }) => answer === 'no');
    if (no) lines.push(`The rule "${rule.id}" does not fit: it asks that ${conditionInWords(no.condition, rule.when)}.`);
    else if (fitting(policy, rule, situation) === 'unknown') {
      const named = [...(rule.when.memberOf ?? []), ...(rule.when.notMemberOf ?? [])];
      const gone = named.filter((name) => !situation.place?.sids.has(name)).map((name) => `"${name}"`);
      return [
        ...lines,
        `Of the rule "${rule.id}" it cannot be said whether it fits: the directory has no group ${gone.join(' and no group ')}. No rule after it is looked at.`,
      ];
    }
  }
  return lines;
}

function waysIn({ accept }: Rule, held: Methods): string[] {
  return accept.map((way) => {
    const lacks = [
      ...way.proofs.filter((method) => method !== 'issued-code' && !held.proofs.includes(method)),
      ...way.factors.filter((method) => !held.factors.includes(method)),
    ];
    const alone = canAlone({ accept: [way] }, held);
    const standing =
      lacks.length > 0
        ? `not enrolled for ${lacks.join(' and ')}`
        : alone
          ? 'enrolled for it'
          : 'enrolled for it, with a code from the help desk';
    return `Way in "${way.name}": ${[...way.proofs, ...way.factors].join(' + ')}; ${standing}.`;
  });
}
