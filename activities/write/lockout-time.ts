import { guidDn } from '../directory/entry.ts';
import { DirectoryUnavailable } from '../directory/errors.ts';
import { baseEntry } from '../directory/find-account.ts';
import type { Session } from '../directory/session.ts';

/**
 * When the controller of this session says that the account was locked: FILETIME as decimal text, 0 when it was not since
 * the last sign-in or unlock. It stays after a lockout has run out (MS-ADA1 lockoutTime). Throws DirectoryUnavailable when no such account is shown.
 */
export async function readLockoutTime(session: Session, guid: string): Promise<string> {
  const entry = await baseEntry(session, guidDn(guid), ['lockoutTime']);
  if (!entry) throw new DirectoryUnavailable('the account is not shown');
  return entry.text('lockoutTime') ?? '0';
}
