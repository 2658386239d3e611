import { IANAZone } from 'luxon';

/** In the order of ISO 8601, keyed as people write them in a policy. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Wall clock times `HH:MM`; `to` may be 24:00. Hours over midnight are two: until 24:00, and from 00:00 of the next day. */
export interface OpenHours {
  from: string;
  to: string;
}

/**
 * When the people who decide are at work. Open is when the wall clock of the zone shows a time within the hours of its
 * weekday and its date is no holiday: an hour that the clock skips in spring does not count, one that it repeats in autumn counts twice.
 */
export interface Calendar {
  /** Name in the IANA time zone database, such as Europe/Zurich. */
  zone: string;
  /** A weekday without hours is closed. */
  hours: Partial<Record<Weekday, readonly OpenHours[]>>;
  /** Local dates, `YYYY-MM-DD`. */
  holidays: readonly string[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const HORIZON_MS = 3653 * DAY_MS; // ten years

/**
 * The earliest moment at which so many whole seconds of business time have passed since `from`; of plain time when there
 * is no calendar. Throws RangeError when that lies more than ten years ahead, as it does for a calendar that never opens.
 * The calendar is one of which `whyNotCalendar` has nothing to say. The answer depends on the time zone database of this
 * Node: ask in an activity, whose result is recorded, never in a workflow, which is replayed by another one years later.
 */
export function afterBusinessTime(calendar: Calendar | undefined, from: Date, seconds: number): Date {
  if (!Number.isSafeInteger(seconds) || seconds < 0) throw new RangeError(`Business time is counted in whole seconds, not in ${seconds}.`);
  let left = seconds * 1000;
  if (left > HORIZON_MS) throw tooFar(seconds);
  if (!calendar || left === 0) return new Date(from.getTime() + left);
  for (const open of openings(calendar, from.getTime())) {
    if (left <= open.to - open.from) return new Date(open.from + left);
    left -= open.to - open.from;
  }
  throw tooFar(seconds);
}

function tooFar(seconds: number): RangeError {
  return new RangeError(`The calendar does not reach ${seconds} seconds of business time within ten years. Give it more opening hours.`);
}

/** Whether the calendar is open at this moment. The moment of closing is closed. */
export function isOpen(calendar: Calendar, at: Date): boolean {
  return nextStretch(calendar, at.getTime(), hoursOf(calendar)).open.some(({ from }) => from === at.getTime());
}

/** The moment itself while the calendar is open, else that of its next opening. Throws RangeError when there is none within ten years. */
export function nextOpening(calendar: Calendar, at: Date): Date {
  const { value: open } = openings(calendar, at.getTime()).next();
  if (!open) throw new RangeError('The calendar does not open within ten years. Give it opening hours.');
  return new Date(open.from);
}

interface Span {
  from: number;
  to: number;
}

/** Minutes of the local day at which each weekday is open, Monday first, and the dates at which none is. */
interface Hours {
  week: Span[][];
  holidays: ReadonlySet<string>;
}

function hoursOf({ hours, holidays }: Calendar): Hours {
  const spans = (open: readonly OpenHours[]) => open.map(({ from, to }) => ({ from: minuteOf(from), to: minuteOf(to) }));
  return { week: WEEKDAYS.map((day) => spans(hours[day] ?? []).toSorted((a, b) => a.from - b.from)), holidays: new Set(holidays) };
}

/** Every time in which the calendar is open, from the moment on and for ten years, each in milliseconds since 1970. */
function* openings(calendar: Calendar, since: number): Generator<Span, undefined> {
  const hours = hoursOf(calendar);
  if (hours.week.every((spans) => spans.length === 0)) return undefined;
  const end = since + HORIZON_MS;
  for (let at = since; at < end;) {
    const { open, until } = nextStretch(calendar, at, hours);
    yield* open;
    at = until;
  }
  return undefined;
}

/** What is open between the moment and the end of its local day, or the change of the clocks when that comes first. */
function nextStretch({ zone }: Calendar, at: number, { week, holidays }: Hours): { open: Span[]; until: number } {
  const clock = IANAZone.create(zone);
  const offset = clock.offset(at) * MINUTE_MS;
  const day = Math.floor((at + offset) / DAY_MS);
  const midnight = day * DAY_MS - offset;
  const until = firstOtherOffset(clock, at, midnight + DAY_MS);
  if (holidays.has(new Date(day * DAY_MS).toISOString().slice(0, 10))) return { open: [], until };
  // Day 0, 1970-01-01, was a Thursday.
  const spans = week[(((day + 3) % 7) + 7) % 7] ?? [];
  const open = spans.map(({ from, to }) => ({
    from: Math.max(at, midnight + from * MINUTE_MS),
    to: Math.min(until, midnight + to * MINUTE_MS),
  }));
  return { open: open.filter(({ from, to }) => from < to), until };
}

/** The moment in (`from`, `to`] from which the zone's offset is another than at `from`; `to` when it is the same throughout. No zone changes twice a day. */
function firstOtherOffset(clock: IANAZone, from: number, to: number): number {
  const offset = clock.offset(from);
  if (clock.offset(to - 1) === offset) return to;
  let [same, other] = [from, to - 1];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (clock.offset(middle) === offset) same = middle;
    else other = middle;
  }
  return other;
}

/** What is wrong with a calendar, in a sentence that names the fix, or undefined. */
export function whyNotCalendar({ zone, hours, holidays }: Calendar): string | undefined {
  // A fixed offset such as +01:00 is wrong for half of the year nearly everywhere.
  if (!/^[a-z]/i.test(zone) || !IANAZone.isValidZone(zone))
    return `"${zone}" is no time zone of the IANA database; write one such as Europe/Zurich.`;
  for (const day of WEEKDAYS) {
    const wrong = whyNotHours(hours[day] ?? []);
    if (wrong) return `${day}: ${wrong}`;
  }
  if (!WEEKDAYS.some((day) => (hours[day] ?? []).length > 0)) return 'It never opens; write the hours of at least one weekday.';
  for (const [index, holiday] of holidays.entries()) {
    if (!isDate(holiday)) return `"${holiday}" is no date; write a holiday as YYYY-MM-DD, such as 2026-12-25.`;
    if (holidays.indexOf(holiday) < index) return `${holiday} is listed as a holiday twice; delete one.`;
  }
  return undefined;
}

function whyNotHours(hours: readonly OpenHours[]): string | undefined {
  for (const { from, to } of hours) {
    const odd = [from, to].find((time) => !/^([01]\d|2[0-3]):[0-5]\d$/.test(time) && time !== '24:00');
    if (odd !== undefined) return `"${odd}" is no time; write HH:MM from 00:00 to 24:00.`;
    if (minuteOf(from) >= minuteOf(to))
      return `${from} to ${to} is empty; end after the start, and write hours over midnight as two, until 24:00 and from 00:00.`;
  }
  const sorted = hours.toSorted((a, b) => minuteOf(a.from) - minuteOf(b.from));
  const overlap = sorted.find(({ from }, index) => index > 0 && minuteOf(from) < minuteOf(sorted[index - 1]?.to ?? from));
  return overlap ? `${overlap.from} to ${overlap.to} overlaps the hours before it; write each time once.` : undefined;
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
