import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { guidDn } from '#activities/directory/entry.ts';
import { replaceAttribute } from '#test/directory/change.ts';
import { appShows } from '#test/support/app-shows.ts';
import { hire, type Hired } from '#test/support/hired.ts';
import { letIn, lockOut } from '#test/support/lock-out.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { formVisitor } from '#test/support/portal-forms.ts';
import { freshPassword } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';
import { helpDesk, issued, managerDecides, managerOf } from '../story/lost-factors.ts';
import { FIRST, HOW, PROOF, spelledAfter, useLoginScreen } from './a-login.ts';
import type { Terminal } from './a-terminal.ts';

/** The ways through a reset that are not a recovery code and a new password, each to its end at the login screen. */
const screen = useLoginScreen();
let staff: Awaited<ReturnType<typeof hire>>;
const world = useWorld(async (open) => {
  staff = await hire(open, 'Staff', 5);
});
after(async () => {
  await staff?.dismiss();
});
const someone = (n: number): Hired => staff.hired[n] ?? assert.fail('nobody was hired');

const rules = `rules:${privilegedRule}
  - id: standard
    when: { protected: false }
    may: [new-password, unlock, replace-factors]
    accept:
      - { name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }
      - { name: a known password and the authenticator, proofs: [known-password], factors: [totp] }
      - { name: a colleague and the authenticator, proofs: [vouching], factors: [totp] }
    vouchers: [{ relation: same-unit }]
    approvals: []
    replaceFactors:
      accept: [{ name: help desk code, proofs: [issued-code] }]
      approvals: [{ label: manager, by: { relation: manager } }]
      wait: 3s`;

const DIGITS = 'Digits from your app or token';
const LOG_IN = 'Log in now with your new password: press Enter';
const flat = (shown: string): string => shown.replaceAll(/\s+/g, ' ');
function says(shown: string, ...all: readonly string[]): void {
  for (const words of all) assert.ok(flat(shown).includes(words), `${words}\n${shown}`);
  assert.ok(
    shown.split('\n').every((line) => line.length < 80),
    'it fits a terminal of 80 columns',
  );
}

/** Sits down and names the account, under these rules. */
const named = (account: string): Promise<Terminal> =>
  underPolicy(screen.stack, rules, async () => {
    const at = await screen.sitDown();
    await at.answer(FIRST, '1');
    await at.answer('Your account name', account);
    await at.until(new RegExp(`${PROOF}:`));
    return at;
  });

async function setsPassword(at: Terminal, account: string): Promise<void> {
  const password = freshPassword();
  await at.answer('New password', password);
  await at.answer('The same password once more', password);
  await at.answer(HOW, '1');
  await at.answer(LOG_IN, '');
  assert.equal(await at.ended(), '0');
  assert.equal((await world.people.bind(account, password)).answer, 'ok');
}

test('whoever knows a password that is to be changed shows it and the digits of their app, and nobody reads it', async () => {
  const who = someone(0);
  await replaceAttribute(world.directory, guidDn(await world.people.guid(who.account)), 'pwdLastSet', '0');
  const at = await named(who.account);
  await at.answer(PROOF, '4');
  await at.answer('Your present password', 'Not-The-Password-1');
  await at.answer(PROOF, '4');
  await at.answer('Your present password', who.password);
  await at.answer(DIGITS, who.code());
  const shown = await at.until(/New password:/);
  says(shown, 'also when it has expired or you are told to change it', 'only a few wrong ones are tried', 'That was not accepted.');
  for (const secret of ['Not-The-Password-1', who.password]) assert.ok(!shown.includes(secret));
  await setsPassword(at, who.account);
});

test('a colleague vouches at their own computer for whoever sits here, by the request code that stands on this screen', async () => {
  const [lost, colleague] = [someone(1), someone(4)];
  const origin = new URL(screen.stack.run.portal).origin;
  const at = await named(lost.account);
  await at.answer(PROOF, '3');
  await at.answer('Account name of your colleague', colleague.account);
  await at.answer(PROOF, '3');
  const shown = await at.until((text) => text.split('Account name of your colleague:').length > 2);
  says(shown, `Your colleague opens ${origin} on their own computer`, 'A colleague has to vouch first', 'None of these?');
  const requestCode = spelledAfter(shown, 'Request code');
  assert.match(requestCode, /^[0-9A-Z]{3}-[0-9A-Z]{3}$/);

  const beside = formVisitor(screen.stack.run);
  await beside.open('/factors');
  await beside.send('/factors/sign-in', { account: colleague.account, password: colleague.password });
  await beside.open('/factors/confirm');
  await beside.send('/factors/confirm', { digits: colleague.code() });
  await beside.open('/factors/vouch');
  await beside.send('/factors/vouch', { whom: lost.account, requestCode, digits: colleague.code(1) });
  assert.match(beside.page(), /You have vouched\./);
  beside.http.close();

  await at.answer('Account name of your colleague', colleague.account);
  await at.answer(DIGITS, lost.code());
  await setsPassword(at, lost.account);
});

test('who is locked out and knows the password is unlocked and sets none; when it is not locked any more, that is said and the reset goes on', async () => {
  const who = someone(2);
  const guid = await world.people.guid(who.account);
  await lockOut(world.directory, guid);
  const at = await named(who.account);
  await at.answer(PROOF, '1');
  await at.answer('Your code', who.recoveryCode());
  await at.answer(DIGITS, who.code());
  await at.until(/== Your account is locked ==/);
  await letIn(world.directory, guid);
  await at.answer(HOW, '2');
  await at.until(/Your account is not locked, so there is nothing to unlock/);
  await lockOut(world.directory, guid);
  await at.answer(HOW, '2');
  const shown = await at.until(/Log in now: press Enter:/);
  says(
    shown,
    'have it unlocked only, if you know your password.',
    '== Your account is unlocked ==',
    'Sign in with the password you have; it was not changed.',
    'If your password is not accepted, start again and set a new one',
  );
  await at.answer('Log in now: press Enter', '');
  assert.equal(await at.ended(), '0');
  assert.equal((await world.people.bind(who.account, who.password)).answer, 'ok');
});

test('whoever has lost everything that makes codes asks for new ones here, comes back after the wait, and sets them up by hand', async () => {
  const who = someone(3);
  const origin = new URL(screen.stack.run.portal).origin;
  const [desk, manager] = [await helpDesk(world), await managerOf(world)];
  const at = await named(who.account);
  await at.answer(PROOF, '2');
  await at.answer('Your code', await issued(desk, who.account));
  await at.until(/Have you lost everything that makes codes\?/);
  await at.answer(DIGITS, '');
  await at.answer(HOW, '2');
  await at.answer(HOW, '1');
  const asked = await at.until(/== Waiting for your manager ==/);
  says(asked, 'Other people have to approve it, then there is a wait, and everything that you have lost ends.');
  const reference = spelledAfter(asked, 'Your reference');
  await managerDecides(world, manager, reference);

  await at.until(/== Your new factors can be set up ==/);
  await at.answer('Fresh code from the help desk', 'ABCD-EFGH-JKMN-PQRS');
  await at.answer('Fresh code from the help desk', await issued(desk, who.account));
  await at.answer(HOW, '1');
  const key = await at.until(/When the app has it, press Enter:/);
  await at.answer('When the app has it, press Enter', '');
  await at.answer('When you have written these down, press Enter', '');
  await at.answer('When you have written these down, press Enter', '');
  const sheet = await at.until(/A name for the app:/);
  const codes = [...sheet.matchAll(/^ +((?:[0-9A-Z] ){4}(?:- (?:[0-9A-Z] ?){4}){4})$/gm)].map(([, code = '']) => code.replaceAll(' ', ''));
  assert.equal(codes.length, 10, sheet);
  const groups = key.slice(key.lastIndexOf('The key, group by group:')).matchAll(/^ +((?:[A-Z2-7] ){1,3}[A-Z2-7])$/gm);
  const secret = [...groups].map(([, group = '']) => group.replaceAll(' ', '')).join('');
  await at.answer('A name for the app', 'new phone');
  await at.answer('Digits that the new app shows', '000000');
  await at.answer('Digits that the new app shows', appShows({ secret }));
  const shown = await at.until(/Log in now: press Enter:/);
  says(
    shown,
    'Reference and code were not accepted together.',
    `open ${origin}/reset/resume`,
    'Nobody can take that back.',
    'The digits from the new app were not accepted',
    '== Your factors are replaced ==',
    'If you need a new password, start a reset with one of these codes',
  );
  await at.answer('Log in now: press Enter', '');
  assert.equal(await at.ended(), '0');
  const left = await at.shown();
  for (const secretShown of [codes[0] ?? '', secret.slice(0, 4).split('').join(' ')]) assert.ok(!left.includes(secretShown));
  for (const http of [desk, manager]) http.close();

  // What was written down by hand sets a new password, at the next visit.
  const again = await named(who.account);
  await again.answer(PROOF, '1');
  await again.answer('Your code', codes[0] ?? '');
  await again.answer(DIGITS, appShows({ secret }, 1));
  await setsPassword(again, who.account);
});
