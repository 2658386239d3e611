import { sidText } from './entry.ts';
import { baseEntry } from './find-account.ts';
import { protectedBy } from './protected.ts';
import type { Session } from './session.ts';
import { tokenGroupsOf } from './token-groups.ts';

/** Why the account at this name or `<GUID=…>` is protected, as the controller of this session has it now: one read. Throws RangeError when it is gone, or hides its groups. */
export async function readProtectedBy(session: Session, base: string): Promise<string | undefined> {
  const entry = await baseEntry(session, base, ['objectSid', 'adminCount', 'tokenGroups']);
  const sid = entry?.bytes('objectSid');
  if (!entry || !sid) throw new RangeError('the account is gone');
  return protectedBy({ sid: sidText(sid), adminCount: entry.number('adminCount'), groups: tokenGroupsOf(entry) });
}
