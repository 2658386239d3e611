import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { historyFile } from '#activities/seal/history-file.ts';
import { sealHistory } from '#activities/seal/seal-history.ts';
import { loadable, readWorkflowCode } from '#activities/release/workflow-code.ts';
import type { HistoryJson } from '#history/payloads-in-json.ts';
import { historiesFolder, workflowCodeFolder } from '#ops/setup/archives.ts';
import { useDatabase } from '#test/support/database.ts';
import { hold, until } from '#test/support/holds.ts';
import { bundledWorkflows, replayWith } from '#test/support/replay.ts';
import { claimant, freshPassword, proven } from '#test/support/scenes.ts';
import { sealedAndPublished, sealedOf } from '#test/support/sealed.ts';
import { useWorld } from '#test/support/world.ts';

const database = await useDatabase();
const world = useWorld();
const folder = mkdtempSync(join(tmpdir(), 'countersign-histories-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface SealedBody {
  wf: { id: string; run: string };
  do: Record<string, string | string[] | null>;
}

const workflowOf = async (reference: string): Promise<string> => `reset/${await world.resetId(reference)}`;
const runOf = async (workflowId: string): Promise<string> => (await world.temporal.client.workflow.getHandle(workflowId).describe()).runId;

/** One row, one leaf, one file, and all three say the same. */
async function sealedOnce(workflowId: string, ended: string): Promise<SealedBody['do']> {
  const sealed = await sealedAndPublished(world, workflowId);
  assert.equal((await sealedOf(world, workflowId)).length, 1);
  const leaves = await world.people.sql(`SELECT 1 FROM leaf WHERE type = 'history.sealed' AND body::json -> 'wf' ->> 'id' = $1`, [
    workflowId,
  ]);
  assert.equal(leaves.length, 1, 'one leaf');
  const file = historyFile(historiesFolder(world.stack.state), sealed.runId);
  const bytes = readFileSync(file);
  assert.equal(createHash('sha256').update(bytes).digest('hex'), sealed.sha256);
  assert.equal(statSync(file).mode & 0o007, 0, 'nobody else reads it');
  const body = JSON.parse(sealed.body) as SealedBody;
  const { events } = JSON.parse(bytes.toString('utf8')) as HistoryJson;
  assert.deepEqual(
    { sha256: body.do['sha256'], run: body.wf.run, events: body.do['events'], last: body.do['last'], ended: body.do['ended'] },
    { sha256: sealed.sha256, run: await runOf(workflowId), events: String(events.length), last: String(events.length), ended },
  );
  return { ...body.do, run: body.wf.run };
}

test('a reset that is done is sealed once: with its hash, its code, its SDK and its keys; the SDK replays the file with the archived code', async () => {
  const { who } = await proven(world.stack.run, world.people, 'goran.petrovic');
  assert.equal((await who.choose(freshPassword())).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  const workflowId = await workflowOf(who.reference);
  const facts = await sealedOnce(workflowId, 'COMPLETED');
  assert.equal(facts['type'], 'passwordReset');
  assert.equal(facts['sdk'], 'temporal-typescript 1.24.0');
  assert.deepEqual(facts['keys'], [world.temporal.keys.newest().id]);
  await bundledWorkflows(); // silences the SDK
  const code = readWorkflowCode(workflowCodeFolder(world.stack.state), String(facts['bundle']));
  const history = JSON.parse(readFileSync(historyFile(historiesFolder(world.stack.state), String(facts['run'])), 'utf8')) as HistoryJson;
  await Worker.runReplayHistory(replayWith(loadable(code).code, world.temporal.keys), history, workflowId);
});

test('a reset that was refused is sealed once, and so is one that nobody proved and that was terminated', async () => {
  const left = claimant(world.stack.run);
  await left.name('nobody.of.that.name');
  await left.cancel();
  await sealedOnce(await workflowOf(left.reference), 'COMPLETED');

  const ended = claimant(world.stack.run);
  await ended.name('goran.petrovic');
  const reset = await world.resetId(ended.reference);
  await world.temporal.terminate(reset);
  await sealedOnce(`reset/${reset}`, 'TERMINATED');
});

test('the worker killed between the file and its leaf seals the run when it is back, and once', async () => {
  // Reads go on; whoever writes a row waits.
  const held = await hold(world, 'LOCK TABLE sealed_history IN EXCLUSIVE MODE');
  const left = claimant(world.stack.run);
  await left.name('goran.petrovic');
  await left.cancel();
  const workflowId = await workflowOf(left.reference);
  const file = historyFile(historiesFolder(world.stack.state), await runOf(workflowId));
  await until('the file is archived', () => existsSync(file));
  await held.waitedForBy('worker');
  assert.deepEqual(await sealedOf(world, workflowId), [], 'no leaf yet');
  await world.stack.kill('worker', 'SIGKILL');
  await held.release();
  await world.stack.restart('worker');
  await sealedOnce(workflowId, 'COMPLETED');
});

test('a run that was terminated while no worker ran is found by the sweep', async () => {
  const left = claimant(world.stack.run);
  await left.name('goran.petrovic');
  const reset = await world.resetId(left.reference);
  await world.stack.kill('worker', 'SIGKILL');
  await world.temporal.terminate(reset);
  await world.stack.restart('worker');
  await sealedOnce(`reset/${reset}`, 'TERMINATED');
});

test('three that seal the same run at once write one row and one leaf', async () => {
  const left = claimant(world.stack.run);
  await left.name('goran.petrovic');
  await left.cancel();
  const workflowId = await workflowOf(left.reference);
  await world.temporal.client.workflow.getHandle(workflowId).result();
  const closed = { workflowId, runId: await runOf(workflowId) };
  const { client } = world.temporal;
  const outcomes = await Promise.all([1, 2, 3].map(() => sealHistory({ db: database.as('worker'), client, folder }, closed)));
  assert.deepEqual(outcomes.map(({ outcome }) => outcome).toSorted(), ['already', 'already', 'sealed']);
  const owner = database.as('superuser');
  assert.deepEqual([await owner.sealedHistory.count(), await owner.leaf.count({ where: { type: 'history.sealed' } })], [1, 1]);
});

test('a run that Temporal has no more gets a leaf that says so', async () => {
  const closed = { workflowId: `reset/${randomUUID()}`, runId: randomUUID() };
  const { client } = world.temporal;
  assert.deepEqual(await sealHistory({ db: database.as('worker'), client, folder }, closed), { outcome: 'gone' });
  const [leaf] = await database.as('superuser').leaf.findMany({ where: { reason: 'history-gone' }, select: { outcome: true } });
  assert.equal(leaf?.outcome, 'failure');
});
