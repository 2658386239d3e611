import type { Transaction } from '#db';
import type { CodeMethod } from '#domain/next.ts';
import { checkToken } from './check-token.ts';
import { checkTotp, type Passed } from './check-totp.ts';
import type { VerifierDeps } from './deps.ts';

/**
 * Checks a one-time code of an account against whatever makes one there: the hardware token, then the authenticator app.
 * Nobody is asked which of them they hold. Counts and burns as checkToken and checkTotp do; a code of the one is no failure
 * of the other. `account` undefined runs the same statements for nobody and fails.
 */
export async function checkOneTimeCode(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  account: string | undefined,
  typed: string | undefined,
  limit: number,
  from?: string,
): Promise<(Passed & { method: CodeMethod }) | undefined> {
  const token = await checkToken(tx, deps, account, typed, limit);
  const app = await checkTotp(tx, deps, token.passed ? undefined : account, typed, limit, from);
  if (token.passed) return { ...token.passed, method: 'hardware-token' };
  if (!app) return undefined;
  await token.forgive();
  return { ...app, method: 'totp' };
}
