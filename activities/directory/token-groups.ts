import { sidText, type EntryReader } from './entry.ts';

/**
 * SIDs of every group of an account, nested and primary ones included (tokenGroups, MS-ADTS 3.1.1.4.5.19). Every account has
 * one at least, so none means that they are hidden from whoever asks: throws RangeError, for an account whose groups nobody saw must not pass for an unprotected one.
 */
export function tokenGroupsOf(entry: EntryReader): string[] {
  const groups = entry.allBytes('tokenGroups').map(sidText);
  if (groups.length === 0) throw new RangeError('the directory did not show tokenGroups; the reading account lacks a right');
  return groups;
}
