import type { LockoutStanding } from '#domain/lockout-budget.ts';
import { guidDn, type EntryReader } from './entry.ts';
import { baseEntry } from './find-account.ts';
import type { Session } from './session.ts';

/** Milliseconds between 1601-01-01, where FILETIME begins, and 1970-01-01. */
const EPOCH_MS = 11_644_473_600_000;

/**
 * How near an account is to being locked by the controller that this session is with, and its name there: the count is the
 * controller's own and is not replicated (MS-ADA1 badPwdCount). The limits are those of the fine-grained policy that wins, otherwise the domain's;
 * undefined when one applies that this reader may not read, or the account is gone: then nobody can say how many tries are left.
 */
export async function lockoutStanding(
  session: Session,
  guid: string,
  baseDn: string,
): Promise<(LockoutStanding & { dn: string }) | undefined> {
  const account = await baseEntry(session, guidDn(guid), ['badPwdCount', 'badPasswordTime', 'msDS-ResultantPSO']);
  if (!account) return undefined;
  const limits = await limitsOf(session, account, baseDn);
  const last = account.big('badPasswordTime');
  return limits && { dn: account.dn, wrong: account.number('badPwdCount'), lastWrong: last === 0n ? undefined : momentOf(last), ...limits };
}

async function limitsOf(
  session: Session,
  account: EntryReader,
  baseDn: string,
): Promise<Pick<LockoutStanding, 'threshold' | 'windowSeconds'> | undefined> {
  const policyDn = account.text('msDS-ResultantPSO');
  const [dn, threshold, window] =
    policyDn === undefined
      ? [baseDn, 'lockoutThreshold', 'lockOutObservationWindow']
      : [policyDn, 'msDS-LockoutThreshold', 'msDS-LockoutObservationWindow'];
  const limits = await baseEntry(session, dn, [threshold, window]);
  // An interval is a negative count of 100 ns (MS-ADA1 lockOutObservationWindow).
  return limits?.text(threshold) === undefined
    ? undefined
    : { threshold: limits.number(threshold), windowSeconds: Number(-limits.big(window) / 10_000_000n) };
}

function momentOf(fileTime: bigint): Date {
  return new Date(Number(fileTime / 10_000n) - EPOCH_MS);
}
