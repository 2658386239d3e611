import { EqualityFilter, OrFilter, PresenceFilter, type Filter } from 'ldapts';
import { accountsOfPeople, type AccountLinks, type Identities } from '#domain/same-people.ts';
import type { AccountFacts } from '#domain/account.ts';
import type { Directory, Session } from './connect.ts';
import { guidText, sidText, type EntryReader } from './entry.ts';

/** Somebody who was read before, by the names under which an attribute may mean them. */
export type Known = Pick<AccountFacts, 'guid' | 'sid' | 'dn' | 'employeeId'> & { samAccountName: string; upn?: string | undefined };

/** So many names are looked for in one search. */
const MOST_NAMES = 50;

/** What has to be read of an account for its links. */
export function linkAttributes({ owner }: Identities): string[] {
  return ['objectGUID', 'objectSid', 'sAMAccountName', 'userPrincipalName', 'employeeID', ...owner.map(({ attribute }) => attribute)];
}

/** An entry that was read with these attributes. */
export function linksOf(entry: EntryReader, { owner }: Identities): AccountLinks {
  return {
    guid: guidText(entry.bytes('objectGUID') ?? Buffer.alloc(16)),
    sid: sidText(entry.bytes('objectSid') ?? Buffer.alloc(8)),
    dn: entry.dn,
    samAccountName: entry.text('sAMAccountName') ?? '',
    upn: entry.text('userPrincipalName'),
    employeeId: entry.text('employeeID'),
    owners: owner.flatMap(({ attribute, names }) => entry.texts(attribute).map((value) => ({ names, value }))),
  };
}

/**
 * The same people, each with every account that the directory and the policy know to be theirs now, disabled ones included.
 * Every account that names an owner is read, whoever it belongs to: a chain of links may lead through accounts that nobody
 * asked about. Without links in the policy only employee numbers count. Throws DirectoryUnavailable.
 */
export async function withTheirAccounts<P extends Known>(dir: Directory, identities: Identities, people: readonly P[]): Promise<P[]> {
  const found = await dir.read((session) => linkedAccounts(session, dir.settings.baseDn, identities, people));
  const given = people.map(({ guid, sid, dn, samAccountName, upn, employeeId }): AccountLinks => {
    return { guid, sid, dn, samAccountName, upn, employeeId, owners: [] };
  });
  const accounts = accountsOfPeople([...found, ...given], identities);
  return people.map((person) => ({ ...person, accounts: accounts.get(person.guid) ?? [] }));
}

async function linkedAccounts(session: Session, base: string, identities: Identities, people: readonly Known[]): Promise<AccountLinks[]> {
  const read = async (filters: readonly Filter[]): Promise<AccountLinks[]> => {
    const found: AccountLinks[] = [];
    for (let from = 0; from < filters.length; from += MOST_NAMES) {
      const some = filters.slice(from, from + MOST_NAMES);
      const entries = await session.searchAll(base, {
        scope: 'sub',
        filter: new OrFilter({ filters: some }),
        attributes: linkAttributes(identities),
      });
      found.push(
        ...entries.filter((entry) => entry.bytes('objectGUID') && entry.bytes('objectSid')).map((entry) => linksOf(entry, identities)),
      );
    }
    return found;
  };
  const equals = (attribute: string, value: string): Filter => new EqualityFilter({ attribute, value });
  const naming = await read(identities.owner.map(({ attribute }) => new PresenceFilter({ attribute })));
  const listed = await read(
    identities.samePerson.flat().map((name) => (/^S-1-/i.test(name) ? equals('objectSid', name) : equals('sAMAccountName', name))),
  );
  const owners = naming.flatMap((one) => one.owners.filter(({ names }) => names === 'account').map(({ value }) => value.trim()));
  const named = await read(
    [...new Set(owners)]
      .filter((name) => name !== '')
      .map((name) =>
        equals(/^[A-Za-z]+=/.test(name) ? 'distinguishedName' : name.includes('@') ? 'userPrincipalName' : 'sAMAccountName', name),
      ),
  );
  // Another account under the same number may be linked to nothing: it is looked for while only few people are asked about.
  const numbers = people.length <= MOST_NAMES ? people.flatMap(({ employeeId }) => (employeeId?.trim() ? [employeeId] : [])) : [];
  const sharing = await read([...new Set(numbers)].map((number) => equals('employeeID', number)));
  return [...naming, ...listed, ...named, ...sharing];
}
