import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { createOpener, type OpenAsk } from '#activities/open-sealed.ts';
import { createSealer } from '#api/seal.ts';
import { useDatabase } from '#test/support/database.ts';

const pair = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
const [api, stranger, verifier, staff, privileged] = [pair(), pair(), pair(), pair(), pair()];
const recipients = { verifier: verifier.publicKey, 'writer-staff': staff.publicKey, 'writer-privileged': privileged.publicKey };
const database = await useDatabase();
const db = database.as('api');
const all = database.as('superuser');
const sealer = await createSealer({ own: api.privateKey, recipients });
const opener = (recipient: keyof typeof recipients, own: string, sender = api.publicKey) => createOpener({ recipient, own, sender });

const subject = 'b7a3c1de-0000-4000-8000-000000000001';
const bound = {
  purpose: 'password',
  subject,
  run: 'b7a3c1de-0000-4000-8000-000000000002',
  account: 'b7a3c1de-0000-4000-8000-000000000003',
} as const;

test('only the recipient opens a sealed value, and only for what it was sealed for', async () => {
  const { id, digest } = await sealer.seal(db, {
    recipient: 'writer-staff',
    ...bound,
    value: { password: 'Grüße-aus-dem-Zaun' },
    seconds: 300,
  });
  const writer = await opener('writer-staff', staff.privateKey);
  const opened = await writer.open(all, { id, ...bound });
  assert.equal(opened.outcome, 'opened');
  assert.deepEqual(opened.outcome === 'opened' && JSON.parse(opened.plaintext.toString()), { password: 'Grüße-aus-dem-Zaun' });
  assert.equal(opened.outcome === 'opened' && opened.digest, digest);

  const elsewhere: Partial<OpenAsk>[] = [{ purpose: 'factor' }, { subject: bound.run }, { run: subject }, { account: subject }];
  for (const other of elsewhere)
    assert.equal((await writer.open(all, { id, ...bound, ...other })).outcome, 'not-bound', JSON.stringify(other));
  assert.equal((await (await opener('writer-privileged', staff.privateKey)).open(all, { id, ...bound })).outcome, 'not-bound');
  assert.equal((await (await opener('writer-staff', privileged.privateKey)).open(all, { id, ...bound })).outcome, 'not-bound');
  assert.equal(
    (await (await opener('writer-staff', staff.privateKey, stranger.publicKey)).open(all, { id, ...bound })).outcome,
    'not-bound',
    'the sender is authenticated',
  );
});

test('a value that was changed, moved, given more time or left for too long does not open', async () => {
  const seal = async (seconds?: number) =>
    (
      await sealer.seal(db, {
        recipient: 'writer-staff',
        ...bound,
        value: { password: 'x' },
        ...(seconds === undefined ? {} : { seconds }),
      })
    ).id;
  const writer = await opener('writer-staff', staff.privateKey);
  const [changed, moved, longer, late] = [await seal(), await seal(), await seal(), await seal(-1)];
  await all.$executeRaw`UPDATE sealed SET ciphertext = set_byte(ciphertext, 0, get_byte(ciphertext, 0) # 1) WHERE id = ${changed}::uuid`;
  await all.$executeRaw`UPDATE sealed SET encapsulated = (SELECT encapsulated FROM sealed WHERE id = ${longer}::uuid) WHERE id = ${moved}::uuid`;
  await all.$executeRaw`UPDATE sealed SET expires_at = expires_at + interval '1 hour' WHERE id = ${longer}::uuid`;
  for (const id of [changed, moved, longer]) assert.equal((await writer.open(all, { id, ...bound })).outcome, 'not-bound');
  assert.equal((await writer.open(all, { id: late, ...bound })).outcome, 'expired');
  assert.equal((await writer.open(all, { id: subject, ...bound })).outcome, 'gone');
});

test('the API itself cannot read back what it has sealed', async () => {
  await assert.rejects(db.sealed.findMany());
});
