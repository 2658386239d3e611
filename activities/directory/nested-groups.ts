import { sidText, type EntryReader } from './entry.ts';

/** GROUP_TYPE_SECURITY_ENABLED (MS-ADTS 2.2.12): others are for mail and give nobody anything. */
const SECURITY = 0x80000000;

interface Group {
  sid: string;
  parents: readonly string[];
}

/**
 * The SIDs of all groups of an entry as tokenGroups would name them (MS-ADTS 3.1.1.4.5.19): security groups only, nested
 * ones, and those that the primary group is in; `listed` are those that list the entry, which the primary one does not. Reads `memberOf`, `primaryGroupID` and `objectSid` of the entry.
 */
export function nestedGroups(groups: readonly EntryReader[]): (entry: EntryReader, primary: 'with primary' | 'listed') => string[] {
  const byDn = new Map<string, Group>();
  const dnOfSid = new Map<string, string>();
  for (const group of groups) {
    const sid = group.bytes('objectSid');
    if (!sid || (group.number('groupType') & SECURITY) === 0) continue;
    const dn = group.dn.toLowerCase();
    byDn.set(dn, { sid: sidText(sid), parents: group.texts('memberOf').map((parent) => parent.toLowerCase()) });
    dnOfSid.set(sidText(sid), dn);
  }
  const primaryOf = (entry: EntryReader): string[] => {
    const own = sidText(entry.bytes('objectSid') ?? Buffer.alloc(8));
    const dn = dnOfSid.get(`${own.slice(0, own.lastIndexOf('-'))}-${entry.number('primaryGroupID')}`);
    return dn === undefined ? [] : [dn];
  };
  return (entry, which) => {
    const waiting = entry.texts('memberOf').map((dn) => dn.toLowerCase());
    if (which === 'with primary') waiting.push(...primaryOf(entry));
    const seen = new Set<string>();
    const sids: string[] = [];
    // Groups may contain each other in circles; each is opened once.
    for (let dn = waiting.pop(); dn !== undefined; dn = waiting.pop()) {
      const group = byDn.get(dn);
      if (!group || seen.has(dn)) continue;
      seen.add(dn);
      sids.push(group.sid);
      waiting.push(...group.parents);
    }
    return sids;
  };
}
