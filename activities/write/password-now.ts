import type { Json } from '#evidence/jcs.ts';
import { guidDn } from '../directory/entry.ts';
import { DirectoryUnavailable } from '../directory/errors.ts';
import { baseEntry } from '../directory/find-account.ts';
import { isSameStamp, passwordStamp, stampAttributes, type PasswordStamp } from '../directory/password-stamp.ts';
import type { Session } from '../directory/session.ts';
import type { Claim } from './claims.ts';
import { controllerOf, type WriterDeps } from './deps.ts';
import { lookTwice } from './look-twice.ts';

/** What a controller shows of an account's password; pwdLastSet is FILETIME as decimal text, 0 when it has to be changed at the next sign-in. */
export interface PasswordNow {
  pwdLastSet: string;
  /** Undefined where the controller shows none. */
  stamp: PasswordStamp | undefined;
}

/** What the controller of this session shows. Throws DirectoryUnavailable when it shows no such account: that says nothing of its password. */
export async function readPasswordNow(session: Session, guid: string): Promise<PasswordNow> {
  const entry = await baseEntry(session, guidDn(guid), ['pwdLastSet', ...stampAttributes]);
  if (!entry) throw new DirectoryUnavailable('the account is not shown');
  return { pwdLastSet: entry.text('pwdLastSet') ?? '0', stamp: passwordStamp(entry) };
}

/**
 * What became of a password since a claim. `once`: changed one time, at the controller written to: by this write, or by somebody in
 * its place. `by-others`: somebody else changed it, whether this write was made or not. `uncounted`: it is another one, and
 * nothing is there to count changes by.
 */
export type PasswordSince = 'untouched' | 'once' | 'by-others' | 'uncounted';

type Before = Pick<Claim, 'before' | 'stampBefore' | 'invocation'>;

export function passwordSince({ before, stampBefore, invocation }: Before, { pwdLastSet, stamp }: PasswordNow): PasswordSince {
  // A must-change flag moves pwdLastSet and no password; so where there are stamps, they alone say.
  if (!stampBefore || !stamp) return pwdLastSet === before ? 'untouched' : 'uncounted';
  if (isSameStamp(stampBefore, stamp)) return 'untouched';
  const isHere = invocation === null || stamp.originating === invocation;
  return stamp.version === stampBefore.version + 1 && isHere ? 'once' : 'by-others';
}

/** Whether the password is still the one that was judged, and must still, or still need not, be changed. */
export function isAsClaimed(claim: Before, now: PasswordNow): boolean {
  return now.pwdLastSet === claim.before && passwordSince(claim, now) === 'untouched';
}

/** What the controller written to shows now; looked at twice before it counts as untouched. */
export async function passwordSinceClaim(
  deps: Pick<WriterDeps, 'directoryOn'>,
  account: string,
  claim: Claim,
): Promise<{ since: PasswordSince; now: PasswordNow }> {
  const { directory } = controllerOf(deps, claim.controller);
  return lookTwice(async () => {
    const now = await directory.read((session) => readPasswordNow(session, account));
    return { since: passwordSince(claim, now), now };
  });
}

/** The same for a leaf: the versions before and after, and where and as which change of it the last one was made. */
export function passwordFacts({ stampBefore }: Pick<Claim, 'stampBefore'>, { pwdLastSet, stamp }: PasswordNow): Record<string, Json> {
  if (!stampBefore || !stamp) return { pwdLastSet };
  return { pwdLastSet, versionBefore: stampBefore.version, version: stamp.version, originating: stamp.originating, usn: stamp.usn };
}
