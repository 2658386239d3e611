import assert from 'node:assert/strict';
import { createPublicKey, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { DELEGATION_TAG, delegationStatement, type TypedDelegation } from '#domain/delegation.ts';
import type { DecisionConfirmed } from '#domain/attestation.ts';
import { delegationsOf } from '#prisma/delegation-text.ts';
import { endedOf } from '#prisma/delegations.ts';
import { readStatement } from '#prisma/statement-text.ts';
import { SoftPasskey } from '#test/support/soft-passkey.ts';
import { assertionOf, begun, codes, decided, keyOf, PAGE, signature } from './keys.ts';
import { enrolled, identified, person, seal, useVerifier, type Enrolled, type OpenReset } from './world.ts';

const world = await useVerifier();
const approver = { groups: ['S-CS-Approvers'] };
const officers = { groups: ['S-CS-Security-Officers'] };
const DAY = 86_400_000;
const day = (count: number): string => new Date(Date.now() + count * DAY).toISOString();

const ines = await enrolled(world, person('ines', approver), 9);
const omar = await enrolled(world, person('omar', approver), 9);
const nadia = await enrolled(world, person('nadia', approver), 9);
const quentin = await enrolled(world, person('quentin', officers), 9);
const priya = await enrolled(world, person('priya', officers), 9);
const rosa = await enrolled(world, person('rosa', { protectedBy: 'Domain Admins', managerGuid: ines.guid, ...approver }), 9);
const keys = new Map(
  await Promise.all([ines, omar, nadia, quentin, priya, rosa].map(async (who) => [who.guid, await keyOf(world, who)] as const)),
);
const keyHeld = (who: Enrolled): SoftPasskey => keys.get(who.guid) ?? new SoftPasskey();

interface Made {
  typed?: Partial<TypedDelegation>;
  /** Confirmed with the authenticator rather than the key. */
  byCode?: boolean;
  signer?: Enrolled;
  signedAs?: Partial<TypedDelegation>;
  sealedFor?: string;
  page?: typeof PAGE;
}

/** Hands over as the console does; answers the delegation's id or the refusal. */
async function handOver(
  from: Enrolled,
  to: string,
  { typed, byCode, signer = from, signedAs, sealedFor, page }: Made = {},
): Promise<string> {
  const said: TypedDelegation = { to, groups: [], units: [], accounts: [], since: day(0), until: day(14), ...typed };
  const ceremony = await begun(world, from, 'delegation/make');
  const assertion = assertionOf(keyHeld(signer), delegationStatement(ceremony, { make: { ...said, ...signedAs } }), page, DELEGATION_TAG);
  const by = byCode ? { totp: (await codes(world, from)).totp } : { ceremony: ceremony.ceremony, assertion };
  const request = randomUUID();
  const sealed = await seal(world, 'delegation', request, { ...said, account: sealedFor ?? from.guid, by });
  const answer = await world.verifier.storeDelegation({ request, account: from.guid, sealed });
  return answer.outcome === 'done' ? answer.delegation : answer.code;
}

async function end(who: Enrolled, delegation: string): Promise<string> {
  const ceremony = await begun(world, who, 'delegation/end');
  const assertion = assertionOf(keyHeld(who), delegationStatement(ceremony, { end: delegation }), PAGE, DELEGATION_TAG);
  const request = randomUUID();
  const sealed = await seal(world, 'delegation-end', request, {
    account: who.guid,
    delegation,
    by: { ceremony: ceremony.ceremony, assertion },
  });
  const answer = await world.verifier.endDelegation({ request, account: who.guid, sealed });
  return answer.outcome === 'done' ? 'done' : answer.code;
}

async function asked(account = 'rosa'): Promise<OpenReset> {
  const reset = await identified(world, account);
  assert.deepEqual(await world.verifier.requestApprovals({ ...reset, account: reset.account ?? '' }), { outcome: 'requested' });
  return reset;
}

async function decide(reset: OpenReset, who: Enrolled, stage: number, delegation?: string, sealedAs: object = {}): Promise<string> {
  const of = { reset, approver: who, delegation, stage, decision: 'approve' as const, reason: 'ab'.repeat(32) };
  return decided(world, of, await signature(world, keyHeld(who), of), { sealedAs });
}

const startAnew = () => world.superuser.delegation.deleteMany();
const isId = (text: string) => /^[0-9a-f-]{36}$/.test(text);

test('a manager on leave hands over; the stand-in decides, and statement, leaf and signature say in whose place', async () => {
  await startAnew();
  const reset = await asked();
  assert.equal(await decide(reset, omar, 0), 'not-an-approver');
  const id = await handOver(ines, 'omar');
  assert.ok(isId(id), id);
  assert.equal(await decide(reset, omar, 0, id), 'approve', 'made while the request waited');
  assert.equal(await decide(reset, omar, 0, id), 'approve', 'asked again after a crash: attested once');

  const statements = await world.superuser.attestation.findMany({ where: { resetId: reset.reset, kind: 'decision' } });
  assert.equal(statements.length, 1);
  const [{ body, signature: signed }] = statements as [(typeof statements)[0]];
  const verifierKey = createPublicKey(world.deps.keys.signing);
  const said = readStatement(body, signed, verifierKey) as DecisionConfirmed;
  assert.deepEqual([said.person, said.onBehalfOf?.person, said.onBehalfOf?.delegation], [omar.guid, ines.guid, id]);
  const carried = delegationsOf([said], verifierKey).get(said.id);
  assert.deepEqual([carried?.from, carried?.to, carried?.scope, carried?.method], [ines.guid, omar.guid, 'all', 'passkey']);
  assert.deepEqual((JSON.parse(said.signed?.text ?? '') as { onBehalfOf: unknown }).onBehalfOf, { person: ines.guid, delegation: id });
  const leaf = await world.superuser.leaf.findFirstOrThrow({ where: { resetId: reset.reset, type: 'approval.decided' } });
  const { do: facts } = JSON.parse(leaf.body) as { do: Record<string, unknown> };
  assert.deepEqual([leaf.actor, facts['on_behalf_of'], facts['delegation']], [omar.guid, ines.guid, id]);

  assert.equal(await decide(reset, quentin, 1), 'approve', 'the second stage is another person’s, as ever');
});

test('a vote in the place of another uses up both, whoever of the two comes next', async () => {
  await startAnew();
  const fromInes = await handOver(ines, 'quentin');
  const toPriya = await handOver(priya, 'omar');
  const first = await asked();
  assert.equal(await decide(first, quentin, 0, fromInes), 'approve');
  assert.equal(await decide(first, quentin, 1), 'already-decided', 'the stand-in by themselves');
  assert.equal(await decide(first, priya, 1), 'approve');
  const second = await asked();
  assert.equal(await decide(second, ines, 0), 'approve', 'whoever handed over can still decide');
  assert.equal(await decide(second, quentin, 1, fromInes), 'decide-as-yourself');
  assert.equal(await decide(second, omar, 1, toPriya), 'approve');
});

test('what stands against a decision in the place of another is said, and leaves no statement', async () => {
  await startAnew();
  const reset = await asked();
  const toRosa = await handOver(ines, 'rosa');
  assert.equal(await decide(reset, rosa, 0, toRosa), 'own-account', 'the claimant as the stand-in of their own manager');
  const ofRosa = await handOver(rosa, 'omar');
  assert.equal(ofRosa, 'delegation-chain', 'what was handed to the claimant goes no further');
  assert.equal(await end(rosa, toRosa), 'done', 'whoever got it can decline it');
  const rosas = await handOver(rosa, 'omar');
  assert.equal(await decide(reset, omar, 0, rosas), 'delegator-conflict', 'the stand-in of the claimant');

  const narrow = await handOver(ines, 'nadia', { typed: { accounts: ['quentin'] } });
  assert.equal(await decide(reset, nadia, 0, narrow), 'delegation-over', 'about another account');
  const unit = await handOver(ines, 'nadia', { typed: { units: ['OU=Staff,DC=bank,DC=test'], groups: ['CS-Help-Desk'] } });
  assert.equal(await decide(reset, omar, 0, unit), 'delegation-over', 'somebody else’s');
  assert.equal(await decide(reset, nadia, 0, randomUUID()), 'delegation-over', 'one that never was');
  assert.equal(
    await decide(reset, nadia, 0, unit, { delegation: narrow }),
    'factor-not-accepted',
    'the worker names another than was sealed',
  );
  assert.equal(await decide(reset, nadia, 0, unit, { delegation: undefined }), 'factor-not-accepted');
  const weak = await handOver(ines, 'omar', { byCode: true });
  assert.equal(await decide(reset, omar, 0, weak), 'delegation-too-weak', 'handed over by a code, about an account that needs a key');

  const change = (who: Enrolled, facts: object) => world.directory.set(who.guid, { ...who, ...facts });
  change(ines, { locked: true });
  assert.equal(await decide(reset, nadia, 0, unit), 'delegator-not-now');
  change(ines, {});
  change(nadia, { enabled: false });
  assert.equal(await decide(reset, nadia, 0, unit), 'approver-not-active');
  change(nadia, {});
  const claim = { ordinal: 1, digest: '', pwdLastSetBefore: '0', controller: 'dc', state: 'verified', settledAt: new Date() };
  const own = await world.superuser.writeClaim.create({ data: { ...claim, resetId: randomUUID(), accountGuid: ines.guid } });
  assert.equal(await decide(reset, nadia, 0, unit), 'delegator-not-now', 'the one on leave was reset an hour ago');
  await world.superuser.writeClaim.deleteMany({ where: { resetId: own.resetId } });

  assert.equal(await world.superuser.attestation.count({ where: { resetId: reset.reset, kind: 'decision' } }), 0);
  assert.equal(await decide(reset, nadia, 0, unit), 'approve');
});

test('a delegation that was withdrawn counts no more from that moment, and nobody but the two of them ends it', async () => {
  await startAnew();
  const id = await handOver(ines, 'omar');
  const reset = await asked();
  assert.equal(await end(quentin, id), 'not-found');
  assert.equal(await end(ines, id), 'done');
  assert.equal(await decide(reset, omar, 0, id), 'delegation-over');
  assert.deepEqual([...(await endedOf(world.deps.db, [id, randomUUID()]))].length, 2, 'ended, and never there, are the same to a writer');
  const leaves = await world.superuser.leaf.findMany({ where: { type: 'delegation.withdrawn' }, orderBy: { seq: 'desc' }, take: 2 });
  assert.deepEqual(
    leaves.map(({ outcome, actor }) => [outcome, actor]),
    [
      ['success', ines.guid],
      ['denied', quentin.guid],
    ],
  );
});

test('a row that somebody wrote, moved or stretched by hand hands nothing over', async () => {
  await startAnew();
  const reset = await asked();
  const id = await handOver(ines, 'nadia', { typed: { until: day(1) } });
  const row = await world.superuser.delegation.findUniqueOrThrow({ where: { id } });
  const { scope: _, byOfficers: __, ...facts } = row;
  const forged: [string, object][] = [
    ['another stand-in', { toGuid: omar.guid }],
    ['another delegator', { fromGuid: quentin.guid, toGuid: omar.guid }],
    ['longer', { until: new Date(day(80)) }],
    ['wider', { scope: [{ account: rosa.guid }] }],
    ['as if by a key', { method: 'totp' }],
    ['under another id', {}],
  ];
  for (const [name, change] of forged) {
    const copy = { ...facts, scope: 'all', id: randomUUID(), ...change };
    await world.superuser.delegation.create({ data: copy });
    const who = copy.toGuid === omar.guid ? omar : nadia;
    assert.equal(await decide(reset, who, 0, copy.id), 'delegation-over', name);
  }
  await world.superuser.delegation.update({ where: { id }, data: { until: new Date(day(80)) } });
  assert.equal(await decide(reset, nadia, 0, id), 'delegation-over', 'the row itself, changed');
});

test('a delegation is made by its delegator alone, about what they signed, to somebody who can decide', async () => {
  await startAnew();
  assert.equal(await handOver(ines, 'omar', { signer: quentin }), 'passkey-not-accepted');
  assert.equal(await handOver(ines, 'omar', { signedAs: { to: 'nadia' } }), 'passkey-not-accepted', 'signed for somebody else');
  assert.equal(await handOver(ines, 'omar', { signedAs: { until: day(3) } }), 'passkey-not-accepted', 'signed for another time');
  assert.equal(await handOver(ines, 'omar', { page: { ...PAGE, origin: 'https://evil.test' } }), 'passkey-not-accepted');
  assert.equal(await handOver(ines, 'omar', { sealedFor: quentin.guid }), 'service-unavailable', 'the worker names another delegator');
  assert.equal(await handOver(ines, 'nobody-here'), 'delegate-not-found');
  assert.equal(await handOver(ines, 'ines'), 'delegation-to-self');
  assert.equal(await handOver(ines, 'omar', { typed: { groups: ['No-Such-Group'] } }), 'scope-not-found');
  assert.equal(await handOver(ines, 'omar', { typed: { units: ['OU=Nowhere,DC=bank,DC=test'] } }), 'scope-not-found');
  assert.equal(await handOver(ines, 'omar', { typed: { accounts: ['omar'] } }), 'delegation-about-delegate');
  assert.equal(await handOver(ines, 'omar', { typed: { until: day(91) } }), 'delegation-too-long');
  await enrolled(world, person('teller'));
  assert.equal(await handOver(ines, 'teller'), 'delegate-cannot-decide');
  const clerk = await enrolled(world, person('clerk', { groups: ['S-CS-Help-Desk'] }));
  assert.equal(await handOver(clerk, 'omar', { byCode: true }), 'role-needed', 'who decides nothing hands nothing over');
  assert.equal(await world.superuser.delegation.count(), 0);
  const refused = await world.superuser.leaf.count({ where: { type: 'delegation.refused' } });
  assert.ok(refused >= 13, `${refused} refusals are on record`);
});

test('two who hand over to each other at the same moment: one of them does, whichever it is', async () => {
  for (let round = 0; round < 5; round++) {
    await startAnew();
    const answers = await Promise.all([handOver(ines, 'omar'), handOver(omar, 'ines')]);
    assert.equal(answers.filter(isId).length, 1, answers.join(' '));
    assert.ok(answers.some((answer) => answer === 'delegate-is-away' || answer === 'delegation-chain'));
  }
});
