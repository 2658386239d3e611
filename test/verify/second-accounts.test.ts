import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { codeFromBytes } from '#domain/codes.ts';
import { whyNotDelegate } from '#domain/delegation.ts';
import { decided, keyOf, signature } from './keys.ts';
import { enrolled, identified, person, seal, useVerifier, type Enrolled, type OpenReset } from './world.ts';

/** Whose second account it is stands in an attribute that the policy names: each scene is about who can gain by it. */
const world = await useVerifier();
const groups = ['S-CS-Security-Officers'];
const ines = await enrolled(world, person('ines', { groups: ['S-CS-Approvers'] }));
const quentin = await enrolled(world, person('quentin', { groups }));
const priya = await enrolled(world, person('priya', { groups }));
const jonas = await enrolled(world, person('jonas', { groups: ['S-CS-Help-Desk'] }));
const protectedFacts = { protectedBy: 'Domain Admins', managerGuid: ines.guid };
const linkTo = (dn: string) => ({ owners: [{ names: 'account' as const, value: dn }] });
const second = await enrolled(world, person('quentin-adm', { ...protectedFacts, ...linkTo(quentin.dn) }));
const rosa = await enrolled(world, person('rosa', protectedFacts));
const keys = new Map(await Promise.all([ines, quentin, priya].map(async (who) => [who.guid, await keyOf(world, who)] as const)));

/** What the directory says of somebody's link from now on. */
const relink = (who: Enrolled, dn: string | undefined) =>
  world.directory.set(who.guid, { ...who, ...(dn === undefined ? { owners: [] } : linkTo(dn)) });

async function asked(account: string): Promise<OpenReset> {
  const reset = await identified(world, account);
  assert.deepEqual(await world.verifier.requestApprovals({ ...reset, account: reset.account! }), { outcome: 'requested' });
  return reset;
}

async function decide(reset: OpenReset, approver: Enrolled, stage: number): Promise<string> {
  const of = { reset, approver, stage, decision: 'approve' as const, reason: 'ab'.repeat(32) };
  return decided(world, of, await signature(world, keys.get(approver.guid)!, of), { updateId: randomUUID() });
}

test('nobody approves for a second account of theirs, also when the link is taken away after the request', async () => {
  const reset = await asked('quentin-adm');
  assert.equal(await decide(reset, ines, 0), 'approve');
  assert.equal(await decide(reset, quentin, 1), 'own-account');
  relink(second, undefined);
  assert.equal(await decide(reset, quentin, 1), 'own-account', 'it was his when approval was asked for');
  assert.equal(await decide(reset, priya, 1), 'approve');
  relink(second, quentin.dn);
});

test('a link that is made after the request counts at once', async () => {
  const reset = await asked('rosa');
  assert.equal(await decide(reset, ines, 0), 'approve');
  relink(rosa, quentin.dn);
  assert.equal(await decide(reset, quentin, 1), 'own-account');
  relink(rosa, undefined);
  // Two approvers who turn out to be one person count once.
  relink(priya, ines.dn);
  assert.equal(await decide(reset, priya, 1), 'already-decided');
  relink(priya, undefined);
  assert.equal(await decide(reset, quentin, 1), 'approve');
});

test('when whoever could approve is the claimant by a link, the reset is refused at once and officers are alarmed', async () => {
  relink(rosa, ines.dn);
  const reset = await identified(world, 'rosa');
  assert.deepEqual(await world.verifier.requestApprovals({ ...reset, account: rosa.guid }), { outcome: 'no-approver' });
  const alarm = await world.superuser.alarm.findFirst({ where: { kind: 'no-approver', resetId: reset.reset } });
  assert.ok(alarm);
  relink(rosa, undefined);
});

test('nobody issues a code for a second account of theirs', async () => {
  relink(rosa, jonas.dn);
  const request = randomUUID();
  const sealed = await seal(world, 'issued-code', request, { account: 'rosa', code: codeFromBytes(randomBytes(15)), issuer: jonas.guid });
  const answer = await world.verifier.storeIssuedCode({ request, issuer: jonas.guid, checked: ['photo-id'], sealed });
  assert.equal(answer.outcome === 'refused' ? answer.code : 'issued', 'issuer-own-account');
  relink(rosa, undefined);
});

test('nobody hands decisions to an account of their own, or decisions about an account to whose it is', async () => {
  const whole = async (...people: Enrolled[]) =>
    world.deps.people.theirAccounts(
      { owner: [], samePerson: [] },
      people.map((one) => world.directory.get(one.guid) ?? one),
    );
  const [first, other, officer] = await whole(quentin, second, priya);
  assert.ok(first && other && officer);
  const base = {
    toMayDecide: true,
    since: new Date().toISOString(),
    until: new Date(Date.now() + 3_600_000).toISOString(),
    standing: [],
    changes: [],
    coolingOffSeconds: 0,
    now: new Date(),
  };
  assert.equal(whyNotDelegate({ ...base, from: first, to: other, about: [] }), 'delegation-to-self');
  assert.equal(whyNotDelegate({ ...base, from: officer, to: first, about: [other] }), 'delegation-about-delegate');
  assert.equal(whyNotDelegate({ ...base, from: officer, to: first, about: [] }), undefined);
});
