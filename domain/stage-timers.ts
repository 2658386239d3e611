import type { StageTimers } from './approval-stage.ts';
import { afterBusinessTime, isOpen, type Calendar } from './calendar.ts';

/** What falls due at one stage, and when (RFC 3339, UTC). */
export interface DueTimer {
  at: string;
  do: 'remind' | 'escalate' | 'expire';
  /** Of an escalation: how many have been made, this one included, as `sourcesOf` counts them. */
  tier?: number;
}

/**
 * Everything that falls due at a stage opened at this moment: one absolute list in the order of time, at the same moment
 * reminders before escalations before expiry, which ends it. Each comes `lag` seconds of the calendar later. Throws
 * RangeError when the calendar does not reach it within ten years.
 */
export function dueTimers({ remind, escalate, expire }: StageTimers, calendar: Calendar | undefined, opened: Date, lag = 0): DueTimer[] {
  const ascending = (seconds: readonly number[]) => seconds.filter((after) => after <= expire).toSorted((a, b) => a - b);
  const reminders = ascending(remind).map((after) => ({ after, do: 'remind' as const }));
  const escalations = ascending(escalate.map(({ after }) => after)).map((after, index) => ({
    after,
    do: 'escalate' as const,
    tier: index + 1,
  }));
  // The sort keeps what is equal in this order.
  return [...reminders, ...escalations, { after: expire, do: 'expire' as const }]
    .toSorted((a, b) => a.after - b.after)
    .map(({ after, ...timer }) => ({ at: afterBusinessTime(calendar, opened, after + lag).toISOString(), ...timer }));
}

/** Within so many seconds after an opening the stages that waited for it begin to count. */
export const SPREAD_SECONDS = 900;

/**
 * How many seconds after the next opening of its calendar the timers of a stage begin to count: none when it opens while
 * people are at work. All that were opened over a night or a holiday would otherwise fall due in the same moment, again
 * and again; each reset keeps its own part of a quarter of an hour, read from the random end of its id (a UUID).
 */
export function lagOf(reset: string, calendar: Calendar | undefined, opened: Date): number {
  if (!calendar || isOpen(calendar, opened)) return 0;
  return Math.floor((Number.parseInt(reset.slice(-8), 16) / 2 ** 32) * SPREAD_SECONDS);
}

/** What is wrong with a stage's timers, in a sentence that names the fix, or undefined. */
export function whyNotTimers({ remind, escalate, expire }: StageTimers): string | undefined {
  if (remind.some((after) => after >= expire))
    return 'A reminder comes only after the stage has expired; let it come earlier, or delete it.';
  if (escalate.some(({ after }) => after >= expire))
    return 'An escalation comes only after the stage has expired; let it come earlier, or delete it.';
  if (escalate.some(({ after }, index) => index > 0 && after <= (escalate[index - 1]?.after ?? after)))
    return 'The escalations are not in the order of time; write the earliest first, each with a time of its own.';
  return remind.some((after, index) => remind.indexOf(after) < index) ? 'Two reminders come at the same time; delete one.' : undefined;
}
