/** What one controller counts of wrong passwords for one account. It keeps count and moment to itself; the lockout comes to the others (MS-ADA1). */
export interface Counted {
  count: number;
  /** FILETIME as decimal text of the last wrong one, 0 when there never was any. */
  last: string;
  /** Likewise of the lockout, 0 when it was not locked since the last sign-in or unlock. It stays after a lockout has run out. */
  lockedAt: string;
  locked: boolean;
}

/** What a watch has seen at one controller so far. */
export interface SeenThere {
  /** As it was at the first look: that was there before. */
  before: Counted;
  now: Counted;
  /** At least so many since the first look. */
  tries: number;
}

/**
 * What a look adds to what was seen at that controller. Counts are laid beside counts of the same controller, and no clock
 * beside another one. At least one try stands behind a new moment: a count that began anew hides how many there were, and one
 * that did not move is of a controller that spares the password before the last (Windows).
 */
export function seenThere(before: SeenThere | undefined, now: Counted): SeenThere {
  if (!before) return { before: now, now, tries: 0 };
  const { now: last } = before;
  const rise = now.count > last.count ? now.count - last.count : now.count;
  const tries = now.last === last.last ? 0 : now.count === last.count ? 1 : Math.max(1, rise);
  return { ...before, now, tries: before.tries + tries };
}

/**
 * Whether a controller shows a lockout that is none of those that any controller showed at its first look: an old one may come over
 * from another controller.
 */
export function isLockedAgain({ now }: SeenThere, all: readonly SeenThere[]): boolean {
  return now.locked && !all.some(({ before }) => before.lockedAt === now.lockedAt);
}

/** Milliseconds between 1601-01-01, where FILETIME begins, and 1970-01-01. */
const EPOCH_MS = 11_644_473_600_000;
/** An observation window is minutes. What was counted longer ago than this is held against nobody. */
const LONG_AGO_MS = 86_400_000;

/**
 * Whether a controller still holds against an account what was there before it was let in: a lockout of which it has not heard the
 * end, or a count that the end of a lockout does not take back when it comes from another controller (measured on Samba 4.17), so that one
 * wrong password more would lock it again. `letIn`: when our write was claimed. What came later is held on.
 */
export function isHeldFrom({ count, last, lockedAt, locked }: Counted, letIn: Date): boolean {
  const at = (fileTime: string): number => Number(BigInt(fileTime) / 10_000n) - EPOCH_MS;
  const isLockedSince = locked && at(lockedAt) < letIn.getTime();
  const isCounted = count > 0 && at(last) < letIn.getTime() && at(last) > letIn.getTime() - LONG_AGO_MS;
  return isLockedSince || isCounted;
}

/**
 * How many wrong ones there were in all, at least. The greatest of the controllers' and not their sum: on Windows each is asked of the PDC
 * emulator as well, and counted twice.
 */
export function triesInAll(seen: readonly Pick<SeenThere, 'tries'>[]): number {
  return Math.max(0, ...seen.map(({ tries }) => tries));
}
