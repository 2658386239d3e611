import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Counted } from '#domain/wrong-tries.ts';
import { codeNow, enrolled, factor, identified, person, prove, useVerifier } from './world.ts';

const world = await useVerifier();
const alice = await enrolled(world, person('alice', { displayName: 'Alice Moreau' }), 20);
const [here, there] = ['ldaps://dc1.bank.test:636', 'ldaps://dc2.bank.test:636'];
const counted = (now: Partial<Counted> = {}): Counted => ({ count: 0, last: '0', lockedAt: '0', locked: false, ...now });

/** A reset of Alice's that was done, by what the writers claim, and is watched. */
async function watched(state = 'verified'): Promise<string> {
  const open = await identified(world, 'alice');
  assert.equal(await prove(world, open, alice.recoveryCodes.pop() ?? ''), 'passed');
  await world.superuser.totp.updateMany({ data: { lastStep: null } });
  await world.superuser.burn.deleteMany({ where: { consumed: { startsWith: 'totp' } } });
  assert.equal(await factor(world, open, codeNow(alice)), 'passed');
  await world.superuser.reset.update({ where: { id: open.reset }, data: { runId: open.run, state: 'done' } });
  const claim = { digest: randomUUID(), pwdLastSetBefore: '1', controller: here, accountGuid: alice.guid, ordinal: 1, state };
  await world.superuser.writeClaim.create({ data: { ...claim, resetId: open.reset } });
  await world.worker.$executeRaw`INSERT INTO account_watch (reset_id) VALUES (${open.reset}::uuid)`;
  world.counted.clear();
  return open.reset;
}

const look = (reset: string) => world.verifier.lookAtTries({ reset });

/** What was recorded since the reset was done, but for how it came there. */
async function recorded(reset: string): Promise<string[]> {
  const type = { in: ['account.still-tried', 'account.locked-again', 'account.relock-watched', 'alarm.raised', 'message.sent'] };
  const rows = await world.superuser.leaf.findMany({ where: { resetId: reset, type }, orderBy: { seq: 'asc' } });
  return rows.map((row) => `${row.type} ${row.outcome}`);
}

test('wrong passwords after a reset are recorded and told once, and a lockout is an alarm once, however often it is looked', async () => {
  await world.superuser.device.create({
    data: { id: randomUUID(), accountGuid: alice.guid, accountName: 'alice', name: 'LAPTOP-7', platform: 'windows' },
  });
  const reset = await watched();
  // Four wrong ones at the other controller from before: nobody's, and the silent one knows nothing.
  world.counted.set(here, undefined).set(there, counted({ count: 4, last: '50' }));
  assert.deepEqual(await look(reset), { over: false, found: [], held: null });
  world.counted.set(here, counted());
  assert.deepEqual(await look(reset), { over: false, found: [], held: null });
  assert.deepEqual(await recorded(reset), []);

  world.counted.set(there, counted({ count: 2, last: '60' }));
  const said = { accountGuid: alice.guid, minute: new Date(), controller: 'dc2.bank.test', count: 1 };
  const sent = [
    { ...said, address: '192.0.2.7', workstation: 'RECEPTION-2', lastAt: new Date() },
    { ...said, address: '192.0.2.9', workstation: '', lastAt: new Date(Date.now() - 86_400_000) },
  ];
  await world.superuser.failedSignIn.createMany({ data: sent });
  const looks = await Promise.all([look(reset), look(reset), look(reset)]);
  assert.deepEqual(
    looks.flatMap(({ found }) => found),
    ['still-tried'],
  );
  assert.deepEqual(await recorded(reset), ['account.still-tried failure']);
  const row = await world.superuser.accountWatch.findUniqueOrThrow({ where: { resetId: reset } });
  assert.deepEqual(row.whence, [
    { kind: 'workstation', name: 'RECEPTION-2 (192.0.2.7)' },
    { kind: 'device', name: 'LAPTOP-7' },
  ]);
  assert.deepEqual(await world.verifier.tell({ reset, moment: 'still-tried' }), { outcome: 'told', people: 1 });
  assert.deepEqual(await world.verifier.tell({ reset, moment: 'still-tried' }), { outcome: 'told', people: 0 });
  const [message] = await world.superuser.message.findMany({ where: { resetId: reset } });
  assert.deepEqual([message?.outcome, message?.person, message?.toldBy], ['still-tried', alice.guid, ['holder']], 'her alone');

  world.counted.set(here, counted({ count: 5, last: '70', lockedAt: '70', locked: true }));
  const locked = await Promise.all([look(reset), look(reset)]);
  assert.deepEqual(
    locked.flatMap(({ found }) => found),
    ['locked-again'],
  );
  assert.deepEqual(
    (await recorded(reset)).filter((one) => !one.startsWith('message')),
    ['account.still-tried failure', 'account.locked-again failure', 'alarm.raised success'],
  );
  const [alarm] = await world.superuser.alarm.findMany({ where: { resetId: reset } });
  assert.deepEqual([alarm?.kind, alarm?.account], ['locked-again', 'alice']);
  assert.ok(await world.superuser.telling.findFirst({ where: { resetId: reset, moment: 'locked-again' } }));

  for (let again = 0; again < 2; again++) await world.verifier.endWatch({ reset });
  assert.deepEqual((await recorded(reset)).at(-1), 'account.relock-watched failure');
  assert.equal((await recorded(reset)).filter((one) => one.startsWith('account.relock')).length, 1);
  assert.deepEqual(await look(reset), { over: true, found: [], held: null });
});

test('that nothing arrived is recorded as well, and that nobody answered is not taken for it', async () => {
  const quiet = await watched();
  world.counted.set(here, counted({ count: 1, last: '5' }));
  for (let again = 0; again < 3; again++) assert.deepEqual(await look(quiet), { over: false, found: [], held: null });
  await world.verifier.endWatch({ reset: quiet });
  assert.deepEqual(await recorded(quiet), ['account.relock-watched success']);
  const unanswered = await watched();
  world.counted.set(here, undefined);
  await look(unanswered);
  await world.verifier.endWatch({ reset: unanswered });
  assert.deepEqual(await recorded(unanswered), ['account.relock-watched unknown']);
});

test('who was locked at the first look with one lockout and is let in and locked at once is seen locked once, with one message', async () => {
  const reset = await watched();
  world.counted.set(here, counted());
  await look(reset);
  world.counted.set(here, counted({ count: 5, last: '90', lockedAt: '90', locked: true }));
  assert.deepEqual((await look(reset)).found, ['still-tried', 'locked-again']);
  const tellings = await world.superuser.telling.findMany({ where: { resetId: reset, moment: { in: ['still-tried', 'locked-again'] } } });
  assert.deepEqual(
    tellings.map(({ moment }) => moment),
    ['locked-again'],
  );
});

test('a newer reset of the same account takes the watch over, and a worker has nobody watched or told of what the writers did not do', async () => {
  const older = await watched();
  assert.equal((await look(older)).over, false);
  const newer = await watched();
  assert.deepEqual([(await look(older)).over, (await look(newer)).over], [true, false]);
  const lie = await watched('refused');
  world.counted.set(here, counted({ count: 5, last: '99', lockedAt: '99', locked: true }));
  assert.deepEqual(await look(lie), { over: true, found: [], held: null });
  await world.superuser.telling.create({ data: { resetId: lie, moment: 'locked-again' } });
  assert.deepEqual(await world.verifier.tell({ reset: lie, moment: 'locked-again' }), { outcome: 'told', people: 0 });
  await assert.rejects(
    world.worker.accountWatch.updateMany({ where: { resetId: newer }, data: { seen: {} } }),
    /permission denied|denied/i,
  );
});

test('what a controller held against the account before is for the writer of its class to take back; what came later is not', async () => {
  const reset = await watched();
  const fileTime = (ms: number): string => String((BigInt(Date.now() + ms) + 11_644_473_600_000n) * 10_000n);
  world.counted.set(here, counted()).set(there, counted({ count: 5, last: fileTime(-60_000), lockedAt: fileTime(-60_000), locked: true }));
  assert.equal((await look(reset)).held, 'staff');
  await world.superuser.reset.update({ where: { id: reset }, data: { protectedBy: 'Domain Admins' } });
  assert.equal((await look(reset)).held, 'privileged');
  world.counted.set(there, counted({ count: 5, last: fileTime(60_000), lockedAt: fileTime(60_000), locked: true }));
  assert.equal((await look(reset)).held, null);
});
