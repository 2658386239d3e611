import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WriterDeps } from '#activities/write/deps.ts';
import { readLock, type LockNow } from '#activities/write/lock-now.ts';
import { settleLoneStarts } from '#activities/write/sweep.ts';
import type { Attestation } from '#domain/attestation.ts';
import { letIn, lockOut } from '../support/lock-out.ts';
import { writerBench, type CaseOptions } from './workbench.ts';

const bench = await writerBench();
const staff = await bench.writer('staff');
const privileged = await bench.writer('privileged');
const administrator = bench.bank.as('administrator');
const SETTLED_MS = 3200;
const unavailable = { name: 'DirectoryUnavailable' };

const lock = async (name: string): Promise<void> => lockOut(administrator, (await bench.bank.account(name)).guid);

async function stands(name: string): Promise<LockNow> {
  const { guid } = await bench.bank.account(name);
  return administrator.read((session) => readLock(session, guid));
}

/** A locked account, everything of an unlock signed, and the intent witnessed. */
async function locked(name: string, options: CaseOptions = {}) {
  await lock(name);
  const { asked } = await bench.scene(name, { operation: 'unlock', ...options });
  return { asked, unlock: await bench.unlocking(asked) };
}

/** A writer whose changes pass through `around`. */
async function writerThrough(around: (modify: () => Promise<void>) => Promise<void>, more: Partial<WriterDeps> = {}) {
  const directory = bench.directoryWith('staff', around);
  return bench.writer('staff', { directory, directoryOn: () => directory, ...more });
}

test('a locked account is unlocked and nothing else about it is changed, however often it is asked', async () => {
  const before = await bench.versions();
  const { unlock } = await locked('alice.moreau');
  const { pwdLastSet, stamp } = await stands('alice.moreau');
  assert.equal(await bench.bank.says('alice.moreau', bench.bank.passwordOf('alice.moreau')), 'locked');
  assert.deepEqual(await staff.unlockAccount(unlock), { outcome: 'unlocked' });
  assert.deepEqual(await staff.unlockAccount(unlock), { outcome: 'unlocked' });
  assert.deepEqual(await stands('alice.moreau'), { pwdLastSet, stamp, lockoutTime: '0' });
  assert.equal(await bench.bank.says('alice.moreau', bench.bank.passwordOf('alice.moreau')), 'ok');
  assert.deepEqual(await bench.changedSince(before), []);
  assert.deepEqual(await bench.leaves(unlock.reset), ['write.started started', 'write.result success', 'write.unlocked success']);
});

test('a protected account is unlocked by its own writer, with the approval of two', async () => {
  const { unlock } = await locked('rosa.klein', { approvals: ['ines.duarte', 'quentin.roux'] });
  assert.deepEqual(await staff.unlockAccount(unlock), { outcome: 'refused', code: 'evidence-missing' });
  const other = await locked('rosa.klein', { approvals: ['ines.duarte', 'quentin.roux'] });
  assert.deepEqual(await privileged.unlockAccount(other.unlock), { outcome: 'unlocked' });
  assert.equal((await stands('rosa.klein')).lockoutTime, '0');
});

test('an approval of an unlock sets no password, and an approval of a password unlocks nobody', async () => {
  const before = await bench.versions();
  const approvals = ['ines.duarte', 'quentin.roux'];
  const { asked } = await locked('rosa.klein', { approvals });
  assert.deepEqual(await privileged.writePassword(asked), { outcome: 'refused', code: 'evidence-missing' });
  await lock('rosa.klein');
  const password = await bench.scene('rosa.klein', { approvals });
  assert.deepEqual(await privileged.unlockAccount(await bench.unlocking(password.asked)), { outcome: 'refused', code: 'evidence-missing' });
  // The choice is taken away, put in its place, or added to approvals of the other: the signatures of the approvers still say which.
  const changes: [string, CaseOptions][] = [
    ['no choice', { statements: (all) => all.filter(({ kind }) => kind !== 'operation') }],
    [
      'approvers were asked for a password',
      { statements: (all) => all.map((a) => (a.kind === 'approvers' ? { ...a, operation: 'new-password' } : a)) },
    ],
    ['decisions say nothing', { statements: (all) => all.map((a) => (a.kind === 'decision' ? withoutOperation(a) : a)) }],
    ['what the approver signed is about a password', { approvers: { said: { operation: 'new-password' } } }],
  ];
  for (const [what, change] of changes) {
    const { unlock } = await locked('rosa.klein', { approvals, ...change });
    assert.deepEqual(await privileged.unlockAccount(unlock), { outcome: 'refused', code: 'evidence-missing' }, what);
  }
  assert.notEqual((await stands('rosa.klein')).lockoutTime, '0');
  assert.deepEqual(await bench.changedSince(before), []);
});

/** As a verifier of before would have signed it. */
function withoutOperation(statement: Attestation): Attestation {
  const said = { ...statement };
  if (said.kind === 'decision') delete said.operation;
  return said;
}

test('an intent of the one operation is none of the other', async () => {
  const { asked, unlock } = await locked('bilal.osman');
  const { asked: honest } = await bench.scene('bilal.osman');
  // Under the statements of a password, the password's intent is replaced by one of an unlock.
  const crossed = await bench.unlocking(honest);
  assert.deepEqual(await staff.writePassword({ ...honest, intent: crossed.intent }), { outcome: 'refused', code: 'intent-not-witnessed' });
  assert.deepEqual(await staff.unlockAccount({ ...unlock, intent: asked.intent }), { outcome: 'refused', code: 'intent-not-witnessed' });
  const second = await bench.unlocking({ ...unlock, ordinal: 2 });
  assert.deepEqual(await staff.unlockAccount(second), { outcome: 'unlocked' });
  assert.deepEqual(await staff.writePassword({ ...asked, ordinal: 2, intent: second.intent }), {
    outcome: 'refused',
    code: 'evidence-missing',
  });
});

test('an account that is not locked is left alone, also when its lockout ended while people decided', async () => {
  const { unlock } = await locked('goran.petrovic');
  await letIn(administrator, unlock.account);
  assert.deepEqual(await staff.unlockAccount(unlock), { outcome: 'refused', code: 'not-locked' });
  assert.deepEqual(await bench.leaves(unlock.reset), ['write.refused denied']);
});

test('killed between the claim and the change: looked at, then unlocked', async () => {
  const { unlock } = await locked('alice.moreau');
  const dying = await writerThrough(() => Promise.reject(new Error('killed')));
  await assert.rejects(dying.unlockAccount(unlock), unavailable);
  await assert.rejects(staff.unlockAccount(unlock), unavailable, 'too early to tell');
  assert.notEqual((await stands('alice.moreau')).lockoutTime, '0');
  await sleep(SETTLED_MS);
  assert.deepEqual(await staff.unlockAccount(unlock), { outcome: 'unlocked' });
  assert.deepEqual(await bench.leaves(unlock.reset), [
    'write.started started',
    'write.result failure',
    'write.started started',
    'write.result success',
    'write.unlocked success',
  ]);
});

test('the answer was lost after the change was made: found by looking, and not made again', async () => {
  const { unlock } = await locked('bilal.osman');
  let changes = 0;
  const dying = await writerThrough(async (modify) => {
    changes++;
    await modify();
    throw new Error('killed');
  });
  await assert.rejects(dying.unlockAccount(unlock), unavailable);
  await sleep(SETTLED_MS);
  const counting = await writerThrough((modify) => (changes++, modify()));
  assert.deepEqual(await counting.unlockAccount(unlock), { outcome: 'unlocked' });
  assert.equal(changes, 1);
});

test('an account that is locked again right away is told so, with and without a crash', async () => {
  const { unlock } = await locked('alice.moreau');
  const relocking = await writerThrough(async (modify) => {
    await modify();
    await lock('alice.moreau');
  });
  assert.deepEqual(await relocking.unlockAccount(unlock), { outcome: 'refused', code: 'locked-again' });
  assert.deepEqual(await bench.leaves(unlock.reset), ['write.started started', 'write.result success']);
  const other = await locked('bilal.osman');
  const dying = await writerThrough(async (modify) => {
    await modify();
    await lock('bilal.osman');
    throw new Error('killed');
  });
  await assert.rejects(dying.unlockAccount(other.unlock), unavailable);
  await sleep(SETTLED_MS);
  assert.deepEqual(await staff.unlockAccount(other.unlock), { outcome: 'refused', code: 'locked-again' });
  assert.deepEqual(await bench.leaves(other.unlock.reset), ['write.started started', 'write.result unknown']);
});

test('a password that somebody changed since the claimant was named stops the unlock', async () => {
  const { unlock } = await locked('goran.petrovic');
  const late = await bench.scene('goran.petrovic');
  // Another reset sets a password in between.
  await staff.writePassword(late.asked);
  await lock('goran.petrovic');
  assert.deepEqual(await staff.unlockAccount(unlock), { outcome: 'refused', code: 'account-changed' });
});

test('a lone start of an unlock is settled by the sweep, by what the directory shows', async () => {
  const deps = await bench.depsOf('staff');
  const { unlock } = await locked('fatima.noor');
  const dying = await writerThrough(() => Promise.reject(new Error('killed')));
  await assert.rejects(dying.unlockAccount(unlock), unavailable);
  await bench.owner.writeClaim.updateMany({ where: { resetId: unlock.reset }, data: { claimedAt: new Date(Date.now() - 3_600_000) } });
  assert.equal(await settleLoneStarts(deps), 1);
  assert.deepEqual((await bench.leaves(unlock.reset)).at(-1), 'write.settled failure');
  assert.deepEqual(await staff.unlockAccount(unlock), { outcome: 'intent-expired' });
});
