/** What the directory's own count of wrong passwords says of one account at one controller. */
export interface LockoutStanding {
  /** Wrong passwords since the last right one, as the controller counts them. */
  wrong: number;
  /** The last of them by the controller's clock, or undefined. */
  lastWrong: Date | undefined;
  /** So many wrong ones lock the account; 0: none ever do. */
  threshold: number;
  /** After so many seconds without a wrong one the count begins anew. */
  windowSeconds: number;
}

/** So many tries of their own are always left to the person. */
export const TRIES_LEFT_TO_THE_PERSON = 2;

/** So far apart the controller's clock and ours may be, in seconds: as much as Kerberos bears (MS-KILE 3.3.1). */
const CLOCKS_APART_SECONDS = 300;

/**
 * Whether one more password may be tried for somebody at the portal: only while a wrong one leaves the person tries of
 * their own before the directory locks the account. A locked portal is not a locked account; this keeps it so.
 */
export function mayTryPassword({ wrong, lastWrong, threshold, windowSeconds }: LockoutStanding, now: Date): boolean {
  if (threshold === 0) return true;
  const isOver = lastWrong !== undefined && now.getTime() - lastWrong.getTime() > (windowSeconds + CLOCKS_APART_SECONDS) * 1000;
  const counted = isOver ? 0 : wrong;
  return counted + 1 + TRIES_LEFT_TO_THE_PERSON <= threshold;
}
