import type { Directory } from './connect.ts';
import { sidText } from './entry.ts';
import { DirectoryUnavailable } from './errors.ts';
import { baseEntry } from './find-account.ts';
import { groupMembers } from './group-members.ts';
import { protectedGroups } from './protected.ts';

export interface ProtectedMember {
  group: string;
  account: string;
  sid: string;
  /** For people's eyes. */
  name: string;
}

/** Every enabled account in a group that the directory itself protects, nested ones included; one that is in several stands here for each. Throws DirectoryUnavailable. */
export async function protectedMembers(dir: Directory): Promise<ProtectedMember[]> {
  const domain = await dir.read(async (session) => (await baseEntry(session, dir.settings.baseDn, ['objectSid']))?.bytes('objectSid'));
  if (!domain) throw new DirectoryUnavailable('the controller does not show the domain');
  const found: ProtectedMember[] = [];
  for (const group of protectedGroups(sidText(domain)))
    for (const { guid, sid, displayName } of await groupMembers(dir, group)) found.push({ group, account: guid, sid, name: displayName });
  return found;
}
