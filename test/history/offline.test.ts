import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { newHistoryKey } from '#history/key-ring.ts';
import { keyOfReleased, keyOfRing, openHistory, releaseKeys, type ReleasedKey } from '#history/offline.ts';
import { openRing } from '#history/open-ring.ts';
import { rewritePayloads, type HistoryJson } from '#history/payloads-in-json.ts';
import { HistoryUnreadable, type WhyUnreadable } from '#history/unreadable.ts';
import { newRing } from '#test/support/history-keys.ts';
import { historyText } from '#test/support/history-text.ts';
import { bundledWorkflows, replayWith } from '#test/support/replay.ts';
import { freshPassword, proven } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

interface Kept {
  owner: { namespace: string; workflowId: string };
  history: HistoryJson;
  released: ReleasedKey[];
}
let mine: Kept;
let other: Kept;
let code: string;

const world = useWorld(async (world) => {
  code = await bundledWorkflows();
  const play = async (account: string): Promise<Kept> => {
    const { who } = await proven(world.stack.run, world.people, account);
    await who.choose(freshPassword());
    assert.equal((await who.until('done', 'refused')).state, 'done');
    const reset = await world.resetId(who.reference);
    const owner = { namespace: 'countersign', workflowId: `reset/${reset}` };
    const history = await world.temporal.kept(reset);
    return { owner, history, released: releaseKeys(history, owner, world.temporal.keys) };
  };
  mine = await play('goran.petrovic');
  other = await play('bilal.osman');
});

const because = (why: WhyUnreadable) => (error: unknown) => error instanceof HistoryUnreadable && error.why === why;
const copy = (history: HistoryJson): HistoryJson => structuredClone(history);

test('the released key of a reset opens its history without a server, and the SDK replays it', async () => {
  const open = openHistory(mine.history, mine.owner, keyOfReleased(mine.released, mine.owner));
  const said = historyText(historyFromJSON(open));
  assert.match(said, /"step":"choose-password"/);
  assert.doesNotMatch(said, /encryption-owner/);
  await Worker.runReplayHistory({ workflowBundle: { code }, replayName: 'released' }, open, mine.owner.workflowId);
  // And as it is kept, by whoever holds the ring.
  await Worker.runReplayHistory(replayWith(code, world.temporal.keys), mine.history, mine.owner.workflowId);
});

test('it opens no other reset, and no ring follows from it', () => {
  assert.throws(() => openHistory(other.history, other.owner, keyOfReleased(mine.released, other.owner)), because('no-key'));
  const relabelled = mine.released.map((key) => ({ ...key, ...other.owner }));
  assert.throws(() => openHistory(other.history, other.owner, keyOfReleased(relabelled, other.owner)), because('broken'));
  const [released] = mine.released;
  const master = world.temporal.keys.find(released?.keyId ?? '');
  assert.ok(master && released && !released.key.includes(master.secret.toString('base64url')));
});

test('a history in which a payload was moved from another one, put in clear or changed is refused', () => {
  const { owner, history } = mine;
  const keyOf = keyOfRing(world.temporal.keys, owner);
  const started = (kept: HistoryJson) => {
    const [first] = kept.events as {
      workflowExecutionStartedEventAttributes: { input: { payloads: { metadata: object; data: string }[] } };
    }[];
    assert.ok(first);
    return first.workflowExecutionStartedEventAttributes.input;
  };
  const moved = copy(history);
  started(moved).payloads = started(other.history).payloads;
  assert.throws(() => openHistory(moved, owner, keyOf), because('of-another'));

  const inClear = copy(history);
  started(inClear).payloads = [
    { metadata: { encoding: Buffer.from('json/plain').toString('base64') }, data: Buffer.from('{}').toString('base64') },
  ];
  assert.throws(() => openHistory(inClear, owner, keyOf), because('not-encrypted'));

  let payloads = 0;
  rewritePayloads(history, (payload) => ((payloads += 1), payload));
  assert.ok(payloads >= 20, `${payloads} payloads`);
  for (let bent = 0; bent < payloads; bent++) {
    let at = 0;
    const changed = rewritePayloads(history, (payload) => {
      if (at++ !== bent) return payload;
      const data = Buffer.from(payload.data ?? []);
      data[data.length >> 1] = (data[data.length >> 1] ?? 0) ^ 1;
      return { ...payload, data };
    });
    assert.throws(() => openHistory(changed, owner, keyOf), because('broken'), `payload ${bent}`);
  }
});

test('replay under another workflow id, another namespace or without the key fails, and never goes on in clear', async () => {
  const replay = (keys = world.temporal.keys, namespace = 'countersign', id = mine.owner.workflowId) =>
    Worker.runReplayHistory(replayWith(code, keys, namespace), mine.history, id);
  await assert.rejects(replay(undefined, undefined, other.owner.workflowId), /this process's history keys do not open/);
  await assert.rejects(replay(undefined, 'default'), /this process's history keys do not open/);
  await assert.rejects(replay(openRing(newRing([newHistoryKey()]))), /this process's history keys do not open/);
  await replay();
});
