import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import type { Halt } from '#domain/halt.ts';
import { haltNow } from '#prisma/joint-acts.ts';
import { codeNow, enrolled, factor, identified, person, prove, seal, useVerifier, type Enrolled } from './world.ts';

const world = await useVerifier();
const groups = ['S-CS-Security-Officers'];
const priya = await enrolled(world, person('priya', { groups, employeeId: '1013' }));
const other = await enrolled(world, person('priya-adm', { groups, employeeId: '1013' }));
const quentin = await enrolled(world, person('quentin', { groups }));
const ines = await enrolled(world, person('ines', { groups: ['S-CS-Approvers'] }));
const alice = await enrolled(world, person('alice'), 10);
const rosa = await enrolled(world, person('rosa', { protectedBy: 'Domain Admins' }), 10);

const now = (): Promise<Halt> => haltNow(world.superuser, world.deps.keys.checking);

/** A code counts once: from here on it is as if half a minute had passed. */
async function afresh(): Promise<void> {
  await world.superuser.burn.deleteMany({ where: { NOT: { consumed: null } } });
  await world.superuser.totp.updateMany({ data: { lastStep: null } });
}
beforeEach(afresh);

interface How {
  act?: string;
  request?: string;
  typed?: string;
  sealedAs?: object;
}

async function act(deed: 'propose' | 'confirm', officer: Enrolled, halts: Halt, how: How = {}): Promise<{ act: string; said: string }> {
  const request = how.request ?? randomUUID();
  const id = how.act ?? request;
  const reason = 'ab'.repeat(32);
  const value = { value: how.typed ?? codeNow(officer), deed, act: id, halts, officer: officer.guid, reason, ...how.sealedAs };
  const asked = { request, act: id, halts, officer: officer.guid, reason, sealed: await seal(world, 'joint-act', request, value) };
  const answer = await (deed === 'propose' ? world.verifier.proposeJointAct(asked) : world.verifier.confirmJointAct(asked));
  return { act: id, said: answer.outcome === 'done' ? 'done' : answer.code };
}

/** Two officers do it together. */
async function together(halts: Halt): Promise<string> {
  await afresh();
  const proposed = await act('propose', priya, halts);
  assert.equal(proposed.said, 'done');
  assert.equal((await act('confirm', quentin, halts, { act: proposed.act })).said, 'done');
  await afresh();
  return proposed.act;
}

test('one officer proposes and another confirms: only then it stands, and two lift it the same way', async () => {
  const request = randomUUID();
  const code = codeNow(priya);
  assert.equal((await act('propose', priya, 'privileged', { request, typed: code })).said, 'done');
  assert.equal((await act('propose', priya, 'privileged', { request, typed: code })).said, 'done', 'a retry learns the same');
  assert.equal(await world.superuser.jointAct.count({ where: { id: request } }), 1);
  assert.equal(await now(), 'nothing', 'one officer stops nothing');
  assert.equal((await act('confirm', quentin, 'privileged', { act: request })).said, 'done');
  assert.equal(await now(), 'privileged');
  assert.equal((await act('confirm', quentin, 'privileged', { act: request, typed: codeNow(quentin, 1) })).said, 'joint-act-closed');
  const types = (await world.superuser.leaf.findMany({ where: { type: { startsWith: 'joint-act' } }, orderBy: { seq: 'asc' } })).map(
    ({ type }) => type,
  );
  assert.deepEqual(types, ['joint-act.proposed', 'joint-act.confirmed', 'joint-act.refused']);
  await together('nothing');
  assert.equal(await now(), 'nothing');
});

test('never one person by two accounts, somebody who is no officer, one who cools off, or after the time', async () => {
  assert.equal((await act('propose', ines, 'all')).said, 'officer-needed');
  const proposed = await act('propose', priya, 'all');
  assert.equal(proposed.said, 'done');
  const confirm = async (who: Enrolled, how: How = {}, halts: Halt = 'all') =>
    (await act('confirm', who, halts, { act: proposed.act, ...how })).said;
  assert.equal(await confirm(priya, { typed: codeNow(priya, 1) }), 'second-officer-needed');
  assert.equal(await confirm(other), 'second-officer-needed', 'the same person by another account');
  assert.equal(await confirm(ines), 'officer-needed');
  assert.equal(await confirm(quentin, { typed: codeNow(priya, 1) }), 'factor-not-accepted');
  assert.equal(await confirm(quentin, {}, 'privileged'), 'joint-act-closed', 'what was shown is not what was proposed');
  for (const lie of [{ halts: 'nothing' }, { deed: 'propose' }, { officer: priya.guid }, { act: randomUUID() }])
    assert.equal(await confirm(quentin, { sealedAs: lie }), 'factor-not-accepted', 'sealed as something else');

  const claim = { ordinal: 1, accountGuid: quentin.guid, digest: 'x', pwdLastSetBefore: '1', controller: 'dc1', state: 'verified' };
  const { resetId } = await world.superuser.writeClaim.create({ data: { ...claim, resetId: randomUUID() } });
  assert.equal(await confirm(quentin), 'recently-reset');
  await world.superuser.writeClaim.deleteMany({ where: { resetId } });
  world.directory.set(priya.guid, { ...priya, enabled: false });
  assert.equal(await confirm(quentin), 'joint-act-closed', 'whoever proposed it is no officer any more');
  world.directory.set(priya.guid, priya);
  assert.equal(await now(), 'nothing');

  const { proposal } = await world.superuser.jointAct.findUniqueOrThrow({ where: { id: proposed.act } });
  await world.superuser.jointAct.update({ where: { id: proposed.act }, data: { proposal: proposal.replace('"all"', '"nothing"') } });
  assert.equal(await confirm(quentin, {}, 'nothing'), 'joint-act-closed', 'a proposal that was changed by hand is none');
  await world.superuser.jointAct.update({ where: { id: proposed.act }, data: { proposal } });
  assert.equal(await confirm(quentin), 'done');
  assert.equal(await now(), 'all');
  await together('nothing');
});

test('rows that were written or changed by hand neither halt nor lift', async () => {
  const id = await together('all');
  const row = await world.superuser.jointAct.findUniqueOrThrow({ where: { id } });
  const later = (row.body ?? '').replaceAll('"all"', '"nothing"');
  await world.superuser.jointAct.create({ data: { ...row, id: randomUUID(), subject: 'nothing', body: later } });
  assert.equal(await now(), 'all', 'a text that the verifier did not sign lifts nothing');
  // The proposal of a lifting, signed as it is, is no act.
  const proposed = await act('propose', priya, 'nothing', { typed: codeNow(priya) });
  const half = await world.superuser.jointAct.findUniqueOrThrow({ where: { id: proposed.act } });
  await world.superuser.jointAct.update({
    where: { id: proposed.act },
    data: { state: 'confirmed', body: half.proposal, signature: half.proposalSignature },
  });
  assert.equal(await now(), 'all');
  await together('nothing');
  const forged = { ...row, id: randomUUID(), body: (row.body ?? '').replace(/"at":"\d{4}/g, '"at":"2099') };
  await world.superuser.jointAct.create({ data: forged });
  assert.equal(await now(), 'nothing', 'nor does one halt');
});

test('while it stands the claimant is stopped behind proof and factor, by the class of the account', async () => {
  const stopped = async (who: Enrolled, code: string): Promise<boolean> => {
    const reset = await identified(world, who.samAccountName);
    assert.equal(await prove(world, reset, code), 'passed');
    const sealed = await seal(world, 'factor', reset.reset, { method: 'totp', value: codeNow(who) });
    const checked = await world.verifier.checkFactor({ ...reset, updateId: randomUUID(), purpose: 'reset', sealed });
    assert.equal(checked.outcome, 'passed');
    return checked.outcome === 'passed' && checked.stopped === true;
  };
  await together('privileged');
  assert.deepEqual([await stopped(rosa, rosa.recoveryCodes[0]!), await stopped(alice, alice.recoveryCodes[0]!)], [true, false]);
  await together('all');
  assert.deepEqual([await stopped(rosa, rosa.recoveryCodes[1]!), await stopped(alice, alice.recoveryCodes[1]!)], [true, true]);
  const guessed = await identified(world, 'alice');
  assert.equal(await factor(world, guessed, '000000'), 'failed', 'whoever has not shown who they are learns nothing');
  await together('nothing');
  assert.deepEqual([await stopped(rosa, rosa.recoveryCodes[2]!), await stopped(alice, alice.recoveryCodes[2]!)], [false, false]);
});
