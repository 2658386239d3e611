import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoPolicyFile } from '#ops/setup/policy.ts';
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { loadPolicy } from '#prisma/policies.ts';
import { codeNow, enrolled, factor, identified, person, prove, useVerifier, type Enrolled, type OpenReset } from './world.ts';
import { decided, keyOf, signature, type Deciding } from './keys.ts';
import { hexSha256 } from '#test/support/soft-passkey.ts';
import { edited } from '#test/support/policies.ts';

const world = await useVerifier();
const officers = ['S-CS-Security-Officers'];
const ines = await enrolled(world, person('ines', { groups: ['S-CS-Approvers'] }), 9);
const quentin = await enrolled(world, person('quentin', { groups: officers }), 9);
await enrolled(world, person('priya', { groups: officers }));
const alice = await enrolled(world, person('alice', { managerGuid: ines.guid, displayName: 'Alice Moreau' }), 9);
const samir = await enrolled(world, person('samir', { protectedBy: 'Domain Admins', managerGuid: ines.guid }), 9);

/** A reset that was proven, as the worker's rows say it ended. */
async function ended(who: Enrolled, row: object, claims: string[] = [], proven = true): Promise<OpenReset> {
  const reset = await identified(world, who.samAccountName);
  if (proven) {
    assert.equal(await prove(world, reset, who.recoveryCodes.pop() ?? ''), 'passed');
    await world.superuser.totp.updateMany({ data: { lastStep: null } });
    await world.superuser.burn.deleteMany({ where: { consumed: { startsWith: 'totp' } } });
    assert.equal(await factor(world, reset, codeNow(who)), 'passed');
  }
  await world.superuser.reset.update({ where: { id: reset.reset }, data: { runId: reset.run, ...row } });
  await world.superuser.telling.create({ data: { resetId: reset.reset, moment: 'ended' } });
  for (const [ordinal, state] of claims.entries()) {
    const facts = { digest: randomUUID(), pwdLastSetBefore: '1', controller: 'dc1', accountGuid: who.guid, ordinal, state };
    await world.superuser.writeClaim.create({ data: { ...facts, resetId: reset.reset } });
  }
  return reset;
}

const tell = ({ reset }: OpenReset, moment: 'requested' | 'ended' = 'ended') => world.verifier.tell({ reset, moment });
async function toldOf({ reset }: OpenReset): Promise<Record<string, string>> {
  const names = new Map([...world.directory.values()].map((one) => [one.guid, one.samAccountName]));
  const rows = await world.superuser.message.findMany({ where: { resetId: reset }, orderBy: { person: 'asc' } });
  return Object.fromEntries(rows.map(({ person: guid, outcome, toldBy }) => [names.get(guid) ?? guid, `${outcome} ${toldBy.join(',')}`]));
}

test('an ordinary change is told to the holder and to the manager, once each, however often and at once it is asked', async () => {
  const reset = await ended(alice, { state: 'done' }, ['password-refused', 'verified']);
  const answers = await Promise.all([tell(reset), tell(reset), tell(reset)]);
  assert.equal(
    answers.reduce((sum, answer) => sum + (answer.outcome === 'told' ? answer.people : 0), 0),
    2,
  );
  assert.deepEqual(await toldOf(reset), { alice: 'changed holder', ines: 'changed manager' });
  assert.deepEqual(await tell(reset), { outcome: 'told', people: 0 });
  const leaves = await world.superuser.leaf.findMany({ where: { resetId: reset.reset, type: 'message.sent' }, orderBy: { seq: 'asc' } });
  assert.equal(leaves.length, 2);
  const bodies = leaves.map(
    ({ body }) => JSON.parse(body) as { outcome: string; reason?: string; do: { to: { sid: string }; channel: string } },
  );
  assert.deepEqual(
    bodies.map(({ outcome, reason, do: { to, channel } }) => [to.sid, channel, outcome, reason]),
    [
      [alice.sid, 'console', 'failure', 'no-console-role'],
      [ines.sid, 'console', 'success', undefined],
    ],
    'by SID, and what she cannot see is not called told',
  );
  assert.ok(
    leaves.every(({ body }) => !body.includes('Moreau')),
    'no name',
  );
  assert.notEqual((await world.superuser.telling.findFirstOrThrow({ where: { resetId: reset.reset } })).doneAt, null);
});

test('of a protected account the officers are told too; the holder at every account of theirs, and as nobody else', async () => {
  const second = person('samir.plain', { employeeId: samir.employeeId ?? '', groups: officers });
  world.directory.set(second.guid, second);
  const reset = await ended(samir, { state: 'done' }, ['applied']);
  await tell(reset);
  assert.deepEqual(await toldOf(reset), {
    samir: 'changed holder',
    'samir.plain': 'changed holder',
    priya: 'changed security-officers',
    quentin: 'changed security-officers',
  });
  world.directory.delete(second.guid);
});

test('a veto is told to whoever decided and to the officers', async () => {
  const reset = await ended(samir, { state: 'refused', refusal: 'approval-denied' });
  assert.equal((await world.verifier.requestApprovals({ ...reset, account: samir.guid })).outcome, 'requested');
  const of: Deciding = { reset, approver: ines, stage: 0, decision: 'deny', reason: hexSha256(Buffer.from('no')) };
  assert.equal(await decided(world, of, await signature(world, await keyOf(world, ines), of)), 'deny');
  await tell(reset);
  assert.deepEqual(await toldOf(reset), {
    samir: 'denied holder',
    ines: 'denied approvers',
    priya: 'denied security-officers',
    quentin: 'denied security-officers',
  });
});

test('a worker that says the reset was refused hides no change, and one that the writer has not settled is told later', async () => {
  const hidden = await ended(alice, { state: 'refused', refusal: 'approval-denied' }, ['verified']);
  await tell(hidden);
  assert.equal((await toldOf(hidden))['alice'], 'changed holder');
  const open = await ended(alice, { state: 'expired', refusal: 'reset-expired' }, ['claimed']);
  assert.deepEqual(await tell(open), { outcome: 'unsettled' });
  assert.deepEqual(await toldOf(open), {});
  await world.superuser.writeClaim.updateMany({ where: { resetId: open.reset }, data: { state: 'unknown' } });
  await tell(open);
  assert.deepEqual(await toldOf(open), { alice: 'perhaps-changed holder', ines: 'perhaps-changed manager' });
});

test('of a reset that nobody proved nobody is told, whatever the worker asks', async () => {
  const reset = await ended(samir, { state: 'expired', refusal: 'reset-expired' }, [], false);
  assert.deepEqual(await tell(reset), { outcome: 'told', people: 0 });
  assert.deepEqual(await toldOf(reset), {});
  const nobody = await identified(world, 'nobody.at.all');
  assert.deepEqual(await tell(nobody), { outcome: 'told', people: 0 });
});

test('people are those of the moment when they are told, under the policy that the reset froze', async () => {
  const reset = await ended(alice, { state: 'done' }, ['applied']);
  await world.superuser.$transaction((tx) =>
    loadPolicy(
      tx,
      edited(readFileSync(demoPolicyFile, 'utf8'), ['{ relation: manager }\n', '[]\n'], ['changed: []', 'unchanged: holder']),
      {
        type: 'operator',
        uid: '0',
      },
    ),
  );
  world.directory.set(alice.guid, { ...alice, managerGuid: quentin.guid });
  await tell(reset);
  assert.deepEqual(await toldOf(reset), { alice: 'changed holder', quentin: 'changed manager' });
});
