import { Attribute, Change } from 'ldapts';
import type { Controller, Directory, Session } from './connect.ts';
import { messageOf } from './connect.ts';
import { encodePassword } from './encode-password.ts';
import { guidDn } from './entry.ts';
import { DirectoryUnavailable, isPassing, writeRefusal, type WriteRefusal } from './errors.ts';
import { policyHintsOf, type PolicyHints } from './policy-hints.ts';

/**
 * What became of a write. `unknown`: the connection broke or timed out after the request was sent, so the change may
 * be there, may come a moment later, or not at all: only a bind with the new password on `controller` can tell.
 */
export type WriteOutcome =
  | { outcome: 'applied'; controller: Controller }
  | { outcome: 'refused'; reason: WriteRefusal; controller: Controller }
  | { outcome: 'unknown'; controller: Controller };

export interface SettingOptions {
  /**
   * Whether a controller that can is asked to hold the password to history and minimum age, as it does when people change their own. Not for one that is
   * set minutes after another: by minimum age it would be refused until tomorrow.
   */
  heedsHistory?: boolean;
}

/**
 * Sets a new password and ends a lockout, in one modify, on the object with this GUID. The controller's own policy
 * decides (MS-ADTS 3.1.1.3.1.5). Throws only when nothing was sent: DirectoryUnavailable, ServiceBindRefused,
 * PasswordNotEncodable. The same write again is harmless where the hints control is not known; where it is, a repeated
 * one answers `history`, which after an `unknown` means "ask by a bind".
 */
export async function setPassword(
  dir: Directory,
  guid: string,
  password: string,
  { heedsHistory = true }: SettingOptions = {},
): Promise<WriteOutcome> {
  const target = guidDn(guid);
  const encoded = encodePassword(password);
  try {
    // A kept connection may be dead without our knowing; the first read finds out, and one fresh connection is tried.
    return await attempt(dir, target, encoded, heedsHistory).catch((error: unknown) => {
      if (error instanceof DirectoryUnavailable) return attempt(dir, target, encoded, heedsHistory);
      throw error;
    });
  } finally {
    encoded.fill(0);
  }
}

function attempt(dir: Directory, target: string, encoded: Buffer, heedsHistory: boolean): Promise<WriteOutcome> {
  return dir.write(async (session) => {
    const hints = await firstRead(session);
    // From here on the request may have been sent: silence must not come out as "nothing happened".
    return send(session, target, encoded, heedsHistory ? hints : []);
  });
}

async function firstRead(session: Session): Promise<PolicyHints[]> {
  try {
    return await policyHintsOf(session);
  } catch (error) {
    throw new DirectoryUnavailable(messageOf(error));
  }
}

async function send(session: Session, target: string, encoded: Buffer, hints: PolicyHints[]): Promise<WriteOutcome> {
  const { controller } = session;
  const changes = [replace('unicodePwd', encoded), replace('lockoutTime', '0')];
  try {
    await session.modify(target, changes, hints);
    return { outcome: 'applied', controller };
  } catch (error) {
    // The controller answered, and the answer is that it did nothing: asking again is safe.
    if (isPassing(error)) throw new DirectoryUnavailable('the controller is busy');
    // The error itself goes no further: only its meaning, so that nothing of the request can be printed.
    const reason = writeRefusal(error);
    return reason === undefined ? { outcome: 'unknown', controller } : { outcome: 'refused', reason, controller };
  }
}

function replace(type: string, value: string | Buffer): Change {
  const attribute = typeof value === 'string' ? new Attribute({ type, values: [value] }) : new Attribute({ type, values: [value] });
  return new Change({ operation: 'replace', modification: attribute });
}
