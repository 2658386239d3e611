import { people, type DemoRole } from './people.ts';
import type { DemoSecrets } from './secrets.ts';

export type ListedPerson = {
  account: string;
  name: string;
  roles: readonly DemoRole[];
  manager: string | null;
  password: string;
  factors: readonly string[];
  note: string;
};

/** Everybody in the demo bank as `demo people` shows them. The password is the first one; a reset makes it void. */
export function listPeople(secrets: readonly DemoSecrets[]): ListedPerson[] {
  const byAccount = new Map(secrets.map((one) => [one.account, one]));
  return people.flatMap((person) => {
    const own = byAccount.get(person.account);
    if (!own) return [];
    return [
      {
        account: person.account,
        name: `${person.givenName} ${person.surname}`,
        roles: person.roles,
        manager: person.manager ?? null,
        password: own.password,
        factors: ['totp', 'recovery-code'],
        note: person.note,
      },
    ];
  });
}

/** The same for a terminal: one line a person, then what each is for. */
export function peopleTable(listed: readonly ListedPerson[]): string {
  const rows = listed.map((one) => [one.account, one.roles.join(', '), one.manager ?? '(none)', one.password, one.note]);
  const header = ['account', 'role', 'manager', 'first password', 'what for'];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: string[]) =>
    cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column]!))).join('  ');
  return [line(header), ...rows.map(line)].join('\n');
}
