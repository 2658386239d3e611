import { AndFilter, EqualityFilter, OrFilter, ResultCodeError, type Filter } from 'ldapts';
import { accountAttributes, accountFrom, type DirectoryAccount } from './account.ts';
import type { Directory, Session } from './connect.ts';
import { guidDn, guidText, type EntryReader } from './entry.ts';
import { inSteps } from './in-steps.ts';
import { parseTypedName } from './typed-name.ts';

/** SAM_NORMAL_USER_ACCOUNT (MS-SAMR 2.2.1.9): people and services, no computers, no trusts. Indexed. */
export const userAccountType = '805306368';

/**
 * The one account that a typed name means, or undefined: unknown, ambiguous and impossible names are the same to the
 * caller. Each takes the same three reads and is answered at a whole step of 10 ms (in-steps.ts), since an account with many groups
 * takes 1.5 ms longer to read than one with none. The answer is keyed by guid: `ALICE`, ` alice` and `alice` are one
 * account, so never count by what was typed.
 */
export async function findAccount(dir: Directory, typedName: string, at = new Date()): Promise<DirectoryAccount | undefined> {
  const name = parseTypedName(typedName, dir.settings.netbios);
  const filter = name
    ? nameFilter(name.kind, name.value, dir.settings.upnSuffix)
    : new EqualityFilter({ attribute: 'sAMAccountName', value: 'nobody has this name' });
  return inSteps(() =>
    dir.read(async (session) => {
      const hits = await session.search(dir.settings.baseDn, { scope: 'sub', filter, attributes: ['objectGUID'] });
      const guid = hits.length === 1 ? hits[0]!.bytes('objectGUID') : undefined;
      const found = await readBase(session, guid ? guidDn(guidText(guid)) : dir.bindDn, at);
      return guid ? found : undefined;
    }),
  );
}

/** The account with this objectGUID as it is now, or undefined when there is none. Throws RangeError when it is no GUID. */
export async function readAccount(dir: Directory, guid: string, at = new Date()): Promise<DirectoryAccount | undefined> {
  const base = guidDn(guid);
  return dir.read((session) => readBase(session, base, at));
}

/** The account at a distinguished name that the directory itself gave, or undefined. */
export async function readAccountAt(dir: Directory, dn: string, at = new Date()): Promise<DirectoryAccount | undefined> {
  return dir.read((session) => readBase(session, dn, at));
}

async function readBase(session: Session, base: string, at: Date): Promise<DirectoryAccount | undefined> {
  const entry = await baseEntry(session, base, [...accountAttributes, 'sAMAccountType']);
  if (!entry || entry.text('sAMAccountType') !== userAccountType) return undefined;
  const manager = entry.text('manager');
  // Read also when there is no manager, so that an account without one, and a name nobody has, take the same time.
  const managerGuid = (await baseEntry(session, manager ?? base, ['objectGUID']))?.bytes('objectGUID');
  return accountFrom(entry, manager !== undefined && managerGuid ? guidText(managerGuid) : undefined, at);
}

/** One object's attributes, or undefined when it does not exist or may not be seen. */
export async function baseEntry(session: Session, base: string, attributes: string[]): Promise<EntryReader | undefined> {
  try {
    return (await session.search(base, { scope: 'base', attributes }))[0];
  } catch (error) {
    if (error instanceof ResultCodeError && error.code === 32) return undefined;
    throw error;
  }
}

function nameFilter(kind: 'account' | 'upn', value: string, upnSuffix: string): Filter {
  const equals = (attribute: string, text: string) => new EqualityFilter({ attribute, value: text });
  const names: Filter[] = [equals(kind === 'upn' ? 'userPrincipalName' : 'sAMAccountName', value)];
  // The implicit UPN of MS-ADTS 5.1.1.1.1: it works for sign-in also where none is stored.
  const implicit = `@${upnSuffix.toLowerCase()}`;
  if (kind === 'upn' && value.toLowerCase().endsWith(implicit) && value.length > implicit.length)
    names.push(equals('sAMAccountName', value.slice(0, -implicit.length)));
  return new AndFilter({
    filters: [equals('sAMAccountType', userAccountType), names.length === 1 ? names[0]! : new OrFilter({ filters: names })],
  });
}
