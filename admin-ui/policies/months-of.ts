import type { Weekday } from '#domain/calendar.ts';

/** In the order of ISO 8601; the same as WEEKDAYS of domain/calendar.ts, without its time zones. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies readonly Weekday[];

export interface DayOf {
  /** Local date, YYYY-MM-DD. */
  date: string;
  kind: 'open' | 'closed' | 'holiday';
}

export interface MonthOf {
  name: string;
  /** Seven places each, Monday first; undefined where the month has no day. */
  weeks: (DayOf | undefined)[][];
}

const DAY_MS = 86_400_000;

/** Every day of a year as a calendar sees it, by local dates: no zone moves a date. */
export function monthsOf(
  { hours, holidays }: { hours: Partial<Record<Weekday, readonly unknown[]>>; holidays: readonly string[] },
  year: number,
): MonthOf[] {
  return Array.from({ length: 12 }, (_, month) => {
    const weeks: (DayOf | undefined)[][] = [];
    const first = Date.UTC(year, month, 1);
    for (let at = first; at < Date.UTC(year, month + 1, 1); at += DAY_MS) {
      const [date, place] = [new Date(at).toISOString().slice(0, 10), (new Date(at).getUTCDay() + 6) % 7];
      if (place === 0 || weeks.length === 0) weeks.push(Array.from({ length: 7 }, () => undefined));
      const week = weeks.at(-1);
      const isOpen = (hours[DAYS[place] ?? 'mon'] ?? []).length > 0;
      if (week) week[place] = { date, kind: holidays.includes(date) ? 'holiday' : isOpen ? 'open' : 'closed' };
    }
    return { name: new Date(first).toLocaleString('en', { month: 'long', timeZone: 'UTC' }), weeks };
  });
}
