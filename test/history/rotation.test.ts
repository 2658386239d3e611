import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyIdsIn } from '#history/offline.ts';
import { rotateHistoryKeys } from '#ops/rotate-history-keys.ts';
import { readRings } from '#ops/setup/history-keys.ts';
import { decide, freshPassword, inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();

test('a reset that was parked under the old key goes on under the new one, and no process was restarted', async () => {
  const { stack, people, temporal } = world;
  const processes = ['api', 'worker', 'verifier', 'writer-staff', 'writer-privileged'] as const;
  const pids = () => Promise.all(processes.map((name) => stack.pid(name)));
  const before = await pids();
  const old = readRings(stack.state).api.encrypts;

  const { who } = await proven(stack.run, people, 'rosa.klein');
  const reset = await world.resetId(who.reference);
  assert.deepEqual(keyIdsIn(await temporal.kept(reset)), [old]);

  const fresh = await rotateHistoryKeys(stack.state);
  assert.notEqual(fresh, old);
  for (const ring of Object.values(readRings(stack.state))) {
    assert.equal(ring.encrypts, fresh);
    assert.ok(ring.keys.some(({ id }) => id === old));
  }

  for (const approver of ['ines.duarte', 'quentin.roux']) {
    const http = await signedIn(stack.run, people, approver);
    const item = await inboxItem(http, who.reference);
    assert.ok(item);
    assert.equal((await decide(http, people, approver, item.id, 'approve')).status, 200);
  }
  assert.equal((await who.until('choosing-password', 'refused')).state, 'choosing-password');
  const password = freshPassword();
  assert.equal((await who.choose(password)).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.equal((await people.bind('rosa.klein', password)).answer, 'ok');
  assert.deepEqual(keyIdsIn(await temporal.kept(reset)), [old, fresh]);
  assert.deepEqual(await pids(), before);

  const next = await proven(stack.run, people, 'bilal.osman');
  assert.deepEqual(keyIdsIn(await temporal.kept(await world.resetId(next.who.reference))), [fresh]);
  await next.who.cancel();

  const leaves = await people.sql<{ actor: string; body: string }>(
    `SELECT actor, body FROM leaf WHERE type = 'key.added' ORDER BY id DESC LIMIT 1`,
  );
  const [leaf] = leaves;
  assert.match(leaf?.actor ?? '', /^operator:\d+$/);
  assert.deepEqual((JSON.parse(leaf?.body ?? '{}') as { do?: object }).do, { key: fresh, ring: 'history' });
});

test('a worker that has forgotten a parked reset reads it again, under old and new key', async () => {
  const { stack, people, temporal } = world;
  const { who } = await proven(stack.run, people, 'bilal.osman');
  const reset = await world.resetId(who.reference);
  await rotateHistoryKeys(stack.state);
  await stack.kill('worker');
  await stack.restart('worker');
  const password = freshPassword();
  assert.equal((await who.choose(password)).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.equal(keyIdsIn(await temporal.kept(reset)).length, 2);
});
