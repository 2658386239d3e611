/** Why a cached password is not the account's any more; undefined when it may be. */
export type Stale = 'password-changed' | 'disabled';

/** 1 January 1601, from which Windows counts, in milliseconds of ours. */
const WINDOWS_EPOCH = 11_644_473_600_000;
/** Both clocks are known to a second: within two of them nobody can say what came first. */
export const DOUBT_MS = 2000;

/** Milliseconds since 1970 of a FILETIME (MS-DTYP 2.3.3). */
export const millisecondsOf = (filetime: string): number => Number(BigInt(filetime) / 10_000n) - WINDOWS_EPOCH;

/**
 * Whether a cached password is older than the account's. What was seen before decides without any clock: the same pwdLastSet as at the last
 * look is no change, another one with the same hash is one. Only for what is new are clocks compared, the controller's with ours made equal to
 * it; what lies within two seconds counts as stale, for that costs one login, and the other would let an old password in. `clearedFor` is the moment
 * of the last reset for which a notice took the password away, by the directory's own clock: what is cached when that is still the last change came after it. Pure.
 */
export function whyStale(of: {
  said: { pwdLastSet: string; isDisabled: boolean };
  seen: { pwdLastSet: string; cachedAt: number } | null;
  clearedFor: string | null;
  cachedAt: number;
  clockAhead: number;
}): Stale | undefined {
  const { said, seen, clearedFor, cachedAt, clockAhead } = of;
  if (said.isDisabled) return 'disabled';
  if (seen?.pwdLastSet === said.pwdLastSet) return undefined;
  if (clearedFor !== null && BigInt(said.pwdLastSet) > 0n && Date.parse(clearedFor) === millisecondsOf(said.pwdLastSet)) return undefined;
  if (seen?.cachedAt === cachedAt) return 'password-changed';
  // 0: has to be changed at the next logon; somebody set it. -1 never stands in the directory.
  const setAt = BigInt(said.pwdLastSet) <= 0n ? Number.POSITIVE_INFINITY : millisecondsOf(said.pwdLastSet);
  return cachedAt * 1000 + clockAhead < setAt + DOUBT_MS ? 'password-changed' : undefined;
}
