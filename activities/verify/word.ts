import type { SignedWord } from '#activities/contract.ts';
import { signStatement } from '#evidence/attestation.ts';
import type { Json } from '#evidence/jcs.ts';
import type { VerifierDeps } from './deps.ts';

/**
 * Says something to the API through a worker that is not believed: signed with the key whose public half the API pins,
 * and bound by its fields to one session or update, so that it cannot be carried to another.
 */
export function signedWord(
  deps: Pick<VerifierDeps, 'keys'>,
  body: { kind: 'sign-in' | 'sign-in-factor' | 'resumed'; [field: string]: Json },
): SignedWord {
  const { text, signature } = signStatement({ ...body, v: 1 }, deps.keys.signing);
  return { text, signature: signature.toString('base64') };
}
