import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodePassword, PasswordNotEncodable } from '#activities/directory/encode-password.ts';
import { DirectoryUnavailable } from '#activities/directory/errors.ts';
import { setPassword, type WriteOutcome } from '#activities/directory/set-password.ts';
import { openDirectory } from '#activities/directory/connect.ts';
import { readSecretLine } from '#config';
import { runCommand } from '#ops/run-command.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const writer = bank.as('writerStaff');
const said = (outcome: WriteOutcome) => (outcome.outcome === 'refused' ? outcome.reason : outcome.outcome);
const set = async (account: string, password: string) => said(await setPassword(writer, (await bank.account(account)).guid, password));

/** The Kerberos answer: unlike a simple bind it refuses the previous password at once. */
async function kinit(account: string, password: string): Promise<boolean> {
  const env = { ...process.env, KRB5_CONFIG: bank.install.layout.krb5, KRB5CCNAME: join(bank.stateDir, 'ticket') };
  return (await runCommand('kinit', [`${account}@BANK.TEST`], { env, input: `${password}\n`, timeoutMs: 10_000 })).code === 0;
}

test('a good password is applied: the new one signs in, and Kerberos refuses the old one', async () => {
  const old = bank.passwordOf('alice.moreau');
  assert.equal(await kinit('alice.moreau', old), true);
  assert.equal(await set('alice.moreau', 'Fresh-Morning-2031'), 'applied');
  assert.equal(await bank.says('alice.moreau', 'Fresh-Morning-2031'), 'ok');
  assert.equal(await kinit('alice.moreau', 'Fresh-Morning-2031'), true);
  assert.equal(await kinit('alice.moreau', old), false);
});

test('the previous password still binds for a while, so only the new one proves a reset', async () => {
  assert.equal(await set('goran.petrovic', 'Fresh-Morning-2032'), 'applied');
  assert.equal(await bank.says('goran.petrovic', bank.passwordOf('goran.petrovic')), 'ok');
  assert.equal(await bank.says('goran.petrovic', 'Fresh-Morning-2032'), 'ok');
});

test('the same write again changes nothing for its person', async () => {
  for (let time = 0; time < 3; time++) assert.equal(await set('nadia.rahman', 'Fresh-Morning-2033'), 'applied');
  assert.equal(await bank.says('nadia.rahman', 'Fresh-Morning-2033'), 'ok');
});

const refusals: readonly (readonly [account: string, password: string, reason: string])[] = [
  ['alice.moreau', 'Sh0rt-x', 'too-short'],
  ['alice.moreau', 'onlysmallletters', 'complexity'],
  ['alice.moreau', 'ONLY-CAPITALS-HERE', 'complexity'],
  ['alice.moreau', 'বাংলাশব্দএখানেআছে', 'complexity'],
  ['fatima.noor', 'Thirteen-1234', 'too-short'],
  ['rosa.klein', 'Fresh-Morning-2034', 'denied'],
  ['chen.wei', 'short', 'too-short'],
];
for (const [account, password, reason] of refusals) {
  test(`${account} with "${password}" is refused: ${reason}`, async () => assert.equal(await set(account, password), reason));
}

test('a refused password leaves the lockout as it was, an accepted one ends it', async () => {
  assert.equal((await bank.account('chen.wei')).locked, true);
  assert.equal(await set('chen.wei', 'Fresh-Morning-2035'), 'applied');
  assert.equal((await bank.account('chen.wei')).locked, false);
  assert.equal(await bank.says('chen.wei', 'Fresh-Morning-2035'), 'ok');
});

test('an account that is not there is "not-found"; what is no GUID never reaches the directory', async () => {
  assert.equal(said(await setPassword(writer, '01234567-89ab-cdef-0123-456789abcdef', 'Fresh-Morning-2036')), 'not-found');
  await assert.rejects(setPassword(writer, 'CN=Alice Moreau,OU=Staff,DC=bank,DC=test', 'Fresh-Morning-2036'), RangeError);
});

const writable = {
  'Bangla with Latin and a digit': 'আমার-নতুন-Pass-7',
  emoji: 'Sunny-🌞🌞-day',
  'quotes inside': 'He-said-"Now-7"',
  'spaces at both ends': ' Spaced-Out-77 ',
  'a backslash and a percent sign': 'C:\\Temp-%77-Path',
  '127 code units': `Aa1-${'x'.repeat(123)}`,
};
for (const [what, password] of Object.entries(writable)) {
  test(`a password with ${what} signs in exactly as typed`, async () => {
    assert.equal(await set('bilal.osman', password), 'applied');
    assert.equal(await bank.says('bilal.osman', password), 'ok');
    assert.equal(await bank.says('bilal.osman', `${password}x`), 'wrong');
  });
}

test('a word typed in its composed and its decomposed form is one password', async () => {
  assert.equal(await set('bilal.osman', 'Cafe\u0301-Zoe\u0308-2031'), 'applied');
  assert.equal(await bank.says('bilal.osman', 'Caf\u00e9-Zo\u00eb-2031'), 'ok');
  assert.equal(await bank.says('bilal.osman', 'Cafe\u0301-Zoe\u0308-2031'), 'ok');
});

test('what nobody could type again is not sent, and no error repeats it', () => {
  for (const [password, why] of [
    ['', 'empty'],
    ['x'.repeat(128), 'too-long'],
    ['Canary\0-77', 'control-character'],
    ['Canary\u009f-77', 'control-character'],
    ['Canary\n-77', 'control-character'],
    ['Canary\ud800-77', 'control-character'],
  ] as const) {
    assert.throws(
      () => encodePassword(password),
      (error: unknown) =>
        error instanceof PasswordNotEncodable && error.why === why && !`${error.message}${error.stack}`.includes('Canary'),
    );
  }
});

test(
  'a controller that falls silent after the request leaves the outcome unknown, and the write may well be done',
  { timeout: 60_000 },
  async () => {
    const { guid } = await bank.account('lena.fischer');
    const held = openDirectory(
      bank.settings,
      {
        dn: bank.install.serviceAccounts.writerStaff.dn,
        password: () => readSecretLine(bank.install.serviceAccounts.writerStaff.passwordFile),
      },
      { connections: 1 },
    );
    // The controller is frozen between the first read and the modify, where a real one would lose its network.
    const freezing: typeof held = {
      ...held,
      write: (work) =>
        held.write((session) =>
          work({
            ...session,
            modify: (...request) => {
              for (const pid of bank.running.pids()) process.kill(pid, 'SIGSTOP');
              return session.modify(...request);
            },
          }),
        ),
    };
    const outcome = await setPassword(freezing, guid, 'Fresh-Morning-2037').finally(() => {
      for (const pid of bank.running.pids()) process.kill(pid, 'SIGCONT');
    });
    assert.equal(outcome.outcome, 'unknown');
    let answer = '';
    for (let waited = 0; waited < 50 && answer !== 'ok'; waited++) {
      answer = await bank.says('lena.fischer', 'Fresh-Morning-2037');
      if (answer !== 'ok') await new Promise((resolve) => setTimeout(resolve, 500));
    }
    assert.equal(answer, 'ok', 'the frozen controller finished its work');
    await held.close();
  },
);

test('without any controller nothing is sent, and the error says so without the password', async () => {
  const nowhere = openDirectory(
    { ...bank.settings, controllers: [{ url: `ldaps://${bank.address}:1`, servername: 'dc1.bank.test' }] },
    { dn: 'CN=svc-writer-staff', password: () => 'Canary-77' },
  );
  await assert.rejects(
    setPassword(nowhere, '01234567-89ab-cdef-0123-456789abcdef', 'Canary-New-77'),
    (error: unknown) => error instanceof DirectoryUnavailable && !`${error.message}${error.stack}`.includes('Canary'),
  );
});
