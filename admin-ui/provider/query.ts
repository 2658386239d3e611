/** What the person set as filters, without the empty ones and in a fixed order, as a query. */
export function queryOf(filter: Record<string, unknown>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter).sort(([a], [b]) => a.localeCompare(b))) {
    if (typeof value === 'string' && value.trim() !== '') query.set(name, value.trim());
  }
  return query;
}

/** The filters with one of them set, or left out when it is empty. */
export function withFilter(filters: unknown, name: string, value: string): Record<string, unknown> {
  const { [name]: _replaced, ...others } = filters as Record<string, unknown>;
  return value === '' ? others : { ...others, [name]: value };
}
