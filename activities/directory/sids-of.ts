import type { Directory } from './connect.ts';
import { sidText } from './entry.ts';
import { baseEntry } from './find-account.ts';

/** The SIDs of the objects with these distinguished names; nothing for one that is not there. Throws DirectoryUnavailable. */
export async function sidsOf(directory: Directory, dns: readonly string[]): Promise<Set<string>> {
  const sids = new Set<string>();
  for (const dn of dns) {
    const sid = (await directory.read((session) => baseEntry(session, dn, ['objectSid'])))?.bytes('objectSid');
    if (sid) sids.add(sidText(sid));
  }
  return sids;
}
