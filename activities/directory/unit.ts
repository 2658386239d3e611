import { ResultCodeError } from 'ldapts';
import { isUnder } from '#domain/account.ts';
import type { Directory } from './connect.ts';
import { baseEntry } from './find-account.ts';

/** LDAP result codes (RFC 4511 §4.1.9) for a name that is no distinguished name. */
const NO_NAME: readonly number[] = [34, 53];

/** The distinguished name of an organizational unit as the directory writes it; undefined when there is no such unit in this domain. */
export async function unitAt(dir: Directory, dn: string): Promise<string | undefined> {
  if (!isUnder(dn.trim(), dir.settings.baseDn)) return undefined;
  return dir.read(async (session) => {
    try {
      const entry = await baseEntry(session, dn.trim(), ['objectClass']);
      return entry?.texts('objectClass').includes('organizationalUnit') ? entry.dn : undefined;
    } catch (error) {
      if (error instanceof ResultCodeError && NO_NAME.includes(error.code)) return undefined;
      throw error;
    }
  });
}
