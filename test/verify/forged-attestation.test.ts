import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { SettingsService, verifyRegistrationResponse } from '@simplewebauthn/server';
import { createStatement, PASSKEY_TAG } from '#domain/passkey.ts';
import type { PasskeyDemands } from '#domain/passkey-demands.ts';
import { canonical } from '#evidence/jcs.ts';
import { readCertificate } from '#evidence/certificate.ts';
import { readMetadata } from '#evidence/fido-metadata.ts';
import { challengeOf } from '#evidence/signed-statement.ts';
import { readRegistration } from '#activities/verify/read-registration.ts';
import { aPublisher, fidoList } from '#test/support/fido-list.ts';
import { aForger, FORGED_FORMATS, type ForgedFormat } from '#test/support/forged-attestation.ts';
import { SoftPasskey } from '#test/support/soft-passkey.ts';

const MODEL = '2fc0579f-8113-47ea-b116-bb5a8db9202a';
const page = { origin: 'https://console.test', rpId: 'console.test' };
const party = { id: page.rpId, origins: [page.origin] };
const [forger, publisher] = [await aForger(), await aPublisher()];
// The forger's root stands in the list even: what is refused here is refused for what it is, not for who vouches.
const metadata = readMetadata(
  fidoList(publisher, {
    number: 1,
    models: [
      { aaguid: MODEL, roots: [forger.root] },
      { aaguid: '00000000-0000-0000-0000-000000000000', roots: [forger.root] },
    ],
  }),
  [readCertificate(publisher.root)],
  new Date(),
);

async function forged(format: ForgedFormat) {
  const key = new SoftPasskey();
  key.aaguid = Buffer.from(MODEL.replaceAll('-', ''), 'hex');
  const ceremony = { ceremony: randomUUID(), account: randomUUID(), notAfter: new Date().toISOString() };
  const challenge = challengeOf(PASSKEY_TAG, canonical(createStatement(ceremony))).toString('base64url');
  return { key, ceremony, challenge, registration: await forger.forge(key.register(challenge, page), key, format) };
}

const rest = { compromised: 'refuse-all', synced: 'refuse' } as const;

async function read(format: ForgedFormat, demands: PasskeyDemands): Promise<string> {
  const { key, ceremony, registration } = await forged(format);
  const typed = { credential: key.id, ...registration.response };
  const answer = await readRegistration(typed, ceremony, party, { demands, standing: { metadata }, at: new Date(), door: 'portal' });
  return 'refusal' in answer ? `${answer.refusal} ${answer.fault ?? ''}`.trim() : 'taken';
}

test('each of these forgeries is made so well that the library takes it, once it believes the root', async () => {
  for (const format of FORGED_FORMATS) {
    SettingsService.setRootCertificates({ identifier: format, certificates: [new Uint8Array(forger.root)] });
    const { challenge, registration } = await forged(format);
    const { verified } = await verifyRegistrationResponse({
      response: registration,
      expectedChallenge: challenge,
      expectedOrigin: page.origin,
      expectedRPID: page.rpId,
    });
    assert.equal(verified, true, format);
  }
});

const EXPECTED: Record<ForgedFormat, string> = {
  tpm: 'passkey-built-in attestation-built-in',
  apple: 'passkey-built-in attestation-built-in',
  'android-key': 'passkey-built-in attestation-built-in',
  'fido-u2f': 'passkey-model-refused attestation-format',
};

for (const format of FORGED_FORMATS)
  test(`an attestation "${format}" proves no model, whoever vouches for it, and is not read where none was asked for`, async () => {
    for (const models of [[], [MODEL]]) assert.equal(await read(format, { ...rest, attestation: 'required', models }), EXPECTED[format]);
    assert.equal(await read(format, { ...rest, attestation: 'not-asked', models: [] }), 'passkey-not-accepted');
  });
