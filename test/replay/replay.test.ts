import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { bundledWorkflows, replayWith } from '#test/support/replay.ts';
import { freshPassword, proven, signedIn } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld(async (world) => {
  code = await bundledWorkflows();
  const { who } = await proven(world.stack.run, world.people, 'goran.petrovic');
  await who.choose(freshPassword());
  assert.equal((await who.until('done', 'refused')).state, 'done');
  whole = await world.resetId(who.reference);
});

let code: string;
/** A standard reset from the name to the new password. */
let whole: string;

async function replay(
  bundle: string,
  query = "WorkflowType = 'passwordReset' AND ExecutionStatus != 'Running'",
): Promise<{ replayed: number; failed: string[] }> {
  const histories = world.temporal.client.workflow.list({ query }).intoHistories({ concurrency: 4 });
  const failed: string[] = [];
  let replayed = 0;
  for await (const result of Worker.runReplayHistories(replayWith(bundle, world.temporal.keys), histories)) {
    replayed += 1;
    if (result.error) failed.push(`${result.workflowId}: ${result.error.message}`);
  }
  return { replayed, failed };
}

test('every closed reset of this run replays with the current code', async () => {
  const { replayed, failed } = await replay(code);
  assert.deepEqual(failed, []);
  assert.ok(replayed >= 1);
  console.log(`${replayed} histories replayed`);
});

test('a mutant that checks the factor in place of the proof is found by replay', async () => {
  const mutant = code.replace('verifier.checkProof(', 'verifier.checkFactor(');
  const mutated = mutant === code ? code.replaceAll('.checkProof(', '.checkFactor(') : mutant;
  assert.notEqual(mutated, code, 'the bundle holds the call that is mutated');
  const { replayed, failed } = await replay(mutated, `WorkflowId = 'reset/${whole}'`);
  assert.deepEqual([replayed, failed.length], [1, 1]);
});

test('the history that the console gives away is one that the SDK replays', async () => {
  const http = await signedIn(world.stack.run, world.people, 'mateo.silva');
  const answer = await http.get<{ events: unknown[] }>(`/api/v1/resets/${whole}/history`);
  assert.equal(answer.status, 200, answer.text);
  await Worker.runReplayHistory({ workflowBundle: { code }, replayName: 'exported' }, answer.body, `reset/${whole}`);
});

test('historyFromJSON works: protobufjs is one copy', async () => {
  assert.ok(historyToJSON(await world.temporal.history(whole)));
});
