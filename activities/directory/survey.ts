import { EqualityFilter, PresenceFilter } from 'ldapts';
import { isUnder, parentOf } from '#domain/account.ts';
import type { ResolvedSource } from '#domain/approval.ts';
import { isStrongMapping } from '#domain/account-mapping.ts';
import { accountsOfPeople, type Identities } from '#domain/same-people.ts';
import { accountAttributes, accountFrom, type DirectoryAccount } from './account.ts';
import type { Lookup } from './approver-sources.ts';
import type { Directory } from './connect.ts';
import { guidText, sidText, type EntryReader } from './entry.ts';
import { userAccountType } from './find-account.ts';
import { nestedGroups } from './nested-groups.ts';
import { withAllValues } from './ranged-values.ts';
import { linksOf } from './same-people.ts';

/** The whole directory as three paged searches found it, to be asked about every account at once. */
export interface Survey extends Lookup {
  /** Distinguished name of the domain. */
  base: string;
  accounts: readonly DirectoryAccount[];
  /** Which of them belong to one person, by what a policy says: GUIDs of each. */
  peopleBy(identities: Identities): ReadonlyMap<string, readonly string[]>;
  account(guid: string): DirectoryAccount | undefined;
  /** Accounts that a smart card is mapped to strongly: GUIDs. A card that carries the SID of its holder leaves no trace here. */
  cardsMapped: ReadonlySet<string>;
  /** Enabled and unexpired accounts in a group, nested ones included, in the order of their GUIDs. */
  members(groupSid: string): readonly DirectoryAccount[];
}

/**
 * Reads every account, group and owner of the domain. Memberships are followed here, since the directory tells tokenGroups
 * for one object at a time only. `ownerAttributes`: those by which the policies that will be asked about link accounts. For 10,000 accounts a few seconds and some tens of megabytes.
 */
export async function surveyDirectory(dir: Directory, at = new Date(), ownerAttributes: readonly string[] = []): Promise<Survey> {
  const base = dir.settings.baseDn;
  return dir.read(async (session) => {
    const people = await session.searchAll(base, {
      scope: 'sub',
      filter: new EqualityFilter({ attribute: 'sAMAccountType', value: userAccountType }),
      attributes: [
        ...accountAttributes.filter((name) => name !== 'tokenGroups'),
        'memberOf',
        'primaryGroupID',
        'altSecurityIdentities',
        ...ownerAttributes,
      ],
    });
    const groups = await session.searchAll(base, {
      scope: 'sub',
      filter: new EqualityFilter({ attribute: 'objectClass', value: 'group' }),
      attributes: ['objectSid', 'sAMAccountName', 'groupType', 'memberOf'],
    });
    const owned = await session.searchAll(base, {
      scope: 'sub',
      filter: new PresenceFilter({ attribute: 'managedBy' }),
      attributes: ['managedBy'],
    });
    const [whole, all] = [await withAllValues(session, people, 'memberOf'), await withAllValues(session, groups, 'memberOf')];
    return surveyOf({ base, people: whole, groups: all, owned, at });
  });
}

const byDn = <T>(entries: readonly { dn: string }[], valueOf: (entry: never) => T): Map<string, T> =>
  new Map(entries.map((entry) => [entry.dn.toLowerCase(), valueOf(entry as never)]));

function surveyOf(read: { base: string; people: EntryReader[]; groups: EntryReader[]; owned: EntryReader[]; at: Date }): Survey {
  const groupsOf = nestedGroups(read.groups);
  const guids = byDn(read.people, (entry: EntryReader) => guidText(entry.bytes('objectGUID') ?? Buffer.alloc(16)));
  const accounts = read.people.map((entry) =>
    accountFrom(entry, guids.get(entry.text('manager')?.toLowerCase() ?? ''), read.at, groupsOf(entry, 'with primary')),
  );
  const accountsByGuid = new Map(accounts.map((account) => [account.guid, account]));

  const named = new Map<string, { dn: string; sid: string }[]>();
  const sidsByDn = new Map<string, string>();
  for (const group of read.groups) {
    const sid = sidText(group.bytes('objectSid') ?? Buffer.alloc(8));
    sidsByDn.set(group.dn.toLowerCase(), sid);
    const name = group.text('sAMAccountName')?.toLowerCase() ?? '';
    named.set(name, [...(named.get(name) ?? []), { dn: group.dn, sid }]);
  }
  const groupNamed = (name: string) => {
    const found = named.get(name.toLowerCase()) ?? [];
    return found.length === 1 ? found[0] : undefined;
  };

  const members = new Map<string, DirectoryAccount[]>();
  for (const [index, account] of accounts.entries()) {
    if (!account.enabled || account.expired) continue;
    for (const sid of groupsOf(read.people[index]!, 'listed')) {
      const list = members.get(sid);
      if (list) list.push(account);
      else members.set(sid, [account]);
    }
  }
  for (const list of members.values()) list.sort((a, b) => (a.guid < b.guid ? -1 : 1));

  const managedBy = byDn(read.owned, (entry: EntryReader) => entry.text('managedBy')?.toLowerCase() ?? '');
  const ownerAt = (dn: string): ResolvedSource[] => {
    const owner = managedBy.get(dn.toLowerCase()) ?? '';
    const [person, groupSid] = [guids.get(owner), sidsByDn.get(owner)];
    return groupSid !== undefined ? [{ groupSid }] : person !== undefined ? [{ person }] : [];
  };
  return {
    base: read.base,
    accounts,
    peopleBy: (identities) =>
      accountsOfPeople(
        read.people.map((entry) => linksOf(entry, identities)),
        identities,
      ),
    account: (guid) => accountsByGuid.get(guid),
    cardsMapped: new Set(
      accounts.flatMap(({ guid }, index) => (read.people[index]?.texts('altSecurityIdentities').some(isStrongMapping) ? guid : [])),
    ),
    members: (sid) => members.get(sid) ?? [],
    read: async (guid) => accountsByGuid.get(guid),
    groupSid: async (name) => groupNamed(name)?.sid,
    ownerOfGroup: async (name) => {
      const group = groupNamed(name);
      return group ? ownerAt(group.dn) : [];
    },
    ownerOfUnit: async (dn) => {
      for (let above = parentOf(dn); above !== undefined && isUnder(above, read.base); above = parentOf(above)) {
        const owner = ownerAt(above);
        if (owner.length > 0) return owner;
      }
      return [];
    },
  };
}
