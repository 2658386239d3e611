import { randomUUID } from 'node:crypto';
import type { BreakGlassSigned } from '#domain/attestation.ts';
import { BREAK_GLASS_TAG, breakGlassStatement, type BreakGlassFacts } from '#domain/break-glass-statement.ts';
import { operationIn } from '#domain/operation.ts';
import { canonical } from '#evidence/jcs.ts';
import { recordOf, SHOWN, type Signing } from '#test/support/signed-record.ts';
import { SoftPasskey } from '#test/support/soft-passkey.ts';

/** Break-glass as its officer signed it, with a key of the test that the verifier had enrolled a day before. */
export function brokenBy(
  said: Omit<BreakGlassSigned, 'signed' | 'credential' | 'method'>,
  {
    verifier,
    policy,
    key = new SoftPasskey(),
    enrolled,
    bent,
    tag = BREAK_GLASS_TAG,
  }: Omit<Signing, 'said'> & { bent?: Partial<BreakGlassFacts>; tag?: string },
): BreakGlassSigned {
  const { reset, run, account, person, unwitnessed, reason, at } = said;
  const text = canonical(
    breakGlassStatement({
      breakGlass: '55555555-5555-4555-8555-555555555555',
      reset,
      run,
      account,
      operation: operationIn(said),
      officer: person,
      unwitnessed,
      reason,
      policy,
      shown: SHOWN,
      nonce: randomUUID(),
      notAfter: new Date(Date.parse(at) + 240_000).toISOString(),
      evidence: null,
      ...bent,
    }),
  );
  const owner = { id: randomUUID(), account: person, ...enrolled };
  const signed = recordOf({ verifier, key }, { tag, text, at }, owner);
  return { ...said, method: 'passkey', credential: owner.id, signed };
}
