import { AndFilter, EqualityFilter, OrFilter, ResultCodeError } from 'ldapts';
import { isUnder } from '#domain/account.ts';
import type { Directory } from './connect.ts';
import { guidText } from './entry.ts';
import { baseEntry, userAccountType } from './find-account.ts';

const AT_ONCE = 50;

/** objectGUIDs of the people's accounts with these sAMAccountNames, by name in lower case; nothing of a name that no account has. Throws DirectoryUnavailable. */
export async function accountsNamed(dir: Directory, names: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const some = names.slice(from, from + AT_ONCE).map((value) => new EqualityFilter({ attribute: 'sAMAccountName', value }));
    const people = new EqualityFilter({ attribute: 'sAMAccountType', value: userAccountType });
    const filter = new AndFilter({ filters: [people, new OrFilter({ filters: some })] });
    const attributes = ['objectGUID', 'sAMAccountName'];
    const entries = await dir.read((session) => session.searchAll(dir.settings.baseDn, { scope: 'sub', filter, attributes }));
    for (const entry of entries) {
      const [guid, name] = [entry.bytes('objectGUID'), entry.text('sAMAccountName')];
      if (guid && name !== undefined) found.set(name.toLowerCase(), guidText(guid));
    }
  }
  return found;
}

/** The objectGUID of what has this distinguished name, which others wrote; undefined when there is none. Throws DirectoryUnavailable. */
export async function guidAt(dir: Directory, dn: string): Promise<string | undefined> {
  if (!isUnder(dn, dir.settings.baseDn)) return undefined;
  return dir.read(async (session) => {
    try {
      const guid = (await baseEntry(session, dn, ['objectGUID']))?.bytes('objectGUID');
      return guid && guidText(guid);
    } catch (error) {
      // No distinguished name at all.
      if (error instanceof ResultCodeError && [34, 53].includes(error.code)) return undefined;
      throw error;
    }
  });
}
