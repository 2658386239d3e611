import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commitment } from '#evidence/leaf.ts';
import { parseLogProof, provesLeaf } from '#evidence/log-proof.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { eraseWithLeaf, UnknownAccount } from '#ops/erase-openings.ts';
import { appendLeaf, type NewLeaf } from '#prisma/leaves.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { useDatabase } from '#test/support/database.ts';
import { useLog } from '../log/a-log.ts';

const database = await useDatabase();
const log = await useLog(database);
const api = database.as('api');
const owner = database.as('superuser');

const ALICE = 'b7a3c1de-0000-4000-8000-0000000000a1';
const MATEO = 'b7a3c1de-0000-4000-8000-0000000000b2';
const OPERATOR = { type: 'operator', uid: '0' } as const;
const write = (leaf: Omit<NewLeaf, 'outcome'>) => api.$transaction((tx) => appendLeaf(tx, { outcome: 'success', ...leaf }, 'test'));
const values = async () => (await owner.opening.findMany({ orderBy: { value: 'asc' } })).map(({ value }) => value);
const person = (guid: string) => ({ type: 'person', guid, sid: null }) as const;

await owner.device.create({ data: { id: uuidv7(), accountGuid: ALICE, accountName: 'alice', name: 'a', platform: 'linux' } });

/** The last erasure's leaf. */
async function lastLeaf(): Promise<{ actor: string | null; account: string | null; reason: string | null; done: unknown }> {
  const [row] = await owner.leaf.findMany({ where: { type: 'openings.erased' }, orderBy: { seq: 'desc' }, take: 1 });
  assert.ok(row);
  return { actor: row.actor, account: row.account, reason: row.reason, done: (JSON.parse(row.body) as { do: unknown }).do };
}

test("an account's openings are erased, and no others; every receipt and every leaf still verifies", async () => {
  await write({
    type: 'reset.requested',
    actor: { type: 'claimant' },
    account: { guid: ALICE, sid: null },
    personal: { name: 'alice', address: '10.0.0.1' },
  });
  // Somebody else's address on a leaf about her stays, and so does hers on a leaf about somebody else's account go.
  await write({ type: 'code.issued', actor: person(MATEO), account: { guid: ALICE, sid: null }, personal: { address: '10.0.0.2' } });
  await write({ type: 'sign-in.password', actor: person(ALICE), personal: { address: '10.0.0.3' } });
  await write({ type: 'audit.read', actor: person(MATEO), personal: { filter: JSON.stringify({ account: 'Alice' }) } });
  await write({ type: 'audit.read', actor: person(MATEO), personal: { filter: JSON.stringify({ account: 'malice' }) } });
  const intent = await write({ type: 'intent', account: { guid: ALICE, sid: null }, personal: { address: '10.0.0.4' } });
  const notary = await log.open();
  await log.settle(notary);
  const before = await owner.leaf.findMany({ orderBy: { seq: 'asc' } });

  const erased = await owner.$transaction((tx) => eraseWithLeaf(tx, { account: 'ALICE', ground: 'request' }, OPERATOR));
  assert.deepEqual(erased, { names: 1, addresses: 3, filters: 1, shown: 0 });
  assert.deepEqual(await values(), ['10.0.0.2', '{"account":"malice"}']);
  assert.deepEqual(await lastLeaf(), {
    actor: 'operator:0',
    account: ALICE,
    reason: 'request',
    done: { addresses: 3, filters: 1, names: 1, older_than_days: null, shown: 0 },
  });

  await log.settle(notary);
  assert.deepEqual((await owner.leaf.findMany({ orderBy: { seq: 'asc' } })).slice(0, before.length), before);
  const receipt = await owner.logReceipt.findUniqueOrThrow({ where: { leafId: intent } });
  const proof = parseLogProof(receipt.proof);
  const judged = judgeCheckpoint(proof.checkpoint, log.policy);
  assert.ok(judged.ok);
  assert.ok(provesLeaf(proof, before.find(({ id }) => id === intent)?.body ?? '', judged.checkpoint));
  // What is left opens its commitment still.
  for (const { commitment: committed, salt, value } of await owner.opening.findMany()) assert.equal(commitment(value, salt), committed);
});

test('by age, only what is older goes, whoever it is about; with an account too, only what is meant by both', async () => {
  await owner.opening.deleteMany();
  const old = await write({ type: 'sign-in.password', actor: person(ALICE), personal: { address: 'old of alice' } });
  const other = await write({ type: 'sign-in.password', actor: person(MATEO), personal: { address: 'old of mateo' } });
  const longAgo = new Date(Date.now() - 40 * 86_400_000);
  await owner.leaf.updateMany({ where: { id: { in: [old, other] } }, data: { at: longAgo } });
  await owner.opening.updateMany({ data: { at: longAgo } });
  await write({ type: 'sign-in.password', actor: person(ALICE), personal: { address: 'new of alice' } });
  const erase = (erasure: Parameters<typeof eraseWithLeaf>[1]) => owner.$transaction((tx) => eraseWithLeaf(tx, erasure, OPERATOR));
  await erase({ account: ALICE, olderThanDays: 30, ground: 'retention' });
  assert.deepEqual(await values(), ['new of alice', 'old of mateo']);
  await erase({ olderThanDays: 30, ground: 'retention' });
  assert.deepEqual(await values(), ['new of alice']);
  assert.deepEqual((await lastLeaf()).done, { addresses: 1, filters: 0, names: 0, older_than_days: 30, shown: 0 });
});

test('a name that nobody here has erases nothing and says so; no process may erase', async () => {
  const leaves = await owner.leaf.count();
  await assert.rejects(
    owner.$transaction((tx) => eraseWithLeaf(tx, { account: 'nobody', ground: 'request' }, OPERATOR)),
    UnknownAccount,
  );
  assert.equal(await owner.leaf.count(), leaves);
  for (const role of ['api', 'worker', 'verifier', 'writer_staff', 'writer_privileged', 'notary', 'auditor'] as const)
    await assert.rejects(database.as(role).$executeRaw`DELETE FROM opening`, /permission denied/);
});
