import type { Directory } from './connect.ts';
import { baseEntry } from './find-account.ts';

/** Those that stand for many, or for nobody by name (MS-DTYP 2.4.2.4). */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  'S-1-1-0': 'Everybody',
  'S-1-3-0': 'Whoever makes an object',
  'S-1-5-10': 'Every account, of itself,',
  'S-1-5-11': 'Everybody who has signed in',
  'S-1-5-18': 'The controller itself',
};

/** What people know somebody by, for their eyes: the SID itself when the directory knows no name. Throws DirectoryUnavailable. */
export async function nameOfSid(dir: Directory, sid: string): Promise<string> {
  const known = WELL_KNOWN[sid];
  if (known !== undefined) return known;
  // It came from the directory, or from a file that somebody else wrote.
  if (!/^S(-\d{1,20}){2,17}$/.test(sid)) return sid;
  const entry = await dir.read((session) => baseEntry(session, `<SID=${sid}>`, ['displayName', 'sAMAccountName']));
  return entry?.text('displayName') ?? entry?.text('sAMAccountName') ?? sid;
}
