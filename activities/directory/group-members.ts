import { AndFilter, EqualityFilter } from 'ldapts';
import type { DirectoryAccount } from './account.ts';
import type { Directory, Session } from './connect.ts';
import { sidText } from './entry.ts';
import { baseEntry, readAccountAt } from './find-account.ts';
import { allValues } from './ranged-values.ts';

/** More people than any role here should have; beyond it something is set up wrongly, and the caller should hear of it. */
const mostMembers = 5000;

/** The SID of a group by its sAMAccountName, or undefined when there is none or more than one. */
export async function groupSid(dir: Directory, samAccountName: string): Promise<string | undefined> {
  return dir.read(async (session) => (await findGroup(session, dir.settings.baseDn, samAccountName))?.sid);
}

/**
 * Every enabled account in a group, nested groups included, each once; an empty list when no group has this SID.
 * Primary-group membership (Domain Users) is not listed by the directory and so not here. Throws RangeError above 5000 members.
 */
export async function groupMembers(dir: Directory, sid: string, at = new Date()): Promise<DirectoryAccount[]> {
  const dns = await dir.read((session) => peopleUnder(session, sid));
  const accounts: DirectoryAccount[] = [];
  for (const dn of dns) {
    const account = await readAccountAt(dir, dn, at);
    if (account?.enabled) accounts.push(account);
  }
  return accounts;
}

async function peopleUnder(session: Session, sid: string): Promise<string[]> {
  const top = await baseEntry(session, `<SID=${sid}>`, ['objectClass']);
  if (!top?.texts('objectClass').includes('group')) return [];
  const groups = [top.dn];
  const people = new Set<string>();
  const seen = new Set([top.dn.toLowerCase()]);
  // Groups may contain each other in circles; each is opened once.
  for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
    for (const member of await allValues(session, group, 'member')) {
      if (seen.has(member.toLowerCase())) continue;
      seen.add(member.toLowerCase());
      if (seen.size > mostMembers) throw new RangeError(`the group ${top.dn} has more than ${mostMembers} members`);
      const classes = (await baseEntry(session, member, ['objectClass']))?.texts('objectClass') ?? [];
      if (classes.includes('group')) groups.push(member);
      else if (classes.includes('user')) people.add(member);
    }
  }
  return [...people];
}

/** The one group with this sAMAccountName. */
export async function findGroup(session: Session, baseDn: string, name: string): Promise<{ dn: string; sid: string } | undefined> {
  const filter = new AndFilter({
    filters: [
      new EqualityFilter({ attribute: 'objectClass', value: 'group' }),
      new EqualityFilter({ attribute: 'sAMAccountName', value: name }),
    ],
  });
  const hits = await session.search(baseDn, { scope: 'sub', filter, attributes: ['objectSid'], paged: true });
  const sid = hits.length === 1 ? hits[0]!.bytes('objectSid') : undefined;
  return sid && { dn: hits[0]!.dn, sid: sidText(sid) };
}
