import assert from 'node:assert/strict';
import { test } from 'node:test';
import { provesPassword, tryPassword } from '#activities/directory/verify-bind.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();

test('an unknown name gets the answer of a wrong password, by UPN, NETBIOS name and DN', async () => {
  for (const name of ['nobody@bank.test', 'BANK\\nobody', 'CN=Nobody,OU=Staff,DC=bank,DC=test', 'x=y']) {
    assert.equal((await tryPassword(bank.settings, name, 'Not-The-Password-1')).answer, 'wrong', name);
  }
});

test('the right password works by UPN, NETBIOS name and DN', async () => {
  const { dn } = await bank.account('alice.moreau');
  for (const name of ['alice.moreau@bank.test', 'BANK\\alice.moreau', dn]) {
    const trial = await tryPassword(bank.settings, name, bank.passwordOf('alice.moreau'));
    assert.deepEqual([trial.answer, trial.code], ['ok', 'LDAP 0'], name);
  }
});

test('only answers that need the right password prove it', () => {
  assert.deepEqual(
    (['ok', 'must-change', 'expired-password', 'disabled', 'account-expired', 'logon-hours', 'workstation'] as const).filter(
      (answer) => !provesPassword(answer),
    ),
    [],
  );
  assert.deepEqual((['wrong', 'locked', 'unavailable'] as const).filter(provesPassword), []);
});

test('an empty, endless or unsendable password is wrong without a bind', async () => {
  const nowhere = { ...bank.settings, controllers: [{ url: 'ldaps://127.0.0.1:1', servername: 'dc1.bank.test' }] };
  for (const password of ['', 'x'.repeat(257), 'a\0b', '\ud800'])
    assert.equal((await tryPassword(nowhere, 'alice.moreau@bank.test', password)).answer, 'wrong');
});

test('names that ldapts would take for SASL mechanisms, empty and endless names are wrong without a bind', async () => {
  const nowhere = { ...bank.settings, controllers: [{ url: 'ldaps://127.0.0.1:1', servername: 'dc1.bank.test' }] };
  for (const name of ['EXTERNAL', 'PLAIN', '', 'a\0@bank.test', `${'x'.repeat(10_000)}@bank.test`])
    assert.equal((await tryPassword(nowhere, name, 'Some-Password-1')).answer, 'wrong');
});

test('a wrong password counts once, however many controllers there are', async () => {
  const settings = {
    ...bank.settings,
    controllers: [...bank.settings.controllers, ...bank.settings.controllers, ...bank.settings.controllers],
  };
  const { guid } = await bank.account('lena.fischer');
  const count = () =>
    bank
      .as('reader')
      .read(async (session) =>
        (await session.search(`<GUID=${guid}>`, { scope: 'base', attributes: ['badPwdCount'] }))[0]?.number('badPwdCount'),
      );
  const counted = await count();
  assert.equal((await tryPassword(settings, 'lena.fischer@bank.test', 'Not-The-Password-1')).answer, 'wrong');
  assert.equal(await count(), (counted ?? 0) + 1);
});

test('a controller that does not answer is passed over', async () => {
  const dead = { url: `ldaps://${bank.address}:1`, servername: 'dc1.bank.test' };
  const settings = { ...bank.settings, controllers: [dead, ...bank.settings.controllers] };
  const trial = await tryPassword(settings, 'alice.moreau@bank.test', bank.passwordOf('alice.moreau'));
  assert.deepEqual([trial.answer, trial.controller], ['ok', bank.settings.controllers[0]]);
  const alone = await tryPassword(settings, 'alice.moreau@bank.test', bank.passwordOf('alice.moreau'), { controller: dead });
  assert.equal(alone.answer, 'unavailable');
});

test('a controller that cannot prove who it is gets no password', async () => {
  const password = bank.passwordOf('alice.moreau');
  const [controller] = bank.settings.controllers;
  const misnamed = { ...bank.settings, controllers: [{ url: controller!.url, servername: 'dc9.bank.test' }] };
  assert.equal((await tryPassword(misnamed, 'alice.moreau@bank.test', password)).answer, 'unavailable');
  assert.equal((await tryPassword({ ...bank.settings, caPem: '' }, 'alice.moreau@bank.test', password)).answer, 'unavailable');
  await assert.rejects(
    tryPassword(
      { ...bank.settings, controllers: [{ url: `ldap://${bank.address}`, servername: 'dc1.bank.test' }] },
      'alice.moreau@bank.test',
      password,
    ),
    /only ldaps/,
  );
});

test('five wrong passwords lock an account, and then the right one is told only "locked"', async () => {
  for (let attempt = 0; attempt < 5; attempt++) assert.equal(await bank.says('karim.haddad', `Not-The-Password-${attempt}`), 'wrong');
  assert.equal(await bank.says('karim.haddad', bank.passwordOf('karim.haddad')), 'locked');
  assert.equal((await bank.account('karim.haddad')).locked, true);
});
