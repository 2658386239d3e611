import type { Counted } from '#domain/wrong-tries.ts';
import type { EachController } from './each-controller.ts';
import { guidDn, type EntryReader } from './entry.ts';
import { baseEntry } from './find-account.ts';
import type { Session } from './session.ts';

export interface WrongTries {
  /**
   * What each controller counts of wrong passwords for this account now, by its URL; undefined of one that does not answer. Read as the
   * reader, never by trying a password. Answers within seconds and never throws.
   */
  look: (account: string) => Promise<Record<string, Counted | undefined>>;
  /** The services that run under this account (servicePrincipalName), as the directory names them. Throws DirectoryUnavailable. */
  services: (account: string) => Promise<string[]>;
}

const attributes = ['badPwdCount', 'badPasswordTime', 'lockoutTime', 'msDS-User-Account-Control-Computed'];
/** Of msDS-User-Account-Control-Computed (MS-ADTS 2.2.16). */
const LOCKED = 0x10;

export function wrongTriesBy(each: EachController, read: <T>(work: (session: Session) => Promise<T>) => Promise<T>): WrongTries {
  return {
    look: (account) => each('a look at wrong passwords', (directory) => directory.read((session) => readCounted(session, account))),
    services: (account) =>
      read(async (session) => (await baseEntry(session, guidDn(account), ['servicePrincipalName']))?.texts('servicePrincipalName') ?? []),
  };
}

/** What the controller of this session counts for an account; undefined when it shows none. */
export async function readCounted(session: Session, account: string): Promise<Counted | undefined> {
  const entry = await baseEntry(session, guidDn(account), attributes);
  return entry && countedIn(entry);
}

function countedIn(entry: EntryReader): Counted {
  return {
    count: entry.number('badPwdCount'),
    last: entry.text('badPasswordTime') ?? '0',
    lockedAt: entry.text('lockoutTime') ?? '0',
    locked: (entry.number('msDS-User-Account-Control-Computed') & LOCKED) !== 0,
  };
}
