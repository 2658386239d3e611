import { parentOf } from './account.ts';
import { isOpen } from './calendar.ts';
import { OPERATIONS, type Operation } from './operation.ts';
import type { Policy } from './policy.ts';
import { UNREADY, type UnitReadiness, type Unready } from './readiness.ts';

/** From where and when accounts are asked about. */
export interface Case {
  address: string | undefined;
  at: Date;
}

/** What one account comes to under one policy. */
export interface Standing {
  rule: string | undefined;
  /** What may be done; nothing without a rule. */
  may: readonly Operation[];
  /** Nobody could approve, as the directory stands. */
  noApprover: boolean;
  /** The rule lets every factor be replaced that was lost, and nobody could approve that. */
  noReplacement: boolean;
  /** Could reset without the help desk, by what they are enrolled for. */
  alone: boolean;
  /** Holds nothing and could set up a first app with the password alone. */
  firstByPassword: boolean;
  /** What stands in the way of a reset without another person's help. */
  unready: Unready | undefined;
}

/** One account in one case: what it comes to now, and what it would come to. */
export interface Compared {
  account: { guid: string; samAccountName: string; dn: string };
  case: Case;
  before: Standing;
  draft: Standing;
  /** What is asked differs, whatever the rules are called. */
  changed: boolean;
  /** Who is told when differs. */
  telling: boolean;
}

/** Who comes from which rule under which; null: no rule. Names in the order of the alphabet. */
export interface RuleChange {
  from: string | null;
  to: string | null;
  names: string[];
}

/** What a comparison found, each account once by its name, however many cases make the difference. */
export interface ComparisonSummary {
  accounts: number;
  changed: string[];
  /** The most accounts first. */
  changes: RuleChange[];
  noApprover: string[];
  /** How many of them have nobody today either. */
  noApproverToday: number;
  /** The same of a replacement of every factor. */
  noReplacement: string[];
  noReplacementToday: number;
  /** Who would set up a first app with the password alone, as far as what they hold today says, and how many of them may today. */
  firstFactor: string[];
  firstFactorToday: number;
  losing: string[];
  gaining: string[];
  /** Of whose resets others would be told. */
  telling: string[];
  /** What some may do today and could do no more; none stands here of which that is so for nobody. */
  taken: { operation: Operation; names: string[] }[];
  /** Who could not reset under the draft now and from no network that is named, by what stands in the way; what stands in nobody's is left out. */
  unready: { why: Unready; names: string[] }[];
  /** The same by organisational unit, in the order of their names. */
  units: UnitReadiness[];
}

export function summaryOf(compared: readonly Compared[]): ComparisonSummary {
  const changed = compared.filter((one) => one.changed);
  const rules = Map.groupBy(changed, ({ before, draft }) => JSON.stringify([before.rule ?? null, draft.rule ?? null]));
  const changes = [...rules].map(([key, found]): RuleChange => {
    const [from, to] = JSON.parse(key) as [string | null, string | null]; // written two lines above
    return { from, to, names: namesIn(found) };
  });
  const nobody = compared.filter(({ draft }) => draft.noApprover);
  const first = compared.filter(({ draft }) => draft.firstByPassword);
  const nobodyReplaces = compared.filter(({ draft }) => draft.noReplacement);
  return {
    accounts: new Set(compared.map(({ account }) => account.guid)).size,
    changed: namesIn(changed),
    changes: changes.toSorted((a, b) => b.names.length - a.names.length),
    noApprover: namesIn(nobody),
    noApproverToday: namesIn(nobody.filter(({ before }) => before.noApprover)).length,
    noReplacement: namesIn(nobodyReplaces),
    noReplacementToday: namesIn(nobodyReplaces.filter(({ before }) => before.noReplacement)).length,
    firstFactor: namesIn(first),
    firstFactorToday: namesIn(first.filter(({ before }) => before.firstByPassword)).length,
    losing: namesIn(compared.filter(({ before, draft }) => before.alone && !draft.alone)),
    gaining: namesIn(compared.filter(({ before, draft }) => !before.alone && draft.alone)),
    telling: namesIn(compared.filter((one) => one.telling)),
    taken: OPERATIONS.map((operation) => ({
      operation,
      names: namesIn(compared.filter(({ before, draft }) => before.may.includes(operation) && !draft.may.includes(operation))),
    })).filter(({ names }) => names.length > 0),
    ...readinessIn(compared.filter((one) => one.case === compared[0]?.case)),
  };
}

/** Of one case: each account stands in it once. */
function readinessIn(compared: readonly Compared[]): Pick<ComparisonSummary, 'unready' | 'units'> {
  const units = Map.groupBy(compared, ({ account }) => parentOf(account.dn) ?? '');
  return {
    unready: UNREADY.map((why) => ({ why, names: namesIn(compared.filter(({ draft }) => draft.unready === why)) })).filter(
      ({ names }) => names.length > 0,
    ),
    units: [...units]
      .map(([unit, found]) => ({
        unit,
        accounts: found.length,
        ready: found.filter(({ draft }) => draft.unready === undefined).length,
        helped: found.filter(({ draft }) => draft.unready === 'no-code').length,
      }))
      .toSorted((a, b) => a.unit.localeCompare(b.unit, 'en')),
  };
}

function namesIn(found: readonly Compared[]): string[] {
  return [...new Set(found.map(({ account }) => account.samAccountName))].toSorted();
}

const HOUR_MS = 3_600_000;
const HOURS_OF_A_WEEK = 168;

/**
 * The moments at which two policies have to be compared: now, and for every calendar that a rule or a condition for a first app hangs on the first full
 * hour of the coming week at which it stands the other way, so that what changes at night is seen by day.
 */
export function momentsOf(policies: readonly Policy[], now: Date): Date[] {
  const moments = new Set([now.getTime()]);
  const hours = Array.from({ length: HOURS_OF_A_WEEK }, (_, hour) => (Math.floor(now.getTime() / HOUR_MS) + 1 + hour) * HOUR_MS);
  for (const { rules, firstFactor, calendars } of policies)
    for (const { when } of [...rules, ...firstFactor]) {
      const calendar = when.hours && calendars['inside' in when.hours ? when.hours.inside : when.hours.outside];
      const other = calendar && hours.find((at) => isOpen(calendar, new Date(at)) !== isOpen(calendar, now));
      if (other !== undefined) moments.add(other);
    }
  return [...moments].map((at) => new Date(at));
}

/** A comparison that is older says nothing about a directory that changes every day. */
export const COMPARISON_HOURS = 24;
