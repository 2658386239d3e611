import type { Json } from '#evidence/jcs.ts';
import type { Session } from '../directory/session.ts';
import type { Claim } from './claims.ts';
import { controllerOf, type WriterDeps } from './deps.ts';
import { readLockoutTime } from './lockout-time.ts';
import { lookTwice } from './look-twice.ts';
import { isAsClaimed, passwordFacts, readPasswordNow, type PasswordNow } from './password-now.ts';

/** What a controller shows of an account that was to be unlocked. */
export interface LockNow extends PasswordNow {
  lockoutTime: string;
}

/** `untouched`: it shows what it showed before the claim. Who ended a lockout that is over cannot be told, and changes nothing for the claimant. */
export type SinceClaim = 'untouched' | 'unlocked' | 'locked-again' | 'account-changed';

export async function readLock(session: Session, guid: string): Promise<LockNow> {
  return { ...(await readPasswordNow(session, guid)), lockoutTime: await readLockoutTime(session, guid) };
}

/** The same for a leaf. */
export function lockFacts(claim: Claim, now: LockNow): Record<string, Json> {
  return { ...passwordFacts(claim, now), lockoutTime: now.lockoutTime };
}

export function sinceClaim(claim: Claim, now: LockNow): SinceClaim {
  if (!isAsClaimed(claim, now)) return 'account-changed';
  if (now.lockoutTime === claim.lockedBefore) return 'untouched';
  return now.lockoutTime === '0' ? 'unlocked' : 'locked-again';
}

/** What the controller written to shows now; looked at twice before it counts as untouched. */
export async function lockSince(
  deps: Pick<WriterDeps, 'directoryOn'>,
  account: string,
  claim: Claim,
): Promise<{ since: SinceClaim; now: LockNow }> {
  const { directory } = controllerOf(deps, claim.controller);
  return lookTwice(async () => {
    const now = await directory.read((session) => readLock(session, account));
    return { since: sinceClaim(claim, now), now };
  });
}
