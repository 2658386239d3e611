import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { readLock } from '#activities/write/lock-now.ts';
import { passwordVersion } from '#test/support/directory.ts';
import { letIn, lockOut } from '#test/support/lock-out.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { claimant, decide, freshPassword, inboxItem, proven, signedIn, type Claimant } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';

// Before the world is closed: nobody is left locked out for the files that follow.
after(async () => {
  for (const name of ['alice.moreau', 'bilal.osman', 'goran.petrovic', 'rosa.klein']) await unlockNow(name);
});
const world = useWorld();

const lock = async (name: string): Promise<void> => lockOut(world.directory, await world.people.guid(name));
const unlockNow = async (name: string): Promise<void> => letIn(world.directory, await world.people.guid(name));

async function stands(name: string) {
  const guid = await world.people.guid(name);
  const lockNow = await world.directory.read((session) => readLock(session, guid));
  return { ...lockNow, version: await passwordVersion(world.directory, name) };
}

async function leavesOf({ reference }: Claimant): Promise<{ type: string; outcome: string; body: { do?: Record<string, unknown> } }[]> {
  const rows = await world.people.sql<{ type: string; outcome: string; body: string }>(
    'SELECT type, outcome, body FROM leaf WHERE reset_id = $1 ORDER BY seq',
    [await world.resetId(reference)],
  );
  return rows.map(({ body, ...row }) => ({ ...row, body: JSON.parse(body) as { do?: Record<string, unknown> } }));
}

test('who knows their password is unlocked without a new one: chosen behind proof and factor, witnessed, written, read back', async () => {
  await lock('goran.petrovic');
  const before = await stands('goran.petrovic');
  const { who, next } = await proven(world.stack.run, world.people, 'goran.petrovic');
  assert.deepEqual([next.step, next.choices], ['choose-operation', ['new-password', 'unlock']]);
  assert.equal((await who.choose(freshPassword())).body.code, 'not-now', 'no password before it is said what shall be done');
  const key = 'one-wish-however-often-sent';
  const chosen = await who.operate('unlock', key);
  assert.equal(chosen.status, 200, chosen.text);
  assert.deepEqual([chosen.body.next.step, chosen.body.next.for, chosen.body.next.operation], ['wait', 'directory', 'unlock']);
  const end = await who.until('done', 'refused');
  assert.deepEqual([end.state, end.next.operation], ['done', 'unlock']);
  assert.equal(end.next.message, 'Your account is unlocked. Sign in with the password you have; it was not changed.');
  assert.deepEqual(await stands('goran.petrovic'), { ...before, lockoutTime: '0' });

  const leaves = await leavesOf(who);
  const of = (type: string) => leaves.filter((leaf) => leaf.type === type);
  assert.equal(of('operation.chosen').length, 1);
  assert.deepEqual([of('intent')[0]?.body.do?.['operation'], of('intent')[0]?.body.do?.['sealed']], ['unlock', undefined]);
  assert.deepEqual([of('write.started').length, of('write.unlocked').length], [1, 1]);
  for (const type of ['write.verified', 'notice.created', 'password.chosen']) assert.deepEqual(of(type), [], type);
  assert.deepEqual(await world.people.sql('SELECT 1 FROM sealed WHERE subject = $1', [await world.resetId(who.reference)]), []);
});

test('who chooses a new password instead gets one, and is unlocked by it', async () => {
  await lock('goran.petrovic');
  const { who } = await proven(world.stack.run, world.people, 'goran.petrovic');
  assert.equal((await who.operate('new-password')).body.next.step, 'choose-password');
  const password = freshPassword();
  await who.choose(password);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.equal((await world.people.bind('goran.petrovic', password)).answer, 'ok');
});

test('an account that is not locked is told so behind the factor, and offered a new password', async () => {
  await unlockNow('bilal.osman');
  const { who, next } = await proven(world.stack.run, world.people, 'bilal.osman');
  assert.equal(next.step, 'choose-password');
  assert.equal(
    next.message,
    'Choose your new password. Your account is not locked: if you know your password after all, leave this reset and sign in with it.',
  );
  await who.cancel();
  // Unlocked by somebody else while the claimant thinks about it.
  await lock('bilal.osman');
  const late = await proven(world.stack.run, world.people, 'bilal.osman');
  await unlockNow('bilal.osman');
  const refused = await late.who.operate('unlock');
  assert.deepEqual([refused.status, refused.body.code, refused.body.next.step], [409, 'not-locked', 'choose-operation']);
  assert.equal((await late.who.operate('new-password')).body.next.step, 'choose-password');
  await late.who.cancel();
});

test('nobody who only names an account or proves half learns whether it is locked', async () => {
  const seen = async (name: string) => {
    const who = claimant(world.stack.run);
    const named = await who.name(name);
    const proof = await who.prove(await world.people.recoveryCode('bilal.osman'));
    const wrong = await who.factor(world.people.wrongCode('bilal.osman'));
    const asked = await who.operate('unlock');
    await who.cancel();
    return [named, proof, wrong, asked].map(({ status, body }) => [status, body.code, body.next?.step, body.next?.message]);
  };
  await lock('bilal.osman');
  const whileLocked = await seen('bilal.osman');
  await unlockNow('bilal.osman');
  assert.deepEqual(await seen('bilal.osman'), whileLocked);
});

test('a protected account is unlocked when two people have approved just that, with their keys', async () => {
  await lock('rosa.klein');
  const before = await stands('rosa.klein');
  const { who } = await proven(world.stack.run, world.people, 'rosa.klein');
  const waiting = await who.operate('unlock');
  assert.deepEqual([waiting.body.next.for, waiting.body.next.operation], ['manager', 'unlock'], waiting.text);
  for (const approver of ['ines.duarte', 'quentin.roux'] as const) {
    const http = await signedIn(world.stack.run, world.people, approver);
    const item = await inboxItem(http, who.reference);
    assert.ok(item);
    assert.match(item.shown[0] ?? '', /^Unlock the account of Rosa Klein .*The password stays as it is\.$/);
    const decided = await decide(http, world.people, approver, item.id, 'approve');
    assert.equal(decided.status, 200, decided.text);
  }
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.deepEqual(await stands('rosa.klein'), { ...before, lockoutTime: '0' });
  const statements = await world.people.sql<{ kind: string; body: string }>('SELECT kind, body FROM attestation WHERE reset_id = $1', [
    await world.resetId(who.reference),
  ]);
  const about = statements.filter(({ kind }) => ['operation', 'approvers', 'decision'].includes(kind));
  assert.deepEqual(
    about.map(({ body }) => (JSON.parse(body) as { operation: string }).operation),
    about.map(() => 'unlock'),
  );
  assert.equal(about.length, 4);
});

const rest = (may: string): string => `rules:${privilegedRule}
  - id: standard
    when: { protected: false }
    may: ${may}
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals: []`;

test('a rule without unlock offers it to nobody, also not to a request by hand', async () => {
  await lock('alice.moreau');
  await underPolicy(world.stack, rest('[new-password]'), async () => {
    const { who, next } = await proven(world.stack.run, world.people, 'alice.moreau');
    assert.deepEqual([next.step, next.message], ['choose-password', 'Choose your new password.']);
    assert.equal((await who.operate('unlock')).body.code, 'not-now');
    await who.cancel();
  });
  assert.notEqual((await stands('alice.moreau')).lockoutTime, '0');
});

test('a rule that only unlocks asks for no password, refuses one, and ends kindly where nothing is locked', async () => {
  await underPolicy(world.stack, rest('[unlock]'), async () => {
    await lock('alice.moreau');
    const { who, next } = await proven(world.stack.run, world.people, 'alice.moreau');
    assert.deepEqual([next.step, next.choices], ['choose-operation', ['unlock']]);
    assert.equal((await who.operate('new-password')).body.code, 'operation-not-allowed');
    assert.equal((await who.operate('unlock')).status, 200);
    assert.equal((await who.until('done', 'refused')).state, 'done');
    const again = claimant(world.stack.run);
    await again.name('alice.moreau');
    await again.prove(await world.people.recoveryCode('alice.moreau'));
    const factor = await again.factor(await world.people.code('alice.moreau'));
    assert.equal(factor.body.code, 'not-locked', factor.text);
    assert.equal((await again.until('refused')).next.code, 'not-locked');
  });
});
