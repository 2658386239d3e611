import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test } from 'node:test';
import { Client, WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, type Payload, type PayloadCodec } from '@temporalio/common';
import { FAILURES } from '#history/failures.ts';
import { filesUnder, formsOf, heldBy } from '#test/support/bytes-at-rest.ts';
import { historyText } from '#test/support/history-text.ts';
import { claimant, freshPassword, proven } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';
import { CONSOLE_WORKFLOWS, TASK_QUEUES } from '#workflows/messages.ts';

let reset: string;
let account: { guid: string; sid: string; policy: string };

const world = useWorld(async (world) => {
  const { who } = await proven(world.stack.run, world.people, 'goran.petrovic');
  await who.choose(freshPassword());
  assert.equal((await who.until('done', 'refused')).state, 'done');
  reset = await world.resetId(who.reference);
  const [row] = await world.people.sql<typeof account>(
    'SELECT account_guid AS guid, account_sid AS sid, policy_sha256 AS policy FROM reset WHERE id = $1',
    [reset],
  );
  assert.ok(row?.guid && row.sid && row.policy);
  account = row;
});

/** Which of these words lie in Temporal's files, in any form, and where. */
async function foundInTemporal(words: Record<string, string>): Promise<Record<string, string[]>> {
  const needles = new Map(Object.entries(words).map(([name, word]) => [name, formsOf(word)]));
  const places: Record<string, string[]> = Object.fromEntries(Object.keys(words).map((name) => [name, []]));
  for (const file of filesUnder(join(world.stack.state, 'temporal')))
    for (const name of await heldBy(file, needles)) places[name]?.push(relative(world.stack.state, file));
  return places;
}

test('what a history says of an account lies in none of the bytes that Temporal keeps', async () => {
  const secret = {
    guid: account.guid,
    policy: account.policy,
    proof: 'recovery-code',
    next: 'choose-password',
    words: 'type one of your printed recovery codes',
  };
  const clear = historyText(await world.temporal.history(reset));
  for (const [name, word] of Object.entries(secret)) assert.ok(clear.includes(word), `the history does hold the ${name}`);
  const also = { sid: account.sid, state: 'choosing-password', leaf: 'reset.state' };
  for (const [name, where] of Object.entries(await foundInTemporal({ ...secret, ...also })))
    assert.deepEqual(where, [], `${name} lies there in clear`);
  // The same search finds what stays readable by intention: ids, and the names of queues, steps and messages.
  const plain = await foundInTemporal({
    id: `reset/${reset}`,
    step: 'checkProof',
    message: 'choosePassword',
    queue: 'directory-write-staff',
  });
  for (const [name, where] of Object.entries(plain)) assert.notDeepEqual(where, [], `${name} is found`);
});

test('the words of a failure are not kept in clear either', async () => {
  await world.stack.kill('directory');
  const who = claimant(world.stack.run);
  const named = who.name('alice.moreau');
  try {
    const failure = await patiently(async () => {
      const [open] = await world.temporal.client.workflowService
        .listOpenWorkflowExecutions({ namespace: 'countersign', typeFilter: { name: 'passwordReset' } })
        .then(({ executions }) => executions ?? []);
      if (!open?.execution) return undefined;
      const { pendingActivities } = await world.temporal.client.workflowService.describeWorkflowExecution({
        namespace: 'countersign',
        execution: open.execution,
      });
      return pendingActivities?.find(({ lastFailure }) => lastFailure)?.lastFailure;
    });
    assert.equal(failure.message, 'Encoded failure');
    assert.equal(failure.applicationFailureInfo?.type, 'DirectoryUnavailable');
    assert.equal(Buffer.from(failure.encodedAttributes?.metadata?.['encoding'] ?? []).toString(), 'binary/encrypted');
  } finally {
    await world.stack.restart('directory');
    await named;
  }
  assert.deepEqual((await foundInTemporal({ words: FAILURES.DirectoryUnavailable.words }))['words'], []);
});

test('a workflow that fails says so in closed and encrypted words, out of its sandbox too', async () => {
  const { client } = world.temporal;
  const workflowId = `sign-in/${randomUUID()}`;
  const nonsense = { request: 'no request at all' };
  const failure = await client.workflow
    .execute(CONSOLE_WORKFLOWS.signIn, {
      workflowId,
      taskQueue: TASK_QUEUES.reset,
      args: [nonsense],
      workflowExecutionTimeout: '2 minutes',
    })
    .catch((error: unknown) => error);
  assert.ok(failure instanceof WorkflowFailedError && failure.cause instanceof ActivityFailure);
  assert.equal(failure.cause.cause?.message, FAILURES.Invariant.words);
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const kept = events?.find((event) => event.workflowExecutionFailedEventAttributes)?.workflowExecutionFailedEventAttributes?.failure;
  assert.deepEqual([kept?.message, kept?.cause?.message], ['Encoded failure', 'Encoded failure']);
  assert.deepEqual([kept?.stackTrace, kept?.cause?.stackTrace], ['', '']);
});

/** A client of somebody who reaches Temporal and holds no key: whatever it says is these payloads. */
function keyless(say: (payloads: Payload[]) => Payload[]): Client {
  const codec: PayloadCodec = { encode: async (payloads) => say(payloads), decode: async (payloads) => payloads };
  const { connection } = world.temporal.client;
  return new Client({ connection, namespace: 'countersign', dataConverter: { payloadCodecs: [codec] } });
}

test('whoever has no key can put no words into a workflow: neither in clear nor with another workflow’s ciphertext', async () => {
  const { events } = await world.temporal.client.workflow.getHandle(`reset/${reset}`).fetchHistory();
  const stolen = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  assert.ok(stolen);
  for (const say of [(payloads: Payload[]) => payloads, () => [stolen]]) {
    const workflowId = `sign-in/${randomUUID()}`;
    const handle = await keyless(say).workflow.start(CONSOLE_WORKFLOWS.signIn, {
      workflowId,
      taskQueue: TASK_QUEUES.reset,
      args: [{ request: workflowId, sealed: randomUUID() }],
      workflowExecutionTimeout: '2 minutes',
    });
    const history = await patiently(async () => {
      const so = await handle.fetchHistory();
      return so.events?.some(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes) ? so : undefined;
    });
    const failed = history.events?.find(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes);
    assert.equal(failed?.workflowTaskFailedEventAttributes?.failure?.message, FAILURES.HistoryUnreadable.words);
    assert.ok(
      !history.events?.some(({ activityTaskScheduledEventAttributes }) => activityTaskScheduledEventAttributes),
      'no step was asked for',
    );
    await handle.terminate('a test ends it');
  }
});

/** Asks until there is an answer; half a minute at most. */
async function patiently<T>(ask: () => Promise<T | undefined | null>): Promise<T> {
  for (const until = Date.now() + 30_000; ;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null) return answer;
    assert.ok(Date.now() < until, 'no answer in half a minute');
    await setTimeout(50); // leaves the cores to the server between two looks
  }
}
