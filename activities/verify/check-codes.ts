import { policyInForce } from '#prisma/policies.ts';
import type { Transaction } from '#db';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import { checkCode } from './check-code.ts';
import { factorKey } from './check-factor.ts';
import { checkTotp } from './check-totp.ts';
import type { VerifierDeps } from './deps.ts';

export type CodesChecked = { passed: true; credential: string; consumed: string[] } | { passed: false; consumed: string[] };

/**
 * The code of somebody's authenticator and one of their recovery codes, together: each counted where it is counted at a
 * reset, each burned. A recovery code is looked at only behind a right code of the authenticator, so a slip costs nobody a
 * recovery code; the same hash is computed either way.
 */
export async function checkCodes(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  account: string,
  typed: { totp: string; recoveryCode: string },
): Promise<CodesChecked> {
  const { policy } = await policyInForce(tx);
  const { perAccountPerHour, perAuthenticator } = policy.attempts;
  const [factor, proof] = [factorKey(account), `proof:${account}`];
  const mayCount = await raiseAttempts(tx, factor, perAccountPerHour);
  const totp = await checkTotp(tx, deps, mayCount ? account : undefined, typed.totp, perAuthenticator);
  if (totp) await forgiveAttempt(tx, factor);
  const mayTry = totp !== undefined && (await raiseAttempts(tx, proof, perAccountPerHour));
  const recovery = await checkCode(tx, deps, mayTry ? account : undefined, 'recovery-code', typed.recoveryCode);
  if (!totp || !recovery) return { passed: false, consumed: totp ? [totp.consumed] : [] };
  await forgiveAttempt(tx, proof);
  return { passed: true, credential: totp.credential, consumed: [totp.consumed, recovery.consumed] };
}
