import { setTimeout as sleep } from 'node:timers/promises';
import type { Directory } from '../directory/connect.ts';
import type { Session } from '../directory/session.ts';
import type { Claim } from './claims.ts';
import { controllerOf, type WriterDeps } from './deps.ts';
import { readLockoutTime } from './lockout-time.ts';
import { readPwdLastSet } from './pwd-last-set.ts';

/** What a controller shows of an account that was to be unlocked. */
export interface LockNow {
  pwdLastSet: string;
  lockoutTime: string;
}

/** `untouched`: it shows what it showed before the claim. Who ended a lockout that is over cannot be told, and changes nothing for the claimant. */
export type SinceClaim = 'untouched' | 'unlocked' | 'locked-again' | 'account-changed';

export async function readLock(session: Session, guid: string): Promise<LockNow> {
  return { pwdLastSet: await readPwdLastSet(session, guid), lockoutTime: await readLockoutTime(session, guid) };
}

export function sinceClaim({ before, lockedBefore }: Pick<Claim, 'before' | 'lockedBefore'>, now: LockNow): SinceClaim {
  if (now.pwdLastSet !== before) return 'account-changed';
  if (now.lockoutTime === lockedBefore) return 'untouched';
  return now.lockoutTime === '0' ? 'unlocked' : 'locked-again';
}

/** A controller that was frozen answers new questions and old requests in any order when it wakes: asked twice, so long apart. */
export const SECOND_LOOK_MS = 1500;

/** What the controller written to shows now; looked at twice before it counts as untouched. */
export async function lockSince(
  deps: Pick<WriterDeps, 'directoryOn'>,
  account: string,
  claim: Claim,
): Promise<{ since: SinceClaim; now: LockNow }> {
  const { directory } = controllerOf(deps, claim.controller);
  const first = await look(directory, account, claim);
  if (first.since !== 'untouched') return first;
  await sleep(SECOND_LOOK_MS);
  return look(directory, account, claim);
}

async function look(directory: Directory, account: string, claim: Claim): Promise<{ since: SinceClaim; now: LockNow }> {
  const now = await directory.read((session) => readLock(session, account));
  return { since: sinceClaim(claim, now), now };
}
