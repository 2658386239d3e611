import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { guidDn } from '#activities/directory/entry.ts';
import { replaceAttribute } from '#test/directory/change.ts';
import { letIn, lockOut } from '#test/support/lock-out.ts';
import { claimant, freshPassword, proven, type Claimant } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

// Before the world is closed: the files that follow find the accounts as they were.
after(async () => {
  await set('goran.petrovic', 'logonHours');
  await set('goran.petrovic', 'userWorkstations');
  await set('goran.petrovic', 'userAccountControl', ORDINARY);
  await letIn(world.directory, await world.people.guid('bilal.osman'));
});
const world = useWorld();

/** NORMAL_ACCOUNT, and the same with SMARTCARD_REQUIRED (MS-ADTS 2.2.16). */
const [ORDINARY, CARD_REQUIRED] = [String(0x200), String(0x200 | 0x40000)];
const LIMITED = /at the computer BR-0042 only\. At any other/;

async function set(account: string, attribute: string, ...values: (string | Buffer)[]): Promise<void> {
  await replaceAttribute(world.directory, guidDn(await world.people.guid(account)), attribute, ...values);
}

const limitsOf = async (who: Claimant): Promise<string[]> =>
  (await who.http.get<{ signInLimits: string[] }>(`/api/v1/portal/resets/${who.reference}`)).body.signInLimits;

test('whose sign-in is limited to hours and computers gets a new password, and is told of the limits once proven, not before', async () => {
  await set('goran.petrovic', 'logonHours', Buffer.alloc(21));
  await set('goran.petrovic', 'userWorkstations', 'BR-0042');
  const who = claimant(world.stack.run);
  await who.name('goran.petrovic');
  assert.deepEqual(await limitsOf(who), []);
  await who.prove(await world.people.recoveryCode('goran.petrovic'));
  assert.deepEqual(await limitsOf(who), []);
  assert.equal((await who.factor(await world.people.code('goran.petrovic'))).body.next.step, 'choose-password');
  const told = await limitsOf(who);
  assert.match(told[0] ?? '', /may not sign in at any hour/);
  assert.match(told[1] ?? '', LIMITED);
  const password = freshPassword();
  assert.equal((await who.choose(password)).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done', 'an answer that only the right password gets proves the write');
  assert.equal((await world.people.bind('goran.petrovic', password)).answer, 'workstation', 'of the two the controller names this one');
  assert.deepEqual(await limitsOf(who), told);
  await set('goran.petrovic', 'logonHours');
  await set('goran.petrovic', 'userWorkstations');
  assert.equal((await world.people.bind('goran.petrovic', password)).answer, 'ok');
});

test('who has to change their password and is unlocked only is told that they will be asked for a new one; a new password ends that', async () => {
  await set('bilal.osman', 'pwdLastSet', '0');
  await lockOut(world.directory, await world.people.guid('bilal.osman'));
  const first = await proven(world.stack.run, world.people, 'bilal.osman');
  assert.equal(first.next.step, 'choose-operation');
  assert.match((await limitsOf(first.who)).join(' '), /has run out, or has to be changed/);
  await first.who.operate('unlock');
  assert.equal((await first.who.until('done', 'refused')).state, 'done');
  assert.match((await limitsOf(first.who)).join(' '), /asked for a new one at once/);

  const second = await proven(world.stack.run, world.people, 'bilal.osman');
  const password = freshPassword();
  assert.equal((await second.who.choose(password)).status, 202);
  assert.equal((await second.who.until('done', 'refused')).state, 'done');
  assert.deepEqual(await limitsOf(second.who), []);
  assert.equal((await world.people.bind('bilal.osman', password)).answer, 'ok');
});

test('an account that signs in with a card only is told so behind proof and factor, and what to do; nothing is written', async () => {
  await set('goran.petrovic', 'userAccountControl', CARD_REQUIRED);
  const who = claimant(world.stack.run);
  assert.equal((await who.name('goran.petrovic')).body.next.step, 'prove');
  assert.equal((await who.prove(await world.people.recoveryCode('goran.petrovic'))).body.next.step, 'factor');
  const factor = await who.factor(await world.people.code('goran.petrovic'));
  assert.equal(factor.body.code, 'smart-card-required', factor.text);
  assert.match((await who.look()).body.next.message, /Sign in with your card and its PIN.*PIN is blocked, go to the help desk/);
  const written = await world.people.sql('SELECT 1 FROM leaf WHERE reset_id = $1 AND type LIKE $2', [
    await world.resetId(who.reference),
    'write.%',
  ]);
  assert.deepEqual(written, []);

  // The controller gave it a random password when the card became required.
  await set('goran.petrovic', 'userAccountControl', ORDINARY);
  const again = await proven(world.stack.run, world.people, 'goran.petrovic');
  const password = freshPassword();
  await again.who.choose(password);
  assert.equal((await again.who.until('done', 'refused')).state, 'done');
  assert.equal((await world.people.bind('goran.petrovic', password)).answer, 'ok');
});
