import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { SettingsService } from '@simplewebauthn/server';
import { createStatement, PASSKEY_TAG } from '#domain/passkey.ts';
import { canonical } from '#evidence/jcs.ts';
import { challengeOf } from '#evidence/signed-statement.ts';
import { readRegistration, type KeyRules } from '#activities/verify/read-registration.ts';
import { forbidFetch } from '#no-calls-out';
import { attestationCertificate } from '#test/support/certificates.ts';
import { SoftPasskey, type Attestation } from '#test/support/soft-passkey.ts';

/** A list of revocations that takes every connection and never says a word. */
const sockets = new Set<Socket>();
const silent = createServer((socket) => sockets.add(socket));
await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
after(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

const { root, der, key } = await attestationCertificate(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/revoked.crl`);
const party = { id: 'console.test', origins: ['https://console.test'] };
/** No model is asked for. */
const rules: KeyRules = {
  demands: { attestation: 'not-asked', models: [], compromised: 'refuse-all', synced: 'refuse' },
  standing: { fault: 'metadata-missing' },
  at: new Date(),
  door: 'portal',
};

async function registered(attestation: Attestation): Promise<string> {
  const passkey = new SoftPasskey();
  const ceremony = { ceremony: randomUUID(), account: randomUUID(), notAfter: new Date().toISOString() };
  const challenge = challengeOf(PASSKEY_TAG, canonical(createStatement(ceremony))).toString('base64url');
  const page = { origin: 'https://console.test', rpId: 'console.test' };
  const { response } = passkey.register(challenge, page, attestation);
  const read = await readRegistration({ credential: passkey.id, ...response }, ceremony, party, rules);
  return 'refusal' in read ? read.refusal : read.attestation;
}

test('a statement of a maker is read when it is packed and its signature holds; other formats are refused before anything of them is', async () => {
  assert.equal(await registered({ format: 'packed', x5c: [der], key }), 'packed');
  const other = await attestationCertificate('http://127.0.0.1:1/');
  assert.equal(
    await registered({ format: 'packed', x5c: [der], key: other.key }),
    'passkey-not-accepted',
    'signed by another key than the certificate names',
  );
  for (const format of ['apple', 'android-key', 'fido-u2f', 'tpm'] as const)
    assert.equal(await registered({ format, x5c: [der], key }), 'passkey-not-accepted', format);
  assert.equal(sockets.size, 0, 'nobody was asked whether a certificate was revoked');
});

test('where roots are known the library would ask for revocations; in a process that forbids it nobody is asked, and the check ends', async () => {
  SettingsService.setRootCertificates({ identifier: 'packed', certificates: [new Uint8Array(root)] });
  const asked: string[] = [];
  globalThis.fetch = (to) => {
    asked.push(to instanceof Request ? to.url : String(to));
    return Promise.reject(new Error('the test let nothing out'));
  };
  assert.equal(await registered({ format: 'packed', x5c: [der], key }), 'packed');
  assert.match(asked.join(), /revoked\.crl$/, 'the library as it is asks');
  forbidFetch();
  const began = performance.now();
  assert.equal(await registered({ format: 'packed', x5c: [der], key }), 'packed');
  assert.ok(performance.now() - began < 5000);
  await assert.rejects(fetch('http://127.0.0.1:1/'), /calls nobody/);
  assert.equal(sockets.size, 0);
});
