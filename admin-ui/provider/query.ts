/** A filter by day means the whole day, and a day in UTC, so that the same address finds the same events everywhere. */
const TIME_OF_DAY: Record<string, string> = { from: 'T00:00:00.000Z', to: 'T23:59:59.999Z' };

/** What the person set as filters, without the empty ones and in a fixed order, as a query. */
export function queryOf(filter: Record<string, unknown>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter).toSorted(([a], [b]) => a.localeCompare(b))) {
    if (typeof value !== 'string' || value.trim() === '') continue;
    const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? (TIME_OF_DAY[name] ?? '') : '';
    query.set(name, value.trim() + time);
  }
  return query;
}

/** One filter as set in the address, which anybody may have written: text, or empty. */
export function filterOf(filters: unknown, name: string): string {
  const value = (filters as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : '';
}

/** The filters with one of them set, or left out when it is empty. */
export function withFilter(filters: unknown, name: string, value: string): Record<string, unknown> {
  const { [name]: _replaced, ...others } = filters as Record<string, unknown>;
  return value === '' ? others : { ...others, [name]: value };
}
