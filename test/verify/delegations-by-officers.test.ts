import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { DecisionConfirmed } from '#domain/attestation.ts';
import { DELEGATION_TAG, delegationStatement, type ForAnother } from '#domain/delegation.ts';
import { delegationsOf } from '#prisma/delegation-text.ts';
import { readStatement } from '#prisma/statement-text.ts';
import { assertionOf, begun, decided, keyOf, PAGE, signature } from './keys.ts';
import { bent, confirm, officerOf, propose, type How, type Officer } from './officers.ts';
import { enrolled, identified, person, seal, useVerifier, type OpenReset } from './world.ts';

const world = await useVerifier();
const approver = { groups: ['S-CS-Approvers'] };
const DAY = 86_400_000;
const day = (count: number): string => new Date(Date.now() + count * DAY).toISOString();

const ines: Officer = await withKey('ines', approver);
const omar: Officer = await withKey('omar', approver);
const priya = await officerOf(world, 'priya', { employeeId: '1013', managerGuid: ines.guid, protectedBy: 'Domain Admins' });
const other = await officerOf(world, 'priya-adm', { employeeId: '1013' });
const quentin = await officerOf(world, 'quentin');
const nadia = await officerOf(world, 'nadia');
await enrolled(world, person('rosa', { protectedBy: 'Domain Admins', managerGuid: ines.guid }), 9);

async function withKey(name: string, facts: object): Promise<Officer> {
  const who = await enrolled(world, person(name, facts), 9);
  return { ...who, key: await keyOf(world, who) };
}

const leave = (more: Partial<ForAnother> = {}): { delegate: ForAnother } => ({
  delegate: { from: 'ines', to: 'omar', groups: [], units: [], accounts: [], since: day(0), until: day(14), ...more },
});

/** Proposed by one and confirmed by another; answers the delegation's id, or why not. */
async function made(more: Partial<ForAnother> = {}, [one, two]: readonly [Officer, Officer] = [priya, quentin]): Promise<string> {
  const deed = leave(more);
  const { act, said } = await propose(world, one, deed);
  if (said !== 'done') return said;
  const confirmed = await confirm(world, two, act, deed);
  if (confirmed !== 'done') return confirmed;
  return (await world.superuser.delegation.findFirstOrThrow({ where: { byOfficers: { path: ['act'], equals: act } } })).id;
}

async function asked(account = 'rosa'): Promise<OpenReset> {
  const reset = await identified(world, account);
  assert.deepEqual(await world.verifier.requestApprovals({ ...reset, account: reset.account ?? '' }), { outcome: 'requested' });
  return reset;
}

async function decide(reset: OpenReset, who: Officer, stage: number, delegation?: string): Promise<string> {
  const of = { reset, approver: who, delegation, stage, decision: 'approve' as const, reason: 'ab'.repeat(32) };
  return decided(world, of, await signature(world, who.key, of));
}

const startAnew = () => world.superuser.delegation.deleteMany();

test('two officers hand over for a manager who cannot: the stand-in decides, and everything says who made it so', async () => {
  const reset = await asked();
  const id = await made();
  assert.match(id, /^[0-9a-f-]{36}$/);
  const row = await world.superuser.delegation.findUniqueOrThrow({ where: { id } });
  assert.deepEqual([row.fromGuid, row.toGuid, row.method, row.officerNames], [ines.guid, omar.guid, 'passkey', ['priya', 'quentin']]);
  assert.equal(await decide(reset, omar, 0, id), 'approve', 'what he signed says that two officers made it, and who');

  const kept = await world.superuser.attestation.findFirstOrThrow({ where: { resetId: reset.reset, kind: 'decision' } });
  const said = readStatement(kept.body, kept.signature, world.deps.keys.checking) as DecisionConfirmed;
  const carried = delegationsOf([said], world.deps.keys.checking, world.deps.relyingParty).get(said.id);
  assert.deepEqual([carried?.byOfficers?.proposed.person, carried?.byOfficers?.confirmed.person], [priya.guid, quentin.guid]);
  const elsewhere = { id: 'console.evil', origins: ['https://console.evil'] };
  assert.equal(delegationsOf([said], world.deps.keys.checking, elsewhere).size, 0, 'their keys are judged too');
  const leaf = await world.superuser.leaf.findFirstOrThrow({ where: { type: 'joint-act.confirmed' } });
  const { do: facts } = JSON.parse(leaf.body) as { do: Record<string, unknown> };
  assert.deepEqual([facts['kind'], facts['delegation'], facts['from'], facts['to']], ['delegation', id, ines.guid, omar.guid]);
  assert.equal(await decide(reset, quentin, 1), 'approve', 'an officer who made it is not used up by that');
});

test('the delegator, whose own hand was not in it, ends it, and from that moment it counts no more', async () => {
  await startAnew();
  const id = await made();
  const reset = await asked();
  const ceremony = await begun(world, ines, 'delegation/end');
  const assertion = assertionOf(ines.key, delegationStatement(ceremony, { end: id }), PAGE, DELEGATION_TAG);
  const request = randomUUID();
  const value = { account: ines.guid, delegation: id, by: { ceremony: ceremony.ceremony, assertion } };
  const sealed = await seal(world, 'delegation-end', request, value);
  assert.deepEqual(await world.verifier.endDelegation({ request, account: ines.guid, sealed }), { outcome: 'done', delegation: id });
  assert.equal(await decide(reset, omar, 0, id), 'delegation-over');
});

test('never by or for themselves, whichever of their accounts, and by the rules of every delegation', async () => {
  await startAnew();
  const refused: [string, Partial<ForAnother>][] = [
    ['officer-is-delegator', { from: 'priya' }],
    ['officer-is-delegator', { from: 'priya-adm' }],
    ['officer-is-delegate', { to: 'priya' }],
    ['officer-is-delegate', { to: 'quentin' }],
    ['officer-is-delegator', { from: 'quentin' }],
    ['officer-is-claimant', { accounts: ['priya'] }],
    ['delegator-not-found', { from: 'nobody-here' }],
    ['delegator-cannot-decide', { from: 'rosa' }],
    ['delegate-not-found', { to: 'nobody-here' }],
    ['delegate-cannot-decide', { to: 'rosa' }],
    ['delegation-to-self', { to: 'ines' }],
    ['delegation-dates', { until: day(-1) }],
    ['delegation-too-long', { until: day(91) }],
    ['scope-not-found', { groups: ['No-Such-Group'] }],
    ['delegation-about-delegate', { accounts: ['omar'] }],
  ];
  for (const [code, more] of refused) assert.equal(await made(more), code, JSON.stringify(more));
  assert.equal(await made({}, [priya, other]), 'second-officer-needed', 'one person by two accounts');
  const running = await made();
  assert.match(running, /^[0-9a-f-]{36}$/);
  assert.equal(await made({ from: 'omar', to: 'nadia' }), 'delegation-chain');
  assert.equal(await made({ from: 'nadia', to: 'ines' }), 'delegate-is-away');
  assert.equal(await world.superuser.delegation.count(), 1);
});

test('both keys are needed; signatures over other names, another act or another meaning are refused and use up nothing', async () => {
  await startAnew();
  const deed = leave();
  assert.equal((await propose(world, priya, deed, { code: true })).said, 'keys-of-both-needed');
  const { act, said } = await propose(world, priya, deed);
  assert.equal(said, 'done');
  assert.equal(await confirm(world, quentin, act, deed, { code: true }), 'keys-of-both-needed');
  const ceremony = await begun(world, quentin, `joint-act/confirm/${act}`);
  const tries = (how: How, shown = deed) => confirm(world, quentin, act, shown, { ceremony, ...how });
  assert.equal(await tries({}, leave({ to: 'nadia' })), 'joint-act-closed', 'shown something else than was proposed');
  assert.equal(await tries({}, { delegate: { ...deed.delegate, until: day(3) } }), 'joint-act-closed');
  assert.equal(await tries(bent({ deed: deed as never })), 'passkey-not-accepted', 'without whom the names mean');
  assert.equal(await tries(bent({ act: randomUUID() })), 'passkey-not-accepted');
  assert.equal(await tries({ signer: priya }), 'passkey-not-accepted');
  quentin.key.flags.userVerified = false;
  assert.equal(await tries({}), 'passkey-not-verified');
  quentin.key.flags.userVerified = true;
  const renamed = { ...omar, samAccountName: 'omar.b' };
  world.directory.set(omar.guid, renamed);
  const impostor = person('omar', approver);
  world.directory.set(impostor.guid, impostor);
  assert.equal(await tries({}), 'joint-act-closed', 'the name means somebody else by now');
  world.directory.delete(impostor.guid);
  world.directory.set(omar.guid, omar);
  assert.equal(await tries({}), 'done');
  assert.equal(await world.superuser.delegation.count(), 1);
});

test('an officer who made it does not get their own account decided under it, nor by any row that somebody changed', async () => {
  await startAnew();
  const id = await made();
  const own = await asked('priya');
  assert.equal(await decide(own, omar, 0, id), 'made-for-oneself', 'she chose who decides about her');
  await startAnew();
  const others = await made({}, [nadia, quentin]);
  const again = await asked('priya');
  const row = await world.superuser.delegation.findUniqueOrThrow({ where: { id: others } });
  await world.superuser.$executeRaw`UPDATE delegation SET by_officers = NULL WHERE id = ${others}::uuid`;
  assert.equal(await decide(again, omar, 0, others), 'delegation-over', 'said to be an ordinary one');
  await world.superuser.delegation.update({ where: { id: others }, data: { byOfficers: row.byOfficers as object } });
  assert.equal(await decide(again, omar, 0, others), 'approve', 'made by two others');
});

test('a proposal that somebody else signed, or nobody, is none', async () => {
  const { act } = await propose(world, priya, leave());
  const { proposal } = await world.superuser.jointAct.findUniqueOrThrow({ where: { id: act } });
  const { signStatement } = await import('#evidence/attestation.ts');
  const forged = signStatement(JSON.parse(proposal) as never, generateKeyPairSync('ed25519').privateKey);
  await world.superuser.jointAct.update({ where: { id: act }, data: { proposalSignature: new Uint8Array(forged.signature) } });
  assert.equal(await confirm(world, quentin, act, leave()), 'joint-act-closed');
});
