import type { CouldApprove, LookedAt, Simulation, SimulatedStage, SimulatedTelling, SimulatedWay } from '#domain/policy-simulation.ts';
import { mayInWords } from '#domain/rule-words.ts';
import { REFUSALS } from '#domain/refusals.ts';
import { listedWith, WHEN_IN_WORDS } from '#domain/telling-words.ts';

/** What would happen if somebody named this account, as lines to be read aloud. */
export function simulatedInWords(found: Simulation): string[] {
  const {
    name,
    accountName,
    isProtected,
    served,
    networks,
    at,
    rule,
    rules,
    may,
    ways,
    state,
    stages,
    feasible,
    replacement,
    firstFactor,
    telling,
  } = found;
  const who = `${name} (${accountName})`;
  if (!served) return [`${who} lies outside of what this policy serves. The reset goes on as a decoy, and nothing ever passes.`];
  const where = networks.length > 0 ? `from the network ${networks.join(' and ')}` : 'from no network that is named';
  return [
    `${who}${isProtected ? ', which is protected' : ''}, ${where}, at ${at}.`,
    ...rules.map(lookedAtInWords),
    ...(rule === null
      ? ['No rule fits: behind proof and factor the claimant is told that this account is not reset here.']
      : [mayInWords(may), ...ways.map(wayInWords)]),
    ...(state ? [`Behind proof and factor it ends: ${REFUSALS[state].words}`] : []),
    ...(rule !== null && !state ? approvalsInWords(stages, feasible) : []),
    ...(firstFactor === null
      ? []
      : [`The account holds nothing today, and could set up a first app with the password alone: ${firstFactor}.`]),
    ...(replacement ? [replacement.words, ...approvalsInWords(replacement.stages, replacement.feasible)] : []),
    ...telling.map(tellingInWords),
  ];
}

function lookedAtInWords({ id, answer, conditions, missing }: LookedAt): string {
  if (answer === 'yes') return `The rule "${id}" fits.`;
  if (answer === 'no')
    return `The rule "${id}" does not fit: it asks that ${conditions.find((one) => one.answer === 'no')?.words ?? 'something else holds'}.`;
  const gone = missing.map((group) => `"${group}"`).join(' and no group ');
  return `Of the rule "${id}" it cannot be said whether it fits: the directory has no group ${gone}. No rule after it is looked at.`;
}

function wayInWords({ name, proofs, factors, lacks, alone }: SimulatedWay): string {
  const standing =
    lacks.length > 0
      ? `not enrolled for ${lacks.join(' and ')}`
      : alone
        ? 'enrolled for it'
        : 'enrolled for it, with a code from the help desk';
  return `Way in "${name}": ${[...proofs, ...factors].join(' + ')}; ${standing}.`;
}

function approvalsInWords(stages: readonly SimulatedStage[], feasible: boolean): string[] {
  if (stages.length === 0) return ['Nobody has to approve.'];
  return [
    ...stages.map(({ label, needs, people }, index) => `Stage ${index + 1}, ${label}, needs ${needs}: ${inWords(people)}.`),
    feasible
      ? 'Different people can fill all stages.'
      : 'Different people cannot fill all stages now: behind proof and factor the claimant would be told that nobody can approve.',
  ];
}

function tellingInWords({ when, whom, people }: SimulatedTelling): string {
  const named = people.length > 0 ? `: ${people.join('; ')}` : '';
  return `${WHEN_IN_WORDS[when]}, these are told: ${listedWith('and', whom)}${named}.`;
}

function inWords(people: readonly CouldApprove[]): string {
  const able = people.filter(({ why }) => why === null);
  const named = ({ name, needsKey }: CouldApprove) => `${name}${needsKey ? ' (once they have a key of their own)' : ''}`;
  const now = able.filter(({ later }) => !later).map(named);
  const later = able.filter((one) => one.later).map(named);
  return [
    now.length > 0 ? `${now.join('; ')} could approve` : 'nobody could approve',
    ...(later.length > 0 ? [`escalation adds ${later.join('; ')}`] : []),
    ...people.flatMap(({ name, why }) => (why === null ? [] : [`${name} could not: ${REFUSALS[why].words.replace(/\.$/, '')}`])),
  ].join('; ');
}
