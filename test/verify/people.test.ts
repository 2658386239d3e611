import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { codeFromBytes } from '#domain/codes.ts';
import { decided, keyOf, signature } from './keys.ts';
import { codeNow, enrolled, identified, person, prove, seal, useVerifier, type Enrolled, type OpenReset } from './world.ts';

const world = await useVerifier();
const officers = ['S-CS-Security-Officers'];
const ines = await enrolled(world, person('ines', { groups: ['S-CS-Approvers'] }));
const priya = await enrolled(world, person('priya', { groups: officers, employeeId: '1013' }));
const quentin = await enrolled(world, person('quentin', { groups: officers }));
const jonas = await enrolled(world, person('jonas', { groups: ['S-CS-Help-Desk'] }));
const rosa = await enrolled(world, person('rosa', { protectedBy: 'Domain Admins', managerGuid: ines.guid }));
await enrolled(world, person('priya-adm', { protectedBy: 'Domain Admins', managerGuid: ines.guid, employeeId: '1013' }));

const keys = new Map(await Promise.all([ines, priya, quentin, jonas].map(async (who) => [who.guid, await keyOf(world, who)] as const)));

/** Signs with `signer`'s key, by default the approver's own. */
async function decide(
  reset: OpenReset,
  approver: Enrolled,
  stage: number,
  signer: Enrolled = approver,
  decision: 'approve' | 'deny' = 'approve',
  updateId: string = randomUUID(),
  sealedAs: object = {},
): Promise<string> {
  const of = { reset, approver, stage, decision, reason: 'ab'.repeat(32) };
  const key = keys.get(signer.guid);
  assert.ok(key, `${signer.samAccountName} has no key`);
  return decided(world, of, await signature(world, key, of), { updateId, sealedAs });
}

/** A reset whose approvers are frozen. */
async function asked(account: string, begun?: OpenReset): Promise<OpenReset> {
  const reset = begun ?? (await identified(world, account));
  assert.deepEqual(await world.verifier.requestApprovals({ ...reset, account: reset.account! }), { outcome: 'requested' });
  return reset;
}

test('manager, then an officer: each once, in order, with their own key', async () => {
  const reset = await asked('rosa');
  assert.equal(await decide(reset, quentin, 1), 'approval-closed', 'the second stage before the first');
  assert.equal(await decide(reset, quentin, 0), 'not-an-approver');
  assert.equal(await decide(reset, rosa, 0, quentin), 'own-account');
  assert.equal(await decide(reset, ines, 0, quentin), 'passkey-not-accepted');
  assert.equal(await decide(reset, ines, 0, ines, 'approve', 'retried'), 'approve');
  assert.equal(await decide(reset, ines, 0, ines, 'approve', 'retried'), 'approve', 'a retry learns the same');
  assert.equal(await decide(reset, ines, 0, quentin), 'approve', 'asked again after a crash: it was signed already, and is attested once');
  assert.equal(await decide(reset, ines, 0, ines, 'deny'), 'approval-closed', 'another decision of the same stage');
  assert.equal(await decide(reset, ines, 1), 'already-decided');
  const late = await enrolled(world, person('late', { groups: officers }));
  assert.equal(await decide(reset, late, 1, quentin), 'eligible-too-late', 'an officer since after the request');
  assert.equal(await decide(reset, quentin, 1), 'approve');
  assert.equal(await world.superuser.attestation.count({ where: { resetId: reset.reset, kind: 'decision' } }), 2);
  assert.equal(await world.superuser.leaf.count({ where: { resetId: reset.reset, type: 'approval.refused' } }), 7);
});

test('the worker cannot turn a no into a yes, or move a decision to another stage, person or reason', async () => {
  const reset = await asked('rosa');
  for (const lie of [{ decision: 'deny' }, { stage: 1 }, { approver: quentin.guid }, { reason: 'cd'.repeat(32) }]) {
    assert.equal(await decide(reset, ines, 0, ines, 'approve', randomUUID(), lie), 'factor-not-accepted');
  }
  assert.equal(await world.superuser.attestation.count({ where: { resetId: reset.reset, kind: 'decision' } }), 0);
});

test('nobody decides on their other account, where they issued the code, soon after their own reset, or locked', async () => {
  const other = await asked('priya-adm');
  assert.equal(await decide(other, ines, 0), 'approve');
  assert.equal(await decide(other, priya, 1), 'own-account');

  await world.superuser.writeClaim.create({
    data: {
      resetId: randomUUID(),
      ordinal: 1,
      accountGuid: quentin.guid,
      digest: 'x',
      pwdLastSetBefore: '1',
      controller: 'dc1',
      state: 'verified',
      settledAt: new Date(),
    },
  });
  assert.equal(await decide(other, quentin, 1), 'recently-reset');
  await world.superuser.$executeRaw`UPDATE write_claim SET settled_at = now() - interval '25 hours'`;
  world.directory.set(quentin.guid, { ...quentin, locked: true });
  assert.equal(await decide(other, quentin, 1), 'approver-not-active');
  world.directory.set(quentin.guid, quentin);
  assert.equal(await decide(other, quentin, 1, quentin, 'deny'), 'deny');

  world.directory.set(jonas.guid, { ...jonas, groups: ['S-CS-Help-Desk', ...officers] });
  const issued = await issue('rosa');
  const vouched = await identified(world, 'rosa');
  assert.equal(await prove(world, vouched, issued.code, randomUUID(), 'issued-code'), 'passed');
  await asked('rosa', vouched);
  assert.equal(await decide(vouched, ines, 0), 'approve');
  assert.equal(await decide(vouched, jonas, 1), 'issued-the-code');
  world.directory.set(jonas.guid, jonas);
});

async function issue(account: string, issuer = jonas.guid, signedIn = issuer): Promise<{ code: string; outcome: string }> {
  const [request, code] = [randomUUID(), codeFromBytes(randomBytes(16))];
  const answer = await world.verifier.storeIssuedCode({
    request,
    issuer,
    checked: ['photo'],
    sealed: await seal(world, 'issued-code', request, { account, code, issuer: signedIn }),
  });
  return { code, outcome: answer.outcome === 'issued' ? 'issued' : answer.code };
}

test('an issued code is good once, for its account, until it expires or a newer one is issued', async () => {
  const alice = await enrolled(world, person('alice'));
  const first = await issue('alice');
  const second = await issue('alice');
  const reset = await identified(world, 'alice');
  assert.equal(await prove(world, reset, first.code, randomUUID(), 'issued-code'), 'failed', 'replaced');
  assert.equal(await prove(world, reset, second.code, randomUUID(), 'recovery-code'), 'failed', 'not as another kind of proof');
  assert.equal(
    await prove(world, await identified(world, 'rosa'), second.code, randomUUID(), 'issued-code'),
    'failed',
    'not for another account',
  );
  assert.equal(await prove(world, reset, second.code.toLowerCase().replaceAll('-', ' '), randomUUID(), 'issued-code'), 'passed');
  const next = await identified(world, 'alice');
  assert.equal(await prove(world, next, second.code, randomUUID(), 'issued-code'), 'failed');
  const third = await issue('alice');
  await world.superuser
    .$executeRaw`UPDATE code SET expires_at = now() - interval '1 second' WHERE account_guid = ${alice.guid}::uuid AND kind = 'issued' AND used_at IS NULL`;
  assert.equal(await prove(world, next, third.code, randomUUID(), 'issued-code'), 'failed');
});

test('only the help desk issues, not for themselves, and only for accounts that are served', async () => {
  const jonasToo = await enrolled(world, person('jonas-too', { employeeId: jonas.employeeId }));
  world.directory.set('svc', person('svc', { dn: 'CN=svc,OU=Service Accounts,DC=bank,DC=test' }));
  assert.equal((await issue('rosa', ines.guid)).outcome, 'role-needed');
  assert.equal((await issue('rosa', randomUUID())).outcome, 'role-needed');
  assert.equal((await issue(jonas.samAccountName)).outcome, 'issuer-own-account');
  assert.equal((await issue(jonasToo.samAccountName)).outcome, 'issuer-own-account');
  assert.equal((await issue('svc')).outcome, 'account-not-served');
  assert.equal((await issue('nobody')).outcome, 'account-not-served');
  assert.equal(
    (await issue('rosa', jonas.guid, ines.guid)).outcome,
    'account-not-served',
    'the worker names another issuer than the one signed in',
  );
});

test('a sign-in gives the roles of nested groups, counts before it binds, and stops below the lockout', async () => {
  world.passwords.set(ines.guid, 'right one');
  world.passwords.set(rosa.guid, 'right one');
  const signIn = async (account: string, password: string) => {
    const session = randomUUID();
    return world.verifier.checkSignInPassword({
      session,
      updateId: 'password',
      sealed: await seal(world, 'sign-in', session, { account, password }),
    });
  };
  const passed = await signIn('ines', 'right one');
  const said = passed.outcome === 'passed' ? (JSON.parse(passed.word.text) as Record<string, unknown>) : {};
  assert.deepEqual([said['kind'], said['account'], said['sid'], said['roles']], ['sign-in', ines.guid, ines.sid, ['approver']]);
  assert.deepEqual(await signIn('rosa', 'right one'), { outcome: 'failed' }, 'no role, no entry');
  world.binds.length = 0;
  const guesses = await Promise.all(Array.from({ length: 12 }, () => signIn('ines', 'guess')));
  assert.ok(guesses.every(({ outcome }) => outcome === 'failed'));
  assert.equal(world.binds.length, 4, 'the directory was asked four times, not twelve');
  assert.deepEqual(await signIn('ines', 'right one'), { outcome: 'failed' });
  await Promise.all(Array.from({ length: 6 }, () => signIn('no-such-person', 'guess')));
  assert.equal(world.binds.filter((who) => who === 'nobody').length, 4, 'unknown names have the same budget');

  const session = randomUUID();
  const second = async (value: string, updateId: string) =>
    world.verifier.checkSignInFactor({
      session,
      updateId,
      account: quentin.guid,
      sealed: await seal(world, 'sign-in', session, { value }),
    });
  await world.superuser.$executeRaw`UPDATE totp SET last_step = NULL`;
  await world.superuser.$executeRaw`DELETE FROM burn WHERE consumed LIKE 'totp:%'`;
  assert.equal((await second('000000', 'a')).outcome, 'failed');
  const code = codeNow(quentin);
  assert.equal((await second(code, 'b')).outcome, 'passed');
  assert.equal((await second(code, 'b')).outcome, 'passed', 'a retry learns the same');
  assert.equal((await second(code, 'c')).outcome, 'failed');
  const counted = async () => (await world.superuser.attempts.findUniqueOrThrow({ where: { key: `factor:${quentin.guid}` } })).failures;
  const before = await counted();
  const unsealed = { session, updateId: 'd', account: quentin.guid, sealed: randomUUID() };
  assert.equal((await world.verifier.checkSignInFactor(unsealed)).outcome, 'failed');
  assert.equal(await counted(), before, 'a worker that sends nothing raises no count');
});

test('a new enrolment replaces the old one', async () => {
  const old = await enrolled(world, person('karim'));
  const fresh = await enrolled(world, old);
  const reset = await identified(world, 'karim');
  assert.equal(await prove(world, reset, old.recoveryCodes[1]!), 'failed');
  assert.equal(await prove(world, reset, fresh.recoveryCodes[1]!), 'passed');
  assert.equal(await world.superuser.totp.count({ where: { accountGuid: old.guid, disabledAt: null } }), 1);
});
