const DAY_MS = 86_400_000;
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Days in UTC, both included, as people say a time. */
export interface Days {
  from: string;
  to: string;
}

/** The last ninety days, today included. */
export function lately(now: number): Days {
  return { from: dayOf(now - 89 * DAY_MS), to: dayOf(now) };
}

/** The same as the interface asks for it: until before the day that follows. What is no day is passed on, and refused there in words. */
export function periodQuery({ from, to }: Days): URLSearchParams {
  const next = Date.parse(`${to}T00:00:00Z`) + DAY_MS;
  return new URLSearchParams({ from, to: Number.isNaN(next) ? to : dayOf(next) });
}
