import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelProven } from '#domain/passkey-demands.ts';
import { isModelChain } from '#prisma/signed-record.ts';
import { attestationCertificate } from '#test/support/certificates.ts';

const maker = await attestationCertificate('http://127.0.0.1:1/');
const stranger = await attestationCertificate('http://127.0.0.1:1/');
const now = new Date().toISOString();
const model = (...chain: Buffer[]): ModelProven => ({
  format: 'packed',
  chain: chain.map((der) => der.toString('base64')),
  metadata: { number: 1, sha256: '' },
});

test('an auditor walks the certificates by which a key proved its model, on the day of its enrolment', () => {
  const holds = (proven: ModelProven | undefined, enrolled = now) => isModelChain({ model: proven, enrolled });
  assert.ok(holds(undefined), 'a key that did not have to prove its model');
  assert.ok(holds(model(maker.der, maker.root)));
  assert.ok(holds(model(maker.der)), 'a list may name the certificate of the key itself');
  assert.ok(!holds(model(maker.der, stranger.root)), 'a root that did not sign it');
  assert.ok(!holds(model(maker.der, stranger.root, maker.root)), 'something beside the way');
  assert.ok(!holds(model()));
  assert.ok(!holds({ ...model(maker.der, maker.root), chain: ['AAAA', maker.root.toString('base64')] }));
  assert.ok(!holds(model(maker.der, maker.root), '2020-01-01T00:00:00.000Z'), 'not valid then');
});
