import { isUnder } from './account.ts';
import { isOpen, type Calendar } from './calendar.ts';
import type { Circumstances, Door, Flag } from './circumstances.ts';

/**
 * When a rule fits. Every condition that is written has to hold, and one that is left out always does. A list holds when
 * any of its entries does, a `not…` list when none does.
 */
export interface When {
  protected?: boolean | undefined;
  /** Subtrees, by distinguished name. */
  under?: readonly string[] | undefined;
  notUnder?: readonly string[] | undefined;
  /** Groups by sAMAccountName, nested membership included. */
  memberOf?: readonly string[] | undefined;
  notMemberOf?: readonly string[] | undefined;
  flags?: readonly Flag[] | undefined;
  notFlags?: readonly Flag[] | undefined;
  via?: readonly Door[] | undefined;
  /** Names of the policy's own networks. */
  networks?: readonly string[] | undefined;
  notNetworks?: readonly string[] | undefined;
  /** Name of one of the policy's calendars, while it is open or while it is not. */
  hours?: { inside: string } | { outside: string } | undefined;
}

/** Where an account stands in the directory, with the SIDs of the groups that the rules name; a name that is missing there exists no more. */
export interface Place {
  dn: string;
  groups: readonly string[];
  sids: ReadonlyMap<string, string>;
}

export interface Situation {
  isProtected: boolean;
  /** Undefined for whoever knows only what was signed: an auditor. */
  place: Place | undefined;
  circumstances: Circumstances;
}

/** A situation with the policy's calendars, by which its moment is judged. */
export interface Judged extends Situation {
  calendars: Readonly<Record<string, Calendar>>;
}

export type Answer = 'yes' | 'no' | 'unknown';

const yesOrNo = (holds: boolean): Answer => (holds ? 'yes' : 'no');
const not = (answer: Answer): Answer => (answer === 'unknown' ? 'unknown' : yesOrNo(answer === 'no'));
const anyOf = <T extends string>(wanted: readonly T[], present: readonly T[]): Answer =>
  yesOrNo(wanted.some((one) => present.includes(one)));

function underAny(subtrees: readonly string[], { place }: Judged): Answer {
  return place ? yesOrNo(subtrees.some((subtree) => isUnder(place.dn, subtree))) : 'unknown';
}

function inAny(groups: readonly string[], { place }: Judged): Answer {
  if (!place) return 'unknown';
  const answers = groups.map((group): Answer => {
    const sid = place.sids.get(group);
    return sid === undefined ? 'unknown' : yesOrNo(place.groups.includes(sid));
  });
  if (answers.includes('yes')) return 'yes';
  return answers.includes('unknown') ? 'unknown' : 'no';
}

function within(hours: NonNullable<When['hours']>, { circumstances, calendars }: Judged): Answer {
  const calendar = calendars['inside' in hours ? hours.inside : hours.outside];
  if (!calendar) return 'unknown';
  return yesOrNo(isOpen(calendar, new Date(circumstances.at)) === 'inside' in hours);
}

type Judge<T> = (wanted: T, situation: Judged) => Answer;
const JUDGES: { [Name in keyof When]-?: Judge<NonNullable<When[Name]>> } = {
  protected: (wanted, { isProtected }) => yesOrNo(wanted === isProtected),
  under: underAny,
  notUnder: (subtrees, situation) => not(underAny(subtrees, situation)),
  memberOf: inAny,
  notMemberOf: (groups, situation) => not(inAny(groups, situation)),
  flags: (flags, { circumstances }) => anyOf(flags, circumstances.flags),
  notFlags: (flags, { circumstances }) => not(anyOf(flags, circumstances.flags)),
  via: (doors, { circumstances }) => anyOf(doors, [circumstances.via]),
  networks: (names, { circumstances }) => anyOf(names, circumstances.networks),
  notNetworks: (names, { circumstances }) => not(anyOf(names, circumstances.networks)),
  hours: within,
};

export type ConditionName = keyof typeof JUDGES;

/** Every condition that is written, with what it comes to. */
export function judged(when: When, situation: Judged): { condition: ConditionName; answer: Answer }[] {
  return (Object.keys(JUDGES) as ConditionName[]) // the keys of JUDGES are exactly these
    .filter((condition) => when[condition] !== undefined)
    .map((condition) => ({ condition, answer: judge(condition, when, situation) }));
}

function judge(condition: ConditionName, when: When, situation: Judged): Answer {
  const judgeOf = JUDGES[condition] as Judge<unknown>; // one name picks the condition and its judge
  return judgeOf(when[condition], situation);
}

/** Whether a rule fits. Unknown when that hangs on a fact that is not known, such as membership of a group that is gone. */
export function fits(when: When, situation: Judged): Answer {
  const answers = judged(when, situation).map(({ answer }) => answer);
  if (answers.includes('no')) return 'no';
  return answers.includes('unknown') ? 'unknown' : 'yes';
}
