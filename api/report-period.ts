import { z } from 'zod';

const DAY_MS = 86_400_000;
/** A year and the month in which its audit is made. */
const MOST_DAYS = 400;

const instant = z.union(
  [z.iso.date(), z.iso.datetime(), z.iso.datetime({ precision: -1 })],
  'write a day in UTC, such as 2026-11-01, or a moment, such as 2026-11-01T00:00Z',
);

/** A time to report on, in UTC: from its first moment until before its last one, as a bundle takes it. */
export const reportPeriod = z
  .strictObject({ from: instant, to: instant })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], error: 'name a moment after the first one' })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= MOST_DAYS * DAY_MS, {
    path: ['to'],
    error: `a report is of ${MOST_DAYS} days at most: ask for a shorter time, and for the rest in another report`,
  });

export interface Period {
  readonly from: Date;
  readonly to: Date;
}

export function periodOf({ from, to }: z.infer<typeof reportPeriod>): Period {
  return { from: new Date(from), to: new Date(to) };
}
