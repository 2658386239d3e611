import type { TypedDelegation } from '#domain/delegation.ts';

/** What the form holds: days as the browser's own fields give them, names one a line. */
export interface Filled {
  to: string;
  first: string;
  last: string;
  some: boolean;
  groups: string;
  units: string;
  accounts: string;
}

export const EMPTY: Filled = { to: '', first: '', last: '', some: false, groups: '', units: '', accounts: '' };

/** What is missing, by field; nothing when it can be sent. */
export function missingIn({ to, first, last, some, groups, units, accounts }: Filled) {
  return {
    to: to.trim() === '',
    days: first === '' || last === '' || last < first,
    some: some && [groups, units, accounts].every((text) => lines(text).length === 0),
  };
}

/** From the beginning of the first day to the end of the last, in the zone of whoever fills it in. */
export function typedDelegation({ to, first, last, some, groups, units, accounts }: Filled): TypedDelegation {
  const end = new Date(`${last}T00:00:00`);
  end.setDate(end.getDate() + 1);
  const only = (text: string) => (some ? lines(text) : []);
  return {
    to: to.trim(),
    groups: only(groups),
    units: only(units),
    accounts: only(accounts),
    since: new Date(`${first}T00:00:00`).toISOString(),
    until: end.toISOString(),
  };
}

function lines(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}
