import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approved, back, fresh, later, lost, objected, officerSince, replaced, waits, type Lost } from './lost-factors.ts';
import { confirm, lock, officerOf, propose } from './officers.ts';
import { appsOf } from './own-factors.ts';
import { enrolled, person, useVerifier } from './world.ts';

const DAY = 86_400;
const world = await useVerifier();
const ines = await officerSince(world, 'ines');
const [priya, quentin] = [await officerOf(world, 'priya'), await officerOf(world, 'quentin')];
let hired = 0;

/** Somebody who has lost everything and is back after the wait. */
async function returned(): Promise<{ reset: Lost; name: string }> {
  hired += 1;
  const name = `temp${hired}`;
  await enrolled(world, person(name, { managerGuid: ines.guid }), 1);
  const reset = await lost(world, name);
  await approved(world, reset, ines);
  assert.equal(await waits(world, reset), 'begun');
  await later(world, reset, DAY + 60);
  assert.equal(await back(world, reset, name), 'passed');
  return { reset, name };
}
const held = async ({ account }: Lost) => (await appsOf(world, { guid: account })).filter(({ endedAt }) => endedAt === null);

test('of eight who set up new factors at the same time exactly one does, and the others learn that it is done', async () => {
  const { reset } = await returned();
  const said = await Promise.all(Array.from({ length: 8 }, () => replaced(world, reset, fresh())));
  assert.deepEqual(
    said,
    Array.from({ length: 8 }, () => 'replaced'),
  );
  assert.equal((await held(reset)).length, 1);
  const rows = await world.superuser.attestation.findMany({ where: { resetId: reset.reset, kind: 'replaced' } });
  assert.equal(rows.length, 1);
  assert.equal(
    await world.superuser.code.count({ where: { accountGuid: reset.account, kind: 'recovery', expiresAt: null, usedAt: null } }),
    10,
  );
});

test('an objection and the new factors at the same instant: one of the two comes first, and each is told the truth', async () => {
  for (let round = 0; round < 6; round++) {
    const { reset } = await returned();
    const before = (await held(reset)).map(({ id }) => id);
    const [said, done] = await Promise.all([objected(world, reset), replaced(world, reset)]);
    const after = (await held(reset)).map(({ id }) => id);
    if (done === 'replaced') {
      assert.equal(said, 'objection-too-late');
      assert.ok(after.length === 1 && !before.includes(after[0] ?? ''));
    } else {
      assert.deepEqual([said, done], ['confirmed', 'replacement-objected']);
      assert.deepEqual(after, before);
    }
  }
});

test('an officer locks it in its last minute, and an emergency stop only holds it up', async () => {
  const { reset } = await returned();
  const deed = { halts: 'all' } as const;
  const { act } = await propose(world, priya, deed);
  assert.equal(await confirm(world, quentin, act, deed), 'done');
  assert.equal(await replaced(world, reset), 'stopped');
  const lifted = { halts: 'nothing' } as const;
  const lift = await propose(world, priya, lifted);
  assert.equal(await confirm(world, quentin, lift.act, lifted), 'done');
  assert.equal(await lock(world, reset, quentin), 'locked');
  assert.equal(await replaced(world, reset), 'reset-locked');
  const other = await returned();
  assert.equal(await replaced(world, other.reset), 'replaced', 'what was stopped goes on');
});

test('an approver who was disabled during the wait counts no more, nor does one of an account that has another manager now', async () => {
  const { reset } = await returned();
  world.directory.set(ines.guid, { ...ines, enabled: false });
  assert.equal(await replaced(world, reset), 'approver-not-active');
  world.directory.set(ines.guid, ines);
  // The manager of the account is another one now: whoever approved is nobody's manager any more, and the account is not as it was named.
  const holder = world.directory.get(reset.account) ?? assert.fail('nobody');
  world.directory.set(holder.guid, { ...holder, managerGuid: quentin.guid });
  assert.equal(await replaced(world, reset), 'account-changed');
  world.directory.set(holder.guid, holder);
  assert.equal(await replaced(world, reset), 'replaced');
});
