import type { Policy } from '#domain/policy.ts';
import type { Transaction } from '#db';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import { factorKey } from './check-factor.ts';
import { checkTotp } from './check-totp.ts';
import { nobodyIn } from './counted-as.ts';
import type { VerifierDeps } from './deps.ts';

export type ByCode = { method: 'totp'; credential: string; consumed: string };

/**
 * Confirms a deed of somebody at the console with the code of their authenticator, counted before it is judged. Without a
 * code the same statements run for nobody, counted on the subject, and fail.
 */
export async function byOwnCode(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  { account, subject, policy }: { account: string; subject: string; policy: Policy },
  totp: string | undefined,
): Promise<ByCode | { refusal: 'factor-not-accepted' }> {
  const key = factorKey(totp === undefined ? nobodyIn(subject) : account);
  const mayCount = await raiseAttempts(tx, key, policy.attempts.perAccountPerHour);
  const whose = mayCount && totp !== undefined ? account : undefined;
  const passed = await checkTotp(tx, deps, whose, totp, policy.attempts.perAuthenticator);
  if (!passed) return { refusal: 'factor-not-accepted' };
  await forgiveAttempt(tx, key);
  return { method: 'totp', credential: passed.credential, consumed: passed.consumed };
}
