import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { kinit } from '#test/support/kerberos.ts';
import { claimant, freshPassword, proven, signedIn } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();

test('an employee forgets a password and is back at work: new password binds, old one is refused by Kerberos', async () => {
  const who = claimant(world.stack.run);
  const begun = await who.name('alice.moreau');
  assert.equal(begun.status, 201);
  assert.equal(begun.body.next.step, 'prove');
  assert.match(begun.body.reference, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);

  const proof = await who.prove(await world.people.recoveryCode('alice.moreau'));
  assert.equal(proof.body.next.step, 'factor', proof.text);
  const factor = await who.factor(await world.people.code('alice.moreau'));
  assert.equal(factor.body.next.step, 'choose-password', factor.text);

  const password = freshPassword();
  const chosen = await who.choose(password);
  assert.equal(chosen.status, 202, chosen.text);
  assert.equal((await who.until('done', 'refused', 'expired')).next.step, 'done');

  assert.equal((await world.people.bind('alice.moreau', password)).answer, 'ok');
  assert.equal((await kinit(world.stack.state, 'alice.moreau', password)).ok, true);
  const old = await kinit(world.stack.state, 'alice.moreau', world.people.password('alice.moreau'));
  assert.equal(old.ok, false);
  assert.match(old.said, /[Pp]assword incorrect|Preauthentication failed/);

  const { events = [] } = await world.temporal.history(await world.resetId(who.reference));
  assert.ok(events && events.length <= 110, `a standard reset costs ${events?.length} events, at most 110`);
  console.log(`a standard reset: ${events.length} events`);
  const notices = await world.people.sql('SELECT 1 FROM notice WHERE reset_id = $1', [await world.resetId(who.reference)]);
  assert.ok(notices.length >= 1, 'each device that is known for the account has its notice');
  const sealed = await world.people.sql('SELECT 1 FROM sealed WHERE subject = $1', [await world.resetId(who.reference)]);
  assert.equal(sealed.length, 0, 'nothing sealed is left behind');
});

test('a locked account is unlocked by the same write', async () => {
  assert.equal((await world.people.bind('chen.wei', world.people.password('chen.wei'))).answer, 'locked');
  const { who } = await proven(world.stack.run, world.people, 'chen.wei');
  assert.equal((await who.operate('new-password')).body.next.step, 'choose-password');
  const password = freshPassword();
  await who.choose(password);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.equal((await world.people.bind('chen.wei', password)).answer, 'ok');
});

test('a code that the help desk issued in person is a proof, once', async () => {
  const desk = await signedIn(world.stack.run, world.people, 'jonas.berg');
  const issued = await desk.post<{ code: string; account: string }>('/api/v1/issued-codes', {
    account: 'goran.petrovic',
    checked: ['photo-id', 'known-in-person'],
  });
  assert.equal(issued.status, 201, issued.text);

  const who = claimant(world.stack.run);
  await who.name('BANK\\goran.petrovic');
  assert.equal((await who.prove(issued.body.code.toLowerCase().replaceAll('-', ' '), 'issued-code')).body.next.step, 'factor');
  assert.equal((await who.factor(await world.people.code('goran.petrovic'))).body.next.step, 'choose-password');
  const password = freshPassword();
  await who.choose(password);
  assert.equal((await who.until('done', 'refused')).state, 'done');

  const again = claimant(world.stack.run);
  await again.name('goran.petrovic@bank.test');
  const second = await again.prove(issued.body.code, 'issued-code');
  assert.equal(second.status, 422);
  assert.equal(second.body.code, 'proof-not-accepted');
});

test('a repeated request gets the first answer, and another use of what was burned loses', async () => {
  const who = claimant(world.stack.run);
  await who.name('bilal.osman');
  const code = await world.people.recoveryCode('bilal.osman');
  const key = randomUUID();
  const first = await who.prove(code, 'recovery-code', key);
  const repeated = await who.prove(code, 'recovery-code', key);
  assert.equal(first.status, 200, first.text);
  assert.deepEqual([repeated.status, repeated.body], [first.status, first.body]);

  const thief = claimant(world.stack.run);
  await thief.name('bilal.osman');
  assert.equal((await thief.prove(code)).status, 422);

  const totp = await world.people.code('bilal.osman');
  assert.equal((await who.factor(totp)).status, 200);
  const other = claimant(world.stack.run);
  await other.name('bilal.osman');
  assert.equal((await other.prove(await world.people.recoveryCode('bilal.osman'))).status, 200);
  const replayed = await other.factor(totp);
  assert.equal(replayed.status, 422);
  assert.equal(replayed.body.code, 'factor-not-accepted');
  assert.equal((await who.cancel()).status, 200);
});

test('a password that breaks a rule is refused with its reasons, and the reset goes on', async () => {
  const { who } = await proven(world.stack.run, world.people, 'fatima.noor');
  const scenes: [string, string][] = [
    ['Kurz-7-Wort', 'too-short'],
    ['Noor-und-Wasser-77', 'contains-name'],
    ['nur kleine buchstaben', 'needs-categories'],
    ['Password1234567890', 'common'],
  ];
  for (const [password, reason] of scenes) {
    const answer = await who.choose(password);
    assert.equal(answer.status, 422, answer.text);
    assert.equal(answer.body.code, 'password-refused');
    assert.ok(answer.body.reasons?.includes(reason), `${password}: ${answer.text}`);
  }
  const password = freshPassword();
  assert.equal((await who.choose(password)).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.equal((await world.people.bind('fatima.noor', password)).answer, 'ok');
});
