import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { stateReason } from '#api/decisions.ts';
import { browserHashOf } from '#api/held-reset.ts';
import { keyedHash } from '#api/keyed-hash.ts';
import { useDatabase } from '../support/database.ts';

const database = await useDatabase();
const hash = keyedHash(randomBytes(32));

test('the digest of a reason cannot be guessed from the words, and a repeated request gives it again', async () => {
  const db = database.as('api');
  const about = { approval: randomUUID(), person: randomUUID(), typed: 'ok' };
  const { digest, salt } = await stateReason(db, hash, about);
  assert.deepEqual(await stateReason(db, hash, about), { digest, salt });
  assert.notEqual(digest, createHash('sha256').update('ok').digest('hex'));
  assert.notEqual((await stateReason(db, hash, { ...about, approval: randomUUID() })).digest, digest);
  assert.equal(createHash('sha256').update(`${salt}\nok`).digest('hex'), digest, 'who said it can see that it is theirs');
  const rows = await db.statedReason.findMany({ where: { digest } });
  assert.deepEqual(
    rows.map(({ id, text }) => createHash('sha256').update(`${id}\n${text}`).digest('hex')),
    [digest],
  );
});

test("a browser's hash is worth nothing in the row of another reset", () => {
  assert.notDeepEqual(browserHashOf(hash, randomUUID(), 'token'), browserHashOf(hash, randomUUID(), 'token'));
});

test('the worker moves a reset and an approval, and changes neither whose they are nor who may decide', async () => {
  const worker = database.as('worker');
  await worker.reset.updateMany({ where: { id: randomUUID() }, data: { state: 'done', endedAt: new Date(), refusal: null } });
  await worker.approval.updateMany({ where: { resetId: randomUUID() }, data: { state: 'expired', openedAt: new Date(), expiresAt: null } });
  await assert.rejects(worker.reset.updateMany({ data: { browserHash: new Uint8Array(32) } }));
  await assert.rejects(worker.reset.updateMany({ data: { accountGuid: randomUUID() } }));
  await assert.rejects(worker.reset.updateMany({ data: { accountName: 'x' } }));
  await assert.rejects(worker.approval.updateMany({ data: { resetId: randomUUID() } as never }));
  await assert.rejects(worker.approval.updateMany({ data: { eligible: [] } }));
});
