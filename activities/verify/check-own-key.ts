import { OWN_FACTORS_TAG, OWN_SIGN_IN_PURPOSE, ownSignInStatement } from '#domain/own-factor-statement.ts';
import { canonical } from '#evidence/jcs.ts';
import type { Transaction } from '#db';
import { openCeremony } from './ceremony.ts';
import type { KeyFault, KeyPassed } from './check-claimant-key.ts';
import type { VerifierDeps } from './deps.ts';
import { checkAssertion, passkeysOf } from './passkeys.ts';
import type { Typed } from './typed.ts';

/**
 * Checks the answer of a key as the second step of a sign-in to My factors: to the challenge of just this half session, within five minutes, once, by a
 * key of the account that knew its owner itself. `account` undefined is over the limit, and fails.
 */
export async function checkOwnKey(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys' | 'relyingParty' | 'metadata'>,
  account: string | undefined,
  session: string,
  { ceremony: asked, assertion, source }: Extract<Typed<'sign-in'>, { assertion: unknown }>,
): Promise<KeyPassed | { fault: KeyFault }> {
  const ceremony = await openCeremony(tx, { ceremony: asked, account: session, purpose: OWN_SIGN_IN_PURPOSE });
  if (!ceremony) return { fault: 'ceremony-over' };
  if (account === undefined) return { fault: 'not-registered' };
  const { consumed, ...begun } = ceremony;
  const text = canonical(ownSignInStatement(begun));
  const asserted = await checkAssertion(tx, deps, await passkeysOf(tx, deps, account), {
    tag: OWN_FACTORS_TAG,
    text,
    assertion,
    from: source,
  });
  return 'fault' in asserted ? asserted : { method: 'passkey', credential: asserted.passkey.id, consumed };
}
