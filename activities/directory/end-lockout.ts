import { Attribute, Change } from 'ldapts';
import type { Directory } from './connect.ts';
import { guidDn } from './entry.ts';
import { DirectoryUnavailable, isPassing, writeRefusal, type WriteRefusal } from './errors.ts';

/** `unknown`: the connection broke after the request was sent, so the lockout may have been ended, or may be in a moment. */
export type UnlockSaid = { outcome: 'applied' } | { outcome: 'refused'; reason: WriteRefusal } | { outcome: 'unknown' };

/**
 * Ends the lockout of the object with this GUID and changes nothing else: lockoutTime = 0, which also resets the count of
 * bad passwords (measured on Samba 4.17) and is harmless when repeated. Throws DirectoryUnavailable when nothing was changed for certain.
 */
export async function endLockout(dir: Directory, guid: string): Promise<UnlockSaid> {
  const change = new Change({ operation: 'replace', modification: new Attribute({ type: 'lockoutTime', values: ['0'] }) });
  return dir.write(async (session): Promise<UnlockSaid> => {
    try {
      await session.modify(guidDn(guid), [change]);
      return { outcome: 'applied' };
    } catch (error) {
      // What a gate before the wire threw was not sent; and a busy controller says that it did nothing.
      if (error instanceof DirectoryUnavailable) throw error;
      if (isPassing(error)) throw new DirectoryUnavailable('the controller is busy');
      const reason = writeRefusal(error);
      return reason === undefined ? { outcome: 'unknown' } : { outcome: 'refused', reason };
    }
  });
}
