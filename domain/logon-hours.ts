const HOUR_MS = 3_600_000;
const WEEK_HOURS = 168;
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const MIDNIGHT = '00:00';

/**
 * The hours of the week in which an account may sign in, by its logonHours (MS-SAMR 2.2.6.5: a bit an hour, the lowest
 * bit of the first byte first, beginning with Sunday 00:00 UTC); undefined when that is no limit.
 */
export function hoursAllowed(bytes: Uint8Array | undefined): number[] | undefined {
  if (bytes?.length !== WEEK_HOURS / 8) return undefined;
  const hours = Array.from({ length: WEEK_HOURS }, (_, hour) => hour).filter((hour) => (bytes[hour >> 3]! >> (hour & 7)) & 1);
  return hours.length === WEEK_HOURS ? undefined : hours;
}

/** One span without a break, in the days and times of a place. Days count from Monday, 0. */
interface Span {
  day: number;
  from: string;
  endDay: number;
  to: string;
}

/**
 * Hours of the week in words, such as "Monday to Friday, 08:00 to 18:00 (CET)". The directory counts them in UTC; here
 * they are told in a time zone (IANA name; the host's own when left out) as its clocks stand in the week of `at`.
 */
export function hoursInWords(hours: readonly number[], at: Date, timeZone?: string): string {
  const spans = spansOf(hours, at, timeZone);
  const alike = Map.groupBy(spans, ({ day, from, endDay, to }) => (day === endDay ? `${from} to ${to}` : ''));
  const words = [...alike].flatMap(([time, of]) =>
    time === ''
      ? of.map(({ day, from, endDay, to }) => ({ day, words: `${DAYS[day]} ${from} to ${DAYS[endDay]} ${to}` }))
      : daysInRow(of.map(({ day }) => day)).map(([first, last]) => ({ day: first, words: `${daysInWords(first, last)}, ${time}` })),
  );
  const listed = words.toSorted((a, b) => a.day - b.day).map(({ words: one }) => one);
  return `${listed.join('; ')} (${zoneName(at, timeZone)})`;
}

function spansOf(hours: readonly number[], at: Date, timeZone: string | undefined): Span[] {
  const sunday = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() - at.getUTCDay());
  const isAllowed = new Set(hours);
  const before = (hour: number) => (hour + WEEK_HOURS - 1) % WEEK_HOURS;
  return hours
    .filter((hour) => !isAllowed.has(before(hour)))
    .map((first) => {
      let end = first + 1;
      // Saturday night goes on into Sunday morning.
      while (isAllowed.has(end % WEEK_HOURS) && end < first + WEEK_HOURS) end++;
      const [from, to] = [first, end].map((hour) => localTime(new Date(sunday + hour * HOUR_MS), timeZone)) as [Local, Local];
      // A day that ends at midnight is told as one day.
      if (to.time === MIDNIGHT) return { day: from.day, from: from.time, endDay: (to.day + 6) % 7, to: '24:00' };
      return { day: from.day, from: from.time, endDay: to.day, to: to.time };
    });
}

interface Local {
  day: number;
  time: string;
}

function localTime(moment: Date, timeZone: string | undefined): Local {
  const parts = new Intl.DateTimeFormat('en-GB', { weekday: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone });
  const { weekday, hour, minute } = Object.fromEntries(parts.formatToParts(moment).map(({ type, value }) => [type, value]));
  return { day: DAYS.findIndex((day) => day === weekday), time: `${hour}:${minute}` };
}

function zoneName(at: Date, timeZone: string | undefined): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short', timeZone }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
}

/** Days that follow each other, as first and last of each row. */
function daysInRow(days: readonly number[]): [number, number][] {
  const rows: [number, number][] = [];
  for (const day of days.toSorted((a, b) => a - b)) {
    const row = rows.at(-1);
    if (row && row[1] === day - 1) row[1] = day;
    else rows.push([day, day]);
  }
  return rows;
}

function daysInWords(first: number, last: number): string {
  if (first === last) return DAYS[first] ?? '';
  return last === first + 1 ? `${DAYS[first]} and ${DAYS[last]}` : `${DAYS[first]} to ${DAYS[last]}`;
}
