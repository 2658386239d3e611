import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endLockout } from '#activities/directory/end-lockout.ts';
import { readCounted } from '#activities/directory/wrong-tries.ts';
import type { WriterActivities } from '#activities/contract.ts';
import type { Counted } from '#domain/wrong-tries.ts';
import { patiently } from '../support/patiently.ts';
import { twoControllers, type OneOfTwo } from '../support/two-controllers.ts';
import { benchAt } from './workbench.ts';

const two = await twoControllers();
const bench = await benchAt(two.both());
const banks = new Map([two.first, two.second].map((one) => [one, two.only(one)]));
const at = (one: OneOfTwo) => banks.get(one) ?? assert.fail();

async function stands(one: OneOfTwo, name: string): Promise<Counted> {
  const { guid } = await at(two.first).account(name);
  return patiently(
    async () =>
      (await at(one)
        .as('administrator')
        .read((session) => readCounted(session, guid))) ?? assert.fail(),
  );
}

async function lockAt(one: OneOfTwo, name: string): Promise<void> {
  while ((await at(one).says(name, 'Not-The-Password-1')) !== 'locked');
}

/** A writer that has just started: it prefers the first controller. */
function writer(of: 'staff' | 'privileged' = 'staff'): Promise<WriterActivities> {
  const alone = new Map([two.first, two.second].map((one) => [one.controller.url, at(one)] as const));
  const as = of === 'staff' ? 'writerStaff' : 'writerPrivileged';
  return bench.writer(of, { directory: two.both().as(as), directoryOn: (url) => alone.get(url)?.as(as) });
}

/** A new password that is written and verified at the first controller. */
async function reset(name: string): Promise<{ reset: string; password: string }> {
  const { asked, password } = await bench.scene(name);
  const staff = await writer();
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.equal((await staff.verifyPassword(asked)).verified, true);
  return { reset: asked.reset, password };
}

const there = async (of: string): Promise<string[]> => (await bench.leaves(of)).filter((leaf) => leaf.startsWith('write.unlocked-there'));

test('a lockout that comes over after the reset is ended where it was made, and so everywhere', async () => {
  const { guid } = await at(two.first).account('alice.moreau');
  // As after an unlock some time ago: nothing is changed by writing it once more, so replication carries nothing.
  await endLockout(at(two.first).as('administrator'), guid);
  await patiently(two.replicate);
  two.first.freeze(true);
  await lockAt(two.second, 'alice.moreau');
  two.second.freeze(true);
  two.first.freeze(false);
  const done = await reset('alice.moreau');
  two.second.freeze(false);
  await patiently(two.replicate);
  assert.deepEqual([(await stands(two.first, 'alice.moreau')).locked, (await stands(two.second, 'alice.moreau')).locked], [true, true]);

  const staff = await writer();
  assert.deepEqual(await staff.letInElsewhere({ reset: done.reset }), { letIn: 2, left: 0 });
  assert.deepEqual(await staff.letInElsewhere({ reset: done.reset }), { letIn: 0, left: 0 });
  await patiently(two.replicate);
  for (const one of [two.first, two.second]) {
    const { locked, count } = await stands(one, 'alice.moreau');
    assert.deepEqual([locked, count], [false, 0]);
    assert.equal(await at(one).says('alice.moreau', done.password), 'ok');
  }
  assert.deepEqual(
    await there(done.reset),
    [1, 2].flatMap(() => ['write.unlocked-there started', 'write.unlocked-there success']),
  );
});

test('a count that the end of a lockout does not take back at the other controller is taken back there: one wrong password locks nobody again', async () => {
  await lockAt(two.second, 'bilal.osman');
  await patiently(two.replicate);
  const done = await reset('bilal.osman');
  await patiently(two.replicate);
  const before = await stands(two.second, 'bilal.osman');
  assert.deepEqual([before.locked, before.count], [false, 5]);
  assert.deepEqual(await (await writer()).letInElsewhere({ reset: done.reset }), { letIn: 1, left: 0 });
  assert.equal(await at(two.second).says('bilal.osman', 'Not-The-Password-1'), 'wrong');
  assert.equal(await at(two.second).says('bilal.osman', done.password), 'ok');
});

test('what came after the reset is left, and so is an account of the other writer or of a reset from long ago', async () => {
  const done = await reset('goran.petrovic');
  await patiently(two.replicate);
  await lockAt(two.second, 'goran.petrovic');
  assert.deepEqual(await (await writer()).letInElsewhere({ reset: done.reset }), { letIn: 0, left: 0 });
  assert.equal((await stands(two.second, 'goran.petrovic')).locked, true);

  await lockAt(two.second, 'mateo.silva');
  const other = await reset('mateo.silva');
  await (await writer('privileged')).letInElsewhere({ reset: other.reset });
  assert.equal((await there(other.reset)).includes('write.unlocked-there success'), false, 'the wrong writer has nothing to do with it');
  await bench.owner.$executeRaw`UPDATE write_claim SET claimed_at = claimed_at - interval '2 hours' WHERE reset_id = ${other.reset}::uuid`;
  assert.deepEqual(await (await writer()).letInElsewhere({ reset: other.reset }), { letIn: 0, left: 0 });
  assert.deepEqual(await (await writer()).letInElsewhere({ reset: crypto.randomUUID() }), { letIn: 0, left: 0 });
});

test('a controller that is silent is left for the next time, and nothing is recorded of it', async (t) => {
  await lockAt(two.second, 'karim.haddad');
  await patiently(two.replicate);
  const done = await reset('karim.haddad');
  two.second.freeze(true);
  t.after(() => two.second.freeze(false));
  assert.deepEqual(await (await writer()).letInElsewhere({ reset: done.reset }), { letIn: 0, left: 1 });
  assert.deepEqual(await there(done.reset), []);
  two.second.freeze(false);
  await patiently(async () => assert.deepEqual(await (await writer()).letInElsewhere({ reset: done.reset }), { letIn: 1, left: 0 }));
});
