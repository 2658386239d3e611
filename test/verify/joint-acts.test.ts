import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Halt } from '#domain/halt.ts';
import { readHalt } from '#prisma/joint-act-text.ts';
import { haltNow } from '#prisma/joint-acts.ts';
import { assertionOf, begun, PAGE } from './keys.ts';
import { bent, confirm, officerOf, propose, type How, type Officer } from './officers.ts';
import { codeNow, enrolled, factor, identified, person, prove, seal, useVerifier, type Enrolled } from './world.ts';

const world = await useVerifier();
const priya = await officerOf(world, 'priya', { employeeId: '1013' });
const other = await officerOf(world, 'priya-adm', { employeeId: '1013' });
const quentin = await officerOf(world, 'quentin');
const ines = await enrolled(world, person('ines', { groups: ['S-CS-Approvers'] }));
const alice = await enrolled(world, person('alice'), 10);
const rosa = await enrolled(world, person('rosa', { protectedBy: 'Domain Admins' }), 10);

const now = (): Promise<Halt> => haltNow(world.superuser, world.deps.keys.checking);
const proposed = (who: Enrolled, halts: Halt, how?: How) => propose(world, who, { halts }, how);
const confirmed = (who: Enrolled, act: string, halts: Halt, how?: How) => confirm(world, who, act, { halts }, how);

/** Two officers do it together, each with their key or a code. */
async function together(halts: Halt, how: How = {}): Promise<string> {
  const { act, said } = await proposed(priya, halts, how);
  assert.equal(said, 'done');
  assert.equal(await confirmed(quentin, act, halts, how), 'done');
  return act;
}

test('one officer proposes and another confirms, each signing with their key: only then it stands, and two lift it the same way', async () => {
  const request = randomUUID();
  const ceremony = await begun(world, priya, 'joint-act/propose');
  const first = await proposed(priya, 'privileged', { request, ceremony });
  assert.deepEqual(first, { act: ceremony.ceremony, said: 'done' }, 'the ceremony is the act');
  assert.deepEqual(await proposed(priya, 'privileged', { request, ceremony }), first, 'a retry learns the same');
  assert.equal(await world.superuser.jointAct.count(), 1);
  assert.equal(await now(), 'nothing', 'one officer stops nothing');
  assert.equal(await confirmed(quentin, first.act, 'privileged'), 'done');
  assert.equal(await now(), 'privileged');
  assert.equal(await confirmed(quentin, first.act, 'privileged'), 'joint-act-closed');
  const leaves = await world.superuser.leaf.findMany({ where: { type: { startsWith: 'joint-act' } }, orderBy: { seq: 'asc' } });
  assert.deepEqual(
    leaves.map(({ type }) => type),
    ['joint-act.proposed', 'joint-act.confirmed', 'joint-act.refused'],
  );
  const { body, signature } = await world.superuser.jointAct.findUniqueOrThrow({ where: { id: first.act } });
  const kept = readHalt(body ?? '', signature ?? new Uint8Array(), world.deps.keys.checking);
  assert.deepEqual([kept?.by, kept?.proposed.person, kept?.confirmed.person], ['keys', priya.guid, quentin.guid]);
  await together('nothing');
  assert.equal(await now(), 'nothing');
});

test('an officer whose key is not at hand stops with a code, and lifts nothing with one, nor does anybody with what was proposed so', async () => {
  await together('privileged', { code: true });
  assert.equal(await now(), 'privileged');
  assert.equal((await proposed(priya, 'nothing', { code: true })).said, 'keys-of-both-needed');
  const more = await proposed(priya, 'all', { code: true });
  assert.equal(more.said, 'done', 'what halts more');
  const less = await proposed(quentin, 'privileged', { code: true });
  assert.equal(less.said, 'done', 'it halts no less than what stands at this moment');
  assert.equal(await confirmed(quentin, more.act, 'all', { code: true }), 'done');
  assert.equal(await confirmed(priya, less.act, 'privileged'), 'keys-of-both-needed', 'now it would lift a part');
  const byKey = await proposed(priya, 'privileged');
  assert.equal(await confirmed(quentin, byKey.act, 'privileged', { code: true }), 'keys-of-both-needed');
  assert.equal(await now(), 'all');
  assert.equal(await confirmed(quentin, byKey.act, 'privileged'), 'done');
  assert.equal(await now(), 'privileged');
  await together('nothing');
});

test('never one person by two accounts, somebody who is no officer, one who cools off, or after the time', async () => {
  assert.equal((await proposed(ines, 'all', { code: true })).said, 'officer-needed');
  const { act, said } = await proposed(priya, 'all');
  assert.equal(said, 'done');
  const tries = (who: Enrolled, how: How = {}, halts: Halt = 'all') => confirmed(who, act, halts, how);
  assert.equal(await tries(priya), 'second-officer-needed');
  assert.equal(await tries(other), 'second-officer-needed', 'the same person by another account');
  assert.equal(await tries(ines, { code: true }), 'officer-needed');
  assert.equal(await tries(quentin, { code: codeNow(priya, 1) }), 'factor-not-accepted');
  assert.equal(await tries(quentin, {}, 'privileged'), 'joint-act-closed', 'what was shown is not what was proposed');

  const claim = { ordinal: 1, accountGuid: quentin.guid, digest: 'x', pwdLastSetBefore: '1', controller: 'dc1', state: 'verified' };
  const { resetId } = await world.superuser.writeClaim.create({ data: { ...claim, resetId: randomUUID() } });
  assert.equal(await tries(quentin), 'recently-reset');
  await world.superuser.writeClaim.deleteMany({ where: { resetId } });
  world.directory.set(priya.guid, { ...priya, enabled: false });
  assert.equal(await tries(quentin), 'joint-act-closed', 'whoever proposed it is no officer any more');
  world.directory.set(priya.guid, priya);
  assert.equal(await now(), 'nothing');

  const { proposal } = await world.superuser.jointAct.findUniqueOrThrow({ where: { id: act } });
  await world.superuser.jointAct.update({ where: { id: act }, data: { proposal: proposal.replaceAll('"all"', '"nothing"') } });
  assert.equal(await tries(quentin, {}, 'nothing'), 'joint-act-closed', 'a proposal that was changed by hand is none');
  await world.superuser.jointAct.update({ where: { id: act }, data: { proposal } });
  assert.equal(await tries(quentin), 'done');
  await together('nothing');
});

test('a signature that was replayed, transplanted, made elsewhere or without a check of its owner is refused, and uses up nothing', async () => {
  const { act } = await proposed(priya, 'all');
  const ceremony = await begun(world, quentin, `joint-act/confirm/${act}`);
  const tries = (how: How, who: Officer = quentin) => confirmed(who, act, 'all', { ceremony, ...how });
  const lies: [string, How][] = [
    ['another deed', bent({ deed: { halts: 'nothing' } })],
    ['another act', bent({ act: randomUUID() })],
    ['another proposer', bent({ proposer: quentin.guid })],
    ['another reason', bent({ reason: 'cd'.repeat(32) })],
    ['a proposal of his own', bent({ type: 'officer/propose' })],
    ['the key of somebody else', { signer: priya }],
    ['a page of somebody else', { page: { ...PAGE, origin: 'https://evil.test' } }],
  ];
  for (const [what, how] of lies) assert.equal(await tries(how), 'passkey-not-accepted', what);
  quentin.key.flags.userVerified = false;
  assert.equal(await tries({}), 'passkey-not-verified');
  quentin.key.flags.userVerified = true;
  for (const lie of [{ deed: 'propose' }, { account: priya.guid }])
    assert.equal(await tries({ sealedAs: lie }), 'service-unavailable', 'sealed as something else');
  const elsewhere = await proposed(quentin, 'all');
  const assertion = assertionOf(quentin.key, {}, PAGE);
  assert.equal(
    await tries({ sealedAs: { by: { ceremony: elsewhere.act, assertion } } }),
    'ceremony-over',
    'the ceremony of his own proposal',
  );
  assert.equal(await now(), 'nothing');
  assert.equal(await tries({}), 'done', 'the same ceremony still counts');
  await together('nothing');
  const again = await proposed(priya, 'all');
  assert.equal(await confirmed(quentin, again.act, 'all', { ceremony }), 'ceremony-over', 'what was signed before is signed for that');
});

test('rows that were written or changed by hand neither halt nor lift', async () => {
  const id = await together('all');
  const { shown: _, ...row } = await world.superuser.jointAct.findUniqueOrThrow({ where: { id } });
  const later = (row.body ?? '').replaceAll('"all"', '"nothing"');
  await world.superuser.jointAct.create({ data: { ...row, id: randomUUID(), subject: 'nothing', body: later } });
  assert.equal(await now(), 'all', 'a text that the verifier did not sign lifts nothing');
  // The proposal of a lifting, signed as it is, is no act.
  const lift = await proposed(priya, 'nothing');
  const half = await world.superuser.jointAct.findUniqueOrThrow({ where: { id: lift.act } });
  await world.superuser.jointAct.update({
    where: { id: lift.act },
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
    await world.superuser.burn.deleteMany({ where: { consumed: { startsWith: 'totp:' } } });
    await world.superuser.totp.updateMany({ data: { lastStep: null } });
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
