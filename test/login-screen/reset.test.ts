import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { grouped } from '#device-agent/terminal/plain-text.ts';
import { decide, freshPassword, inboxItem, signedIn } from '#test/support/scenes.ts';
import { FIRST, HOW, PROOF, prove, spelledAfter, useLoginScreen } from './a-login.ts';

const screen = useLoginScreen();

test('a standard reset at the login screen ends with a new password that the domain controller takes', async () => {
  const { people, stack } = screen;
  const at = await screen.sitDown();
  const first = await at.until(/Leave and go back to the login/);
  const authority = new X509Certificate(readFileSync(stack.run.ca)).fingerprint256;
  assert.ok(first.includes(`Connected with ${new URL(stack.run.portal).host}`), first);
  assert.ok(first.replaceAll('\n', ' ').includes(grouped(authority)), 'whoever has it on paper can compare it');

  await at.answer(FIRST, '9');
  await at.answer(FIRST, '1');
  await at.answer('Your account name', 'two|pipes');
  await at.answer('Your account name', 'goran.petrovic');
  await at.answer(PROOF, '1');
  await at.answer('Your code', '1234');
  await at.answer(PROOF, '1');
  await at.answer('Your code', '0000-0000-0000-0000');
  await at.answer(PROOF, '1');
  const recovery = await people.recoveryCode('goran.petrovic');
  await at.answer('Your code', recovery);
  await at.answer('Digits from your app or token', people.wrongCode('goran.petrovic'));
  const digits = await people.code('goran.petrovic');
  await at.answer('Digits from your app or token', digits);

  const password = freshPassword();
  await at.answer('New password', 'short');
  await at.answer('New password', password);
  await at.answer('The same password once more', `${password}x`);
  await at.answer('New password', password);
  await at.answer('The same password once more', password);
  await at.answer(HOW, '2');
  const shown = await at.until(/Log in now with your new password: press Enter:/);

  for (const words of [
    'That is none of these numbers.',
    'That cannot be an account name.',
    'A code has 20 letters and digits',
    'That was not accepted.',
    'That code was not accepted.',
    'It is too short.',
    'These two were not the same.',
    'Your password is changed and your account is unlocked.',
    'Somebody else may know my old password',
    'Because somebody else may know your old password:',
    'A security key or a smart card cannot be shown at this screen.',
    'On paper: if you used a recovery code, cross it out.',
  ])
    assert.ok(shown.replaceAll(/\s+/g, ' ').includes(words), `${words}\n${shown}`);
  for (const secret of [recovery, digits, password]) assert.ok(!shown.includes(secret), 'nothing secret was ever shown');
  assert.ok(
    shown.split('\n').every((line) => line.length < 80),
    'it fits a terminal of 80 columns',
  );

  await at.answer('Log in now with your new password: press Enter', '');
  assert.equal(await at.ended(), '0', 'the login comes back');
  assert.doesNotMatch(await at.shown(), /goran|password|reference/i, 'nothing is left on the screen, nor above it');
  assert.equal((await people.bind('goran.petrovic', password)).answer, 'ok');
});

test('a reset that needs two approvals: left with the reference, come back to at the login screen, and done', async () => {
  const { people, stack } = screen;
  const [ines, quentin] = [await signedIn(stack.run, people, 'ines.duarte'), await signedIn(stack.run, people, 'quentin.roux')];
  const at = await screen.sitDown();
  await prove(at, people, 'rosa.klein');
  const waiting = await at.until(/Press Enter for other choices:/);
  const reference = spelledAfter(waiting, 'Your reference');
  const item = await inboxItem(ines, reference);
  assert.ok(item, waiting);
  assert.equal(spelledAfter(waiting, 'Your request code'), item.requestCode, 'both screens show one code');
  assert.match(waiting.replaceAll(/\s+/g, ' '), /now waits for your manager/);
  await at.answer('Press Enter for other choices', '');
  await at.answer(FIRST, '');
  await at.answer('Press Enter for other choices', '');
  await at.answer(FIRST, '2');
  assert.equal(await at.ended(), '0');
  assert.ok(!(await at.shown()).includes(reference));

  const back = await screen.sitDown();
  await back.answer(FIRST, '2');
  await back.answer('Reference of your reset', reference.toLowerCase().replaceAll('-', ' '));
  await back.answer('Digits from your app or token', people.wrongCode('rosa.klein'));
  await back.answer('Reference of your reset', reference);
  await back.answer('Digits from your app or token', await people.code('rosa.klein'));
  await back.until(/Press Enter for other choices:/);
  assert.equal((await decide(ines, people, 'ines.duarte', item.id, 'approve')).status, 200);
  // It goes on by itself, live, whatever stands in the prompt.
  await back.until(/now waits for\s+a\s+security\s+officer/);
  const second = await inboxItem(quentin, reference);
  assert.ok(second);
  assert.equal((await decide(quentin, people, 'quentin.roux', second.id, 'approve')).status, 200);
  const password = freshPassword();
  await back.answer('New password', password);
  await back.answer('The same password once more', password);
  await back.answer(HOW, '1');
  await back.answer('Log in now with your new password: press Enter', '');
  assert.equal(await back.ended(), '0');
  assert.equal((await people.bind('rosa.klein', password)).answer, 'ok');
});

test('an unknown account looks like any other, and a reset can be cancelled', async () => {
  const seen: string[] = [];
  for (const account of ['nobody.anywhere', 'fatima.noor']) {
    const at = await screen.sitDown();
    await at.answer(FIRST, '1');
    await at.answer('Your account name', account);
    await at.answer(PROOF, '1');
    await at.answer('Your code', '0000-0000-0000-0000');
    await at.answer(PROOF, '');
    await at.answer(FIRST, '');
    const shown = await at.until((shown) => shown.split(`${PROOF}:`).length > 3);
    seen.push(shown.replaceAll(account, 'ACCOUNT').replaceAll(/(?:[0-9A-Z-] ){13}[0-9A-Z]/g, 'REFERENCE'));
    await at.answer(PROOF, '');
    await at.answer(FIRST, '3');
    await at.answer('Type a number, 1 to 2, then press Enter', '1');
    await at.until(/This reset was cancelled\./);
    await at.answer('Press Enter to go back to the login', '');
    assert.equal(await at.ended(), '0');
  }
  assert.equal(seen[0], seen[1]);
});

test('a server with a certificate of another authority, or of another name, is refused in words and told nothing', async () => {
  const { machine, stack } = screen;
  await machine.exec(
    'openssl',
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=another',
    '-keyout',
    '/dev/null',
    '-out',
    '/etc/countersign/other.pem',
  );
  const port = new URL(stack.run.portal).port;
  for (const [change, words] of [
    [{ ca: '/etc/countersign/other.pem' }, /cannot show that it is the one that\s+this\s+computer\s+trusts/],
    [{ portal: `https://reset.bank.test:${port}` }, /has the certificate of another name/],
  ] as const) {
    machine.settings(change);
    const at = await screen.sitDown();
    const shown = await at.until(words);
    assert.match(shown.replaceAll(/\s+/g, ' '), /Type nothing here: no name, no code, no password\./);
    await at.answer('Press Enter to go back to the login', 'alice.moreau');
    assert.equal(await at.ended(), '0');
  }
  machine.settings({});
});
