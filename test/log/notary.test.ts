import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { parseLogProof, provesLeaf } from '#evidence/log-proof.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import type { Notary } from '#log/notary/run.ts';
import { Overtaken } from '#log/notary/overtaken.ts';
import { Bent } from '#log/notary/sequence.ts';
import { Behind } from '#log/notary/witnesses.ts';
import { useDatabase } from '#test/support/database.ts';
import { useLog } from './a-log.ts';
import { consistent as consistentLog, published as publishedIn } from './what-a-stranger-reads.ts';

/** Real PostgreSQL, real files, three witnesses over HTTP, quorum two of three. */
const database = await useDatabase();
const log = await useLog(database);
let notary: Notary;
beforeEach(async () => {
  for (const witness of log.witnesses) await witness.stop();
  for (const witness of log.witnesses) await witness.start();
  notary = await log.open();
  await settled();
});

const settled = (): Promise<void> => log.settle(notary);

const published = () => publishedIn(log);
const consistent = () => consistentLog(log);

test('every leaf gets the next index, and the checkpoint is cosigned by the quorum', async () => {
  const ids = await log.write(300);
  await settled();
  const { checkpoint, witnesses } = published();
  assert.ok(checkpoint.size >= 300n);
  assert.ok(witnesses.size >= 2);
  assert.equal(await log.db.logEntry.count({ where: { leafId: { in: ids } } }), 300);
  await consistent();
});

test('a leaf of a transaction that commits late comes later, is not left out, and keeps no other waiting', async () => {
  const slow = database.as('worker');
  let begun: () => void = () => {};
  let go: () => void = () => {};
  const hasBegun = new Promise<void>((resolve) => (begun = resolve));
  const held = new Promise<void>((resolve) => (go = resolve));
  const late = slow.$transaction(
    async (tx) => {
      const id = await appendLeaf(tx, { type: 'audit.read', outcome: 'success' }, 'test');
      begun();
      await held;
      return id;
    },
    { timeout: 30_000 },
  );
  await hasBegun;
  const ids = await log.write(3);
  await notary.turn();
  assert.equal(await log.db.logEntry.count({ where: { leafId: { in: ids } } }), 3, 'a transaction that still runs keeps no other waiting');
  go();
  const id = await late;
  await settled();
  assert.equal(await log.db.logEntry.count({ where: { leafId: { in: [id, ...ids] } } }), 4);
  await consistent();
});

test('an intent gets a receipt that proves it by itself', async () => {
  const worker = database.as('worker');
  const id = await worker.$transaction((tx) => appendLeaf(tx, { type: 'intent', outcome: 'started', do: { ordinal: 1 } }, 'test'));
  await log.write(5);
  await settled();
  const { proof } = await log.db.logReceipt.findUniqueOrThrow({ where: { leafId: id } });
  const { body } = await log.db.leaf.findUniqueOrThrow({ where: { id }, select: { body: true } });
  const read = parseLogProof(proof);
  const judged = judgeCheckpoint(read.checkpoint, log.policy);
  assert.ok(judged.ok);
  assert.ok(provesLeaf(read, body, judged.checkpoint));
  assert.ok(!provesLeaf(read, body.replace('intent', 'intend'), judged.checkpoint));
});

test('without the quorum nothing is published and nothing is lost; it goes on by itself when a witness is back', async () => {
  const { checkpoint: old } = published();
  await log.witnesses[0]?.stop();
  await log.witnesses[1]?.stop();
  const ids = await log.write(4);
  assert.equal(await notary.turn(), 'unwitnessed');
  assert.equal(await notary.turn(), 'unwitnessed');
  assert.equal(published().checkpoint.size, old.size);
  await log.witnesses[1]?.start();
  await settled();
  assert.ok(published().checkpoint.size >= old.size + 4n);
  assert.equal(await log.db.logEntry.count({ where: { leafId: { in: ids } } }), 4);
  const told = await log.db.leaf.findMany({ where: { type: { startsWith: 'quorum.' } }, orderBy: { seq: 'asc' }, select: { type: true } });
  assert.deepEqual(told.map(({ type }) => type).slice(-2), ['quorum.lost', 'quorum.back']);
  await consistent();
});

test('two notaries on one log: one goes on, the other ends itself, and no index is used twice', async () => {
  const second = await log.open();
  await log.write(50);
  const both = await Promise.allSettled([notary.turn(), second.turn()]);
  const lost = both.filter((one) => one.status === 'rejected');
  assert.equal(lost.length, 1);
  assert.ok(lost[0]?.status === 'rejected' && lost[0].reason instanceof Overtaken);
  notary = await log.open();
  await settled();
  await consistent();
});

test('a leaf that was changed in the outbox before its turn stops the notary before it signs', async () => {
  const [id = ''] = await log.write(1);
  const superuser = database.as('superuser');
  const { body } = await superuser.leaf.findUniqueOrThrow({ where: { id } });
  await superuser.leaf.update({ where: { id }, data: { body: body.replace('success', 'failure') } });
  await assert.rejects(notary.turn(), Bent);
  await superuser.leaf.update({ where: { id }, data: { body } });
  await settled();
  await consistent();
});

test('a database restored from an old copy does not go on: the witnesses have seen more', async () => {
  const before = await database.as('superuser').$queryRaw<
    object[]
  >`SELECT origin, size, root, frontier, oldest_xid::text, signed, published_size, published FROM log_head`;
  assert.equal(before.length, 1);
  const size = published().checkpoint.size;
  await log.write(10);
  await settled();
  const newer = published().checkpoint.size;
  const superuser = database.as('superuser');
  const aside = mkdtempSync('/tmp/countersign-old-log-');
  try {
    await superuser.$executeRaw`CREATE TABLE kept AS SELECT * FROM log_head`;
    await superuser.$executeRaw`CREATE TABLE kept_entry AS SELECT * FROM log_entry WHERE index >= ${size}`;
    const [old] = before as [{ root: Uint8Array; frontier: Uint8Array; oldest_xid: string; signed: string; published: string }];
    await superuser.$executeRaw`DELETE FROM log_entry WHERE index >= ${size}`;
    await superuser.$executeRaw`UPDATE log_head SET size = ${size}, root = ${old.root}, frontier = ${old.frontier}, oldest_xid = ${old.oldest_xid}::text::xid8,
      signed = ${old.signed}, published_size = ${size}, published = ${old.published}`;
    await assert.rejects(log.open({ folder: aside }), Behind);
    const checkpoint = readFileSync(join(log.folder, 'checkpoint'), 'utf8');
    for (const witness of log.witnesses) await witness.stop();
    await assert.rejects(log.open(), Behind, 'the folder alone knows it too');
    assert.equal(readFileSync(join(log.folder, 'checkpoint'), 'utf8'), checkpoint, 'no published checkpoint is taken back');
    for (const witness of log.witnesses) await witness.start();
  } finally {
    await superuser.$executeRaw`INSERT INTO log_entry SELECT * FROM kept_entry`;
    await superuser.$executeRaw`UPDATE log_head h SET (size, root, frontier, oldest_xid, signed, published_size, published) =
      (SELECT size, root, frontier, oldest_xid, signed, published_size, published FROM kept k WHERE k.origin = h.origin)`;
    await superuser.$executeRaw`DROP TABLE kept, kept_entry`;
    rmSync(aside, { recursive: true, force: true });
  }
  notary = await log.open();
  await settled();
  assert.ok(published().checkpoint.size >= newer);
  await consistent();
});

test('a witness restored from an old copy of its state does not split the view: it catches up over a proof, or refuses', async () => {
  const [witness] = log.witnesses;
  assert.ok(witness);
  const old = `${witness.stateFile}.old`;
  copyFileSync(witness.stateFile, old);
  await log.write(7);
  await settled();
  await witness.stop();
  writeFileSync(witness.stateFile, readFileSync(old));
  await witness.start();
  await log.write(3);
  await settled();
  const { checkpoint } = published();
  await consistent();
  const seen = JSON.parse(readFileSync(witness.stateFile, 'utf8')) as Record<string, { size: string }>;
  assert.ok(BigInt(Object.values(seen)[0]?.size ?? '0') <= checkpoint.size);
});
