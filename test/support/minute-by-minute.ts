import { DateTime } from 'luxon';
import { WEEKDAYS, type Calendar, type Weekday } from '#domain/calendar.ts';

const MINUTE_MS = 60_000;

/** One minute as the wall clock shows it. */
interface WallMinute {
  weekday: Weekday;
  date: string;
  time: string;
}

/** Some weeks in one place, read off its wall clock minute by minute. */
export interface WallClock {
  zone: string;
  start: number;
  minutes: WallMinute[];
  dates: string[];
}

/** Fortnights with what clocks do: spring and autumn, at night and at midnight, by half an hour, one minute past, a day left out, and nothing at all. */
export const FORTNIGHTS: readonly [zone: string, monday: string][] = [
  ['Europe/Zurich', '2026-03-23'],
  ['Europe/Zurich', '2026-10-19'],
  ['America/New_York', '2026-03-02'],
  ['America/New_York', '2026-10-26'],
  ['Asia/Kolkata', '2026-01-05'],
  ['Australia/Lord_Howe', '2026-03-30'],
  ['Australia/Lord_Howe', '2026-09-28'],
  ['Africa/Cairo', '2026-04-20'],
  ['Africa/Cairo', '2026-10-26'],
  ['America/St_Johns', '2006-10-23'],
  ['America/Santiago', '2026-08-31'],
  ['Pacific/Apia', '2011-12-26'],
];

export function readWallClock(zone: string, monday: string, weeks = 2): WallClock {
  const start = DateTime.fromISO(monday, { zone }).toMillis();
  const minutes = Array.from({ length: weeks * 7 * 1440 }, (_, index) => {
    const wall = DateTime.fromMillis(start + index * MINUTE_MS, { zone });
    const weekday = WEEKDAYS.find((_, day) => day + 1 === wall.weekday);
    if (!weekday) throw new Error('a day has no name');
    return { weekday, date: wall.toFormat('yyyy-MM-dd'), time: wall.toFormat('HH:mm') };
  });
  return { zone, start, minutes, dates: [...new Set(minutes.map(({ date }) => date))] };
}

function opens({ hours, holidays }: Calendar, { weekday, date, time }: WallMinute): boolean {
  return !holidays.includes(date) && (hours[weekday] ?? []).some(({ from, to }) => from <= time && time < to);
}

export function openAt(clock: WallClock, calendar: Calendar, at: number): boolean {
  const minute = clock.minutes[Math.floor((at - clock.start) / MINUTE_MS)];
  if (!minute) throw new Error('the moment is not on the clock');
  return opens(calendar, minute);
}

/** The first open moment from here on, or undefined when the clock ends first. */
export function firstOpen(clock: WallClock, calendar: Calendar, at: number): number | undefined {
  if (openAt(clock, calendar, at)) return at;
  for (let index = Math.floor((at - clock.start) / MINUTE_MS); ; index++) {
    const minute = clock.minutes[index];
    if (!minute) return undefined;
    if (opens(calendar, minute)) return clock.start + index * MINUTE_MS;
  }
}

/** Counts down what is left in each open minute in turn; undefined when the clock ends first. */
export function countDown(clock: WallClock, calendar: Calendar, from: number, seconds: number): number | undefined {
  let left = seconds * 1000;
  if (left === 0) return from;
  for (let index = Math.floor((from - clock.start) / MINUTE_MS); ; index++) {
    const minute = clock.minutes[index];
    if (!minute) return undefined;
    if (!opens(calendar, minute)) continue;
    const begin = Math.max(from, clock.start + index * MINUTE_MS);
    const end = clock.start + (index + 1) * MINUTE_MS;
    if (left <= end - begin) return begin + left;
    left -= end - begin;
  }
}
