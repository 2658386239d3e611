import type { KeyKind } from '#domain/key-kinds.ts';
import {
  CLAIMANT_PURPOSE,
  CLAIMANT_TAG,
  claimantStatement,
  endOfPasskey,
  passkeyBody,
  RETURN_PURPOSE,
  returnStatement,
} from '#domain/passkey.ts';
import { canonical } from '#evidence/jcs.ts';
import { passkeyFacts } from '#prisma/passkeys.ts';
import type { Transaction } from '#db';
import { openCeremony } from './ceremony.ts';
import type { VerifierDeps } from './deps.ts';
import { isFrozen } from './frozen.ts';
import { isBurned } from './once.ts';
import { checkAssertion, type Asserted } from './passkeys.ts';
import { isOurRow } from './row-signature.ts';
import type { Typed } from './typed.ts';

type TypedKey = Pick<Extract<Typed<'factor'>, { assertion: unknown }>, 'ceremony' | 'assertion' | 'source'>;
/** For a step of the reset, or for coming back to it. */
export type ForWhichUse = 'step' | 'return';
export type KeyPassed = { method: KeyKind; credential: string; consumed: string };
export type KeyFault = Exclude<Asserted, { passkey: unknown }>['fault'] | 'ceremony-over';

/**
 * Checks the answer of a claimant's key to the challenge of this reset: within five minutes, once, by a key of the account, which
 * counts as what it is and as the policy in force lets it. The row is found by what the key calls itself, and only then asked whose it is: how many keys an
 * account has shows in no time. `account` undefined runs the same statements for nobody and fails.
 */
export async function checkClaimantKey(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys' | 'relyingParty' | 'metadata'>,
  { account, reset, use }: { account: string | undefined; reset: string; use: ForWhichUse },
  { ceremony: asked, assertion, source }: TypedKey,
): Promise<KeyPassed | { fault: KeyFault }> {
  const ceremony = await openCeremony(tx, { ceremony: asked, account: reset, purpose: use === 'step' ? CLAIMANT_PURPOSE : RETURN_PURPOSE });
  const row = await tx.passkey.findUnique({ where: { credentialId: assertion.credential } });
  if (!ceremony) return { fault: 'ceremony-over' };
  const isTheirs = row !== null && row.accountGuid === account && isOurRow(deps.keys, passkeyBody(passkeyFacts(row)), row.signature);
  if (!isTheirs || (await isBurned(tx, endOfPasskey(row.id))) || (await isFrozen(tx, deps, row.id))) return { fault: 'not-registered' };
  // One use after the other: the counter is read and moved.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`passkeys\n${row.accountGuid}`}, 0))`;
  const { consumed, ...begun } = ceremony;
  const text = canonical(use === 'step' ? claimantStatement(begun) : returnStatement(begun));
  const asserted = await checkAssertion(tx, deps, [{ ...row, isFrozen: false }], {
    tag: CLAIMANT_TAG,
    text,
    assertion,
    from: source,
    takes: 'let-in',
  });
  return 'fault' in asserted ? asserted : { method: asserted.kind, credential: row.id, consumed };
}
