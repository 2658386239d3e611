import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createStatement, PASSKEY_TAG } from '#domain/passkey.ts';
import { canonical } from '#evidence/jcs.ts';
import { challengeOf } from '#evidence/signed-statement.ts';
import { demoPolicyFile } from '#ops/setup/policy.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { SoftPasskey } from '#test/support/soft-passkey.ts';
import { useApp } from './app-under-test.ts';

const app = await useApp();
// It says whether a new key has to prove its model.
await app.owner.$transaction((tx) => loadPolicy(tx, readFileSync(demoPolicyFile, 'utf8'), { type: 'service', name: 'test' }));
const PAGE = { origin: 'https://portal.test', rpId: 'portal.test' };
const [ME, OTHER] = ['b7a3c1de-0000-4000-8000-00000000000a', 'b7a3c1de-0000-4000-8000-00000000000b'];

async function aKey(account: string, name: string, { ended = false, synced = false } = {}): Promise<string> {
  const id = randomUUID();
  const key = new SoftPasskey();
  await app.owner.passkey.create({
    data: {
      id,
      accountGuid: account,
      credentialId: key.id,
      spki: new Uint8Array(key.spki),
      algorithm: -7,
      aaguid: id,
      counter: 0,
      backupEligible: synced,
      rpId: 'portal.test',
      transports: ['usb'],
      name,
      binding: 'first',
      enrolledAt: new Date(),
      disabledAt: ended ? new Date() : null,
      signature: new Uint8Array(64),
    },
  });
  return key.id;
}

interface Begun {
  ceremony: string;
  account: string;
  notAfter: string;
  creation?: { challenge: string; rp: { id: string }; user: { id: string }; excludeCredentials: { id: string }[]; attestation: string };
  confirmation: { rpId: string; userVerification: string; allowCredentials: { id: string }[] };
}

test('people see their own keys only, without what the key is, and neither those that they removed nor those that sign nothing', async () => {
  const credential = await aKey(ME, 'blue key');
  await aKey(ME, 'lost key', { ended: true });
  await aKey(ME, 'of my phone', { synced: true });
  await aKey(OTHER, 'their key');
  const headers = await app.signedIn(['approver'], ME);
  const { body, text } = await app.ask('GET', '/api/v1/passkeys', { headers });
  const items = body['items'] as Record<string, unknown>[];
  assert.deepEqual(
    items.map(({ name }) => name),
    ['blue key'],
  );
  assert.deepEqual(Object.keys(items[0] ?? {}), ['id', 'name', 'enrolledAt']);
  assert.ok(!text.includes(credential));
});

test('a ceremony is for whoever is signed in: its challenge is made of it, it names their keys, and asks for a check of the owner', async () => {
  const headers = await app.signedIn(['help-desk'], ME);
  const { status, body } = await app.ask('POST', '/api/v1/passkeys/ceremony', { headers, body: '{"deed":"add"}' });
  assert.equal(status, 201);
  const begun = body as unknown as Begun;
  const row = await app.owner.ceremony.findUniqueOrThrow({ where: { id: begun.ceremony } });
  assert.deepEqual([row.accountGuid, row.purpose], [ME, 'passkey/add']);
  assert.ok(Math.abs(row.createdAt.getTime() - Date.now()) < 60_000);
  assert.equal(begun.notAfter, new Date(row.createdAt.getTime() + 300_000).toISOString());
  const { ceremony, account, notAfter } = begun;
  const challenge = challengeOf(PASSKEY_TAG, canonical(createStatement({ ceremony, account, notAfter }))).toString('base64url');
  assert.deepEqual([begun.creation?.challenge, begun.creation?.rp.id, begun.creation?.attestation], [challenge, 'portal.test', 'none']);
  const own = await app.owner.passkey.findMany({ where: { accountGuid: ME, disabledAt: null } });
  assert.deepEqual(
    new Set(begun.creation?.excludeCredentials.map(({ id }) => id)),
    new Set(own.map(({ credentialId }) => credentialId)),
    'no device makes a second key, of whatever kind its first is',
  );
  const signing = own.filter(({ backupEligible }) => !backupEligible).map(({ credentialId }) => credentialId);
  assert.ok(!Buffer.from(begun.creation?.user.id ?? '', 'base64url').includes(Buffer.from(ME.replaceAll('-', ''), 'hex')));
  assert.equal(begun.confirmation.userVerification, 'required');
  assert.deepEqual(
    begun.confirmation.allowCredentials.map((one) => one.id),
    signing,
    'a key that can be copied confirms nothing here',
  );
  assert.deepEqual([own.length, signing.length], [2, 1]);

  const removal = (await app.ask('POST', '/api/v1/passkeys/ceremony', { headers, body: '{"deed":"remove"}' })).body as unknown as Begun;
  assert.equal(removal.creation, undefined);
  assert.notEqual(removal.ceremony, begun.ceremony);
});

test('what a key answered is judged by its form, then sealed to the verifier; nothing of it is said back or kept in clear', async () => {
  const headers = await app.signedIn(['approver'], ME);
  const key = new SoftPasskey();
  const { id, response } = key.register('Y2hhbGxlbmdl', PAGE);
  const right = {
    ceremony: randomUUID(),
    name: 'Zarenkreuz',
    registration: { id, response },
    by: { totp: '123456', recoveryCode: 'AAAA-BBBB' },
  };
  const post = (more: object) => app.ask('POST', '/api/v1/passkeys', { headers, body: JSON.stringify({ ...right, ...more }) });
  for (const more of [
    { ceremony: 'x' },
    { name: '  ' },
    { name: 'x'.repeat(65) },
    { registration: { id: '***', response } },
    { registration: { id, response: { ...response, attestationObject: '' } } },
    { registration: { id, response: { ...response, transports: ['<script>'] } } },
    { by: {} },
    { by: { totp: '123456' } },
    { by: { totp: '123456', recoveryCode: 'AAAA-BBBB', assertion: {} } },
    { account: OTHER },
  ])
    assert.equal((await post(more)).body['code'], 'bad-request', JSON.stringify(more));
  assert.equal(await app.owner.sealed.count(), 0);

  const answer = await post({});
  assert.equal(answer.body['code'], 'service-unavailable', 'Temporal is away in this test');
  const [row] = await app.owner.$queryRaw<{ text: string }[]>`SELECT string_agg(sealed::text, ' ') AS text FROM sealed`;
  assert.ok(row?.text && !row.text.includes('Zarenkreuz') && !row.text.includes(Buffer.from('Zarenkreuz').toString('hex')));
  const signed = key.assert('Y2hhbGxlbmdl', PAGE);
  const remove = (path: string, body: object) => app.ask('DELETE', `/api/v1/passkeys/${path}`, { headers, body: JSON.stringify(body) });
  assert.equal((await remove('x', { ceremony: randomUUID(), assertion: signed })).status, 404);
  assert.equal((await remove(ME, {})).body['code'], 'bad-request');
  assert.equal((await remove(ME, { ceremony: randomUUID(), assertion: signed })).body['code'], 'service-unavailable');
});

test('ceremonies without end are no ceremonies', async () => {
  const headers = await app.signedIn(['approver'], OTHER);
  const statuses: number[] = [];
  for (let tries = 0; tries < 31; tries++)
    statuses.push((await app.ask('POST', '/api/v1/passkeys/ceremony', { headers, body: '{"deed":"add"}' })).status);
  assert.deepEqual([statuses[29], statuses[30]], [201, 429]);
});
