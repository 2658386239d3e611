import type { Door, Flag } from './circumstances.ts';
import { OPERATION_WORDS, type Operation } from './operation.ts';
import type { FirstFactorCondition } from './first-factor.ts';
import type { Rule } from './policy.ts';
import type { ConditionName, When } from './rule-choice.ts';
import { listedWith } from './telling-words.ts';

const FLAG_WORDS: Readonly<Record<Flag, string>> = {
  locked: 'is locked',
  'must-change': 'has to change its password',
  'expired-password': 'has a password that has expired',
};
const DOOR_WORDS: Readonly<Record<Door, string>> = { portal: 'the portal' };

const or = (names: readonly string[]): string => listedWith('or', names);

const WORDS: { [Name in ConditionName]-?: (wanted: NonNullable<When[Name]>) => string } = {
  protected: (wanted) => (wanted ? 'the account is protected' : 'the account is not protected'),
  under: (subtrees) => `the account lies under ${or(subtrees)}`,
  notUnder: (subtrees) => `the account does not lie under ${or(subtrees)}`,
  memberOf: (groups) => `the account is a member of ${or(groups)}`,
  notMemberOf: (groups) => `the account is not a member of ${or(groups)}`,
  flags: (flags) => `the account ${or(flags.map((flag) => FLAG_WORDS[flag]))}`,
  notFlags: (flags) => `it is not so that the account ${or(flags.map((flag) => FLAG_WORDS[flag]))}`,
  via: (doors) => `the request comes in by ${or(doors.map((door) => DOOR_WORDS[door]))}`,
  networks: (names) => `the request comes from the network ${or(names)}`,
  notNetworks: (names) => `the request does not come from the network ${or(names)}`,
  hours: (hours) => ('inside' in hours ? `it is within the hours of ${hours.inside}` : `it is outside of the hours of ${hours.outside}`),
};

/** One condition of a rule, as the end of "It fits when …". */
export function conditionInWords(name: ConditionName, when: When): string {
  const wordsOf = WORDS[name] as (wanted: unknown) => string; // one name picks the condition and its words
  return wordsOf(when[name]);
}

/** What may be done under a rule, as one sentence. */
export function mayInWords(may: readonly Operation[]): string {
  const [only] = may;
  const isOne = may.length === 1;
  return `The claimant may ${isOne && only === 'unlock' ? `only ${OPERATION_WORDS[only]}` : or(may.map((operation) => OPERATION_WORDS[operation]))}.`;
}

/** What is asked before lost factors are replaced, as sentences; undefined where the rule does not allow it. */
export function replacementInWords({ replaceFactors }: Pick<Rule, 'replaceFactors'>): string | undefined {
  if (!replaceFactors) return undefined;
  const { accept, approvals, wait } = replaceFactors;
  const ways = accept.map(({ name, proofs }) => `${name} (${proofs.join(' + ')})`).join('; or ');
  const people = approvals.reduce((sum, { needs }) => sum + needs, 0);
  const stages = approvals.map(({ label }) => label).join(', then ');
  return `Who has lost every factor: ${ways}; approved by ${stages}: ${people} ${people === 1 ? 'person' : 'different people'}; then a wait of ${waitInWords(wait)}, in which the holder can object.`;
}

/** A number of seconds as people say it. */
export function waitInWords(seconds: number): string {
  const [count, unit] =
    seconds % 86_400 === 0
      ? [seconds / 86_400, 'day']
      : seconds % 3600 === 0
        ? [seconds / 3600, 'hour']
        : seconds % 60 === 0
          ? [seconds / 60, 'minute']
          : [seconds, 'second'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** The conditions of a rule as one sentence. */
export function whenInWords(when: When): string {
  const written = writtenIn(when);
  if (written.length === 0) return 'It always fits.';
  return `It fits when ${written.join(', and ')}.`;
}

function writtenIn(when: When): string[] {
  const written = (Object.keys(WORDS) as ConditionName[]).filter((name) => when[name] !== undefined); // the keys of WORDS are exactly these
  return written.map((name) => conditionInWords(name, when));
}

/** Who sets up a first app with the directory password alone, as sentences. */
export function firstFactorInWords(conditions: readonly FirstFactorCondition[]): string {
  if (conditions.length === 0) return 'Nobody sets up a first app with the password alone.';
  const said = conditions.map(({ name, when, youngerThan }) => {
    const age = youngerThan === undefined ? [] : [`the account was made less than ${waitInWords(youngerThan)} ago`];
    return `${name}: when ${[...writtenIn(when), ...age].join(', and ')}.`;
  });
  return ['Who never held a factor sets up a first app with the directory password alone:', ...said.map((one) => `  - ${one}`)].join('\n');
}
