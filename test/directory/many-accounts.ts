import { join } from 'node:path';
import { runCommand } from '#ops/run-command.ts';
import type { OwnDirectory } from './own-directory.ts';

export interface Many {
  stem: string;
  accounts: number;
  /** Each group holds every account whose number it divides; groups stand within each other in a chain. */
  groups: number;
}

const base = 'DC=bank,DC=test';
const dnOf = (stem: string, index: number): string => `CN=${stem}-${index},OU=Staff,${base}`;
export const groupName = (stem: string, index: number): string => `${stem} group ${index}`;

/** A hundred people manage all others, but every tenth account has no manager; with one manager of all each new account would cost more than the one before. */
const managerOf = (index: number): number => (index < 200 ? 0 : (index % 10) * 10);

/** Fills a directory of a test's own with so many enabled accounts in OU=Staff. */
export async function addMany(bank: OwnDirectory, { stem, accounts, groups }: Many): Promise<void> {
  const people = Array.from({ length: accounts }, (_, index) => ({
    dn: dnOf(stem, index),
    objectClass: 'user',
    sAMAccountName: `${stem}-${index}`,
    displayName: `${stem} ${index}`,
    employeeID: `${stem}${index}`,
    // NORMAL_ACCOUNT and PASSWD_NOTREQD (MS-ADTS 2.2.16): enabled without a password.
    userAccountControl: '544',
    ...(index % 10 === 0 ? {} : { manager: dnOf(stem, managerOf(index)) }),
  }));
  const holds = (group: number) => people.filter((_, index) => index % (group + 2) === 0).map(({ dn }) => dn);
  const groupDn = (index: number) => `CN=${groupName(stem, index)},OU=Groups,${base}`;
  const teams = Array.from({ length: groups }, (_, index) => ({
    dn: groupDn(index),
    objectClass: 'group',
    sAMAccountName: groupName(stem, index),
    groupType: '-2147483646',
    member: [...holds(index), ...(index > 0 ? [groupDn(index - 1)] : [])],
  }));
  await addEntries(bank, [...people, ...teams]);
}

/** Adds objects straight to the database, in this order: attributes by name, and the DN as RFC 4514 writes it. */
export async function addEntries(bank: OwnDirectory, entries: readonly Record<string, string | readonly string[]>[]): Promise<void> {
  const { config, database } = bank.install.layout;
  const done = await runCommand('/usr/bin/python3', [join(import.meta.dirname, 'many-accounts.py')], {
    input: JSON.stringify({ config, database, entries }),
    timeoutMs: 1_800_000,
  });
  if (done.code !== 0) throw new Error(done.stderr);
}
