import { addEntries } from './many-accounts.ts';
import type { OwnDirectory } from './own-directory.ts';

const base = 'DC=bank,DC=test';

/** A unit with what has to be escaped in its name, as RFC 4514 writes it; the directory may write it otherwise. */
export const ODD_UNIT = `OU=Sales\\; North\\+South\\, \\#1 \\= \\"all\\",OU=Staff,${base}`;
const ODD_GROUP = `CN=\\ Odd\\+Group\\, \\<1\\>,OU=Groups,${base}`;
export const ODD_GROUP_NAME = 'Odd Group';

/** Names of objects (RFC 4514), each with something that a careless program stumbles over. */
const NAMES = [
  'Comma\\, Ltd',
  'Plus\\+Sign',
  'Quote\\"d',
  'Back\\\\slash',
  '\\<angle\\>',
  'semi\\;colon',
  'equal\\=s',
  '\\#hash',
  '\\ before',
  'behind\\ ',
  'new\\0Aline',
  'রীতা চৌধুরী',
  'Гоце Делчев',
  'x\\,OU\\=Privileged',
  "O'Hara (x) *",
  'Zoe\u0308',
];

export const oddAccount = (index: number): string => `odd-${index}`;
export const ODD_ACCOUNTS = NAMES.map((_, index) => oddAccount(index));

/** Fills a directory of a test's own: each odd account is managed by the one before, the last lies in the odd unit, and all are in the odd group. */
export async function addOddData(bank: OwnDirectory): Promise<void> {
  const dnOf = (index: number) => `CN=${NAMES[index]},${index === NAMES.length - 1 ? ODD_UNIT : `OU=Staff,${base}`}`;
  const people = NAMES.map((name, index) => ({
    dn: dnOf(index),
    objectClass: 'user',
    sAMAccountName: oddAccount(index),
    // As people might enter it: a line end, markup, a mark that turns the direction of writing.
    displayName: `${name} <b>"&'\u202e\n`,
    givenName: 'রীতা',
    sn: 'Делчев',
    employeeID: `odd${index}`,
    // NORMAL_ACCOUNT and PASSWD_NOTREQD (MS-ADTS 2.2.16): enabled without a password.
    userAccountControl: '544',
    ...(index === 0 ? {} : { manager: dnOf(index - 1) }),
  }));
  const contact = { dn: `CN=Outside\\, Contact,OU=Staff,${base}`, objectClass: 'contact' };
  const group = { dn: ODD_GROUP, objectClass: 'group', sAMAccountName: ODD_GROUP_NAME, groupType: '-2147483646' };
  await addEntries(bank, [
    { dn: ODD_UNIT, objectClass: 'organizationalUnit' },
    contact,
    ...people,
    { ...group, member: people.map(({ dn }) => dn), managedBy: dnOf(1) },
    {
      dn: `CN=managed by a contact,OU=Staff,${base}`,
      objectClass: 'user',
      sAMAccountName: 'odd-contact',
      userAccountControl: '544',
      manager: contact.dn,
    },
  ]);
}

/** So many groups, each within the next; whoever is in the first is in all of them. Answers their names. */
export async function addDeepGroups(
  bank: OwnDirectory,
  depth: number,
  members: readonly string[],
): Promise<{ first: string; last: string }> {
  const dnOf = (index: number) => `CN=deep ${index},OU=Groups,${base}`;
  const groups = Array.from({ length: depth }, (_, index) => ({
    dn: dnOf(index),
    objectClass: 'group',
    sAMAccountName: `deep ${index}`,
    groupType: '-2147483646',
    member: index === 0 ? members : [dnOf(index - 1)],
  }));
  await addEntries(bank, groups);
  return { first: dnOf(0), last: dnOf(depth - 1) };
}
