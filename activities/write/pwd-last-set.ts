import { baseEntry } from '../directory/find-account.ts';
import { guidDn } from '../directory/entry.ts';
import type { Session } from '../directory/session.ts';

/** When the controller of this session says that the password was last set: FILETIME as decimal text. Throws when the account is gone. */
export async function readPwdLastSet(session: Session, guid: string): Promise<string> {
  const entry = await baseEntry(session, guidDn(guid), ['pwdLastSet']);
  if (!entry) throw new RangeError('the account is gone');
  return entry.text('pwdLastSet') ?? '0';
}
