import { randomUUID } from 'node:crypto';
import type { BreakGlassSigned } from '#domain/attestation.ts';
import { BREAK_GLASS_TAG, breakGlassStatement, type BreakGlassFacts } from '#domain/break-glass-statement.ts';
import { passkeyBody } from '#domain/passkey.ts';
import { signStatement } from '#evidence/attestation.ts';
import { canonical } from '#evidence/jcs.ts';
import { challengeOf } from '#evidence/signed-statement.ts';
import { PAGE, PARTY, SHOWN, type Signing } from '#test/support/signed-record.ts';
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
  const facts = {
    id: randomUUID(),
    account: person,
    credential: key.id,
    spki: key.spki.toString('base64'),
    algorithm: key.algorithm,
    aaguid: '00000000-0000-0000-0000-000000000000',
    synced: false,
    rp: PARTY.id,
    transports: ['usb'],
    binding: 'first' as const,
    enrolled: new Date(Date.parse(at) - 86_400_000).toISOString(),
    ...enrolled,
  };
  const text = canonical(
    breakGlassStatement({
      breakGlass: '55555555-5555-4555-8555-555555555555',
      reset,
      run,
      account,
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
  const { response } = key.assert(challengeOf(tag, text).toString('base64url'), PAGE);
  const passkey = signStatement(passkeyBody(facts), verifier);
  const signed = {
    text,
    ...response,
    passkey: { text: passkey.text, signature: passkey.signature.toString('base64url') },
    party: PARTY,
  };
  return { ...said, method: 'passkey', credential: facts.id, signed };
}
