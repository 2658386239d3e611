import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDirectory, type Directory } from '#activities/directory/connect.ts';
import { DirectoryUnavailable, ServiceBindRefused } from '#activities/directory/errors.ts';
import { findAccount } from '#activities/directory/find-account.ts';
import { setPassword } from '#activities/directory/set-password.ts';
import { readSecretLine } from '#config';
import { replaceAttribute } from './change.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const { dn, passwordFile } = bank.install.serviceAccounts.reader;
const password = () => readSecretLine(passwordFile);
const dead = { url: `ldaps://${bank.address}:1`, servername: 'dc1.bank.test' };

function badCount(account: string): Promise<number | undefined> {
  return bank
    .as('writerStaff')
    .read(async (session) => (await session.search(account, { scope: 'base', attributes: ['badPwdCount'] }))[0]?.number('badPwdCount'));
}

test('forty reads at once over four connections all succeed, also when the first controller is dead', async () => {
  const reader = openDirectory({ ...bank.settings, controllers: [dead, ...bank.settings.controllers] }, { dn, password });
  const names = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 'alice.moreau' : 'nobody'));
  const found = await Promise.all(names.map((name) => findAccount(reader, name)));
  assert.deepEqual(
    found.map((one) => one?.samAccountName),
    names.map((name) => (name === 'nobody' ? undefined : name)),
  );
  await reader.close();
});

test('after the controller was killed and started again, kept connections serve reads and writes as if nothing was', async () => {
  const reader = bank.as('reader');
  const writer = bank.as('writerStaff');
  const { guid } = await bank.account('alice.moreau');
  assert.equal((await setPassword(writer, guid, 'Before-The-Kill-1')).outcome, 'applied');
  for (const pid of bank.running.pids()) process.kill(pid, 'SIGKILL');
  await assert.rejects(findAccount(reader, 'alice.moreau'), DirectoryUnavailable);
  await assert.rejects(setPassword(writer, guid, 'During-The-Gap-1'), DirectoryUnavailable);
  await bank.restart();
  assert.equal((await findAccount(reader, 'alice.moreau'))?.guid, guid);
  assert.equal((await setPassword(writer, guid, 'After-The-Kill-1')).outcome, 'applied');
  assert.equal(await bank.says('alice.moreau', 'After-The-Kill-1'), 'ok');
});

test('a wrong service password is tried once, not until the account is locked', async () => {
  const counted = (await badCount(dn)) ?? 0;
  const wrong = openDirectory(
    { ...bank.settings, controllers: [...bank.settings.controllers, ...bank.settings.controllers] },
    { dn, password: () => 'Not-The-Password-1' },
  );
  for (let time = 0; time < 10; time++) await assert.rejects(findAccount(wrong, 'alice.moreau'), ServiceBindRefused);
  assert.equal(await badCount(dn), counted + 1);
});

test('a mended service password is taken without a restart', async () => {
  let current = 'Not-The-Password-2';
  const reader = openDirectory(bank.settings, { dn, password: () => current });
  await assert.rejects(findAccount(reader, 'alice.moreau'), ServiceBindRefused);
  current = password();
  assert.equal((await findAccount(reader, 'alice.moreau'))?.samAccountName, 'alice.moreau');
  await reader.close();
});

test('an empty or unreadable service password is refused here, before any connection', async () => {
  const empty = openDirectory({ ...bank.settings, controllers: [dead] }, { dn, password: () => '' });
  await assert.rejects(findAccount(empty, 'alice.moreau'), ServiceBindRefused);
  const unreadable = openDirectory(
    { ...bank.settings, controllers: [dead] },
    {
      dn,
      password: () => {
        throw new Error('no such file');
      },
    },
  );
  await assert.rejects(findAccount(unreadable, 'alice.moreau'), /no such file/);
});

test('plain LDAP is refused when it is configured, not when it is used', () => {
  assert.throws(
    () =>
      openDirectory({ ...bank.settings, controllers: [{ url: `ldap://${bank.address}`, servername: 'dc1.bank.test' }] }, { dn, password }),
    /only ldaps/,
  );
});

test('a controller of another authority or another name is never spoken to', async () => {
  const misnamed = openDirectory(
    { ...bank.settings, controllers: [{ url: bank.settings.controllers[0]!.url, servername: 'dc9.bank.test' }] },
    { dn, password },
  );
  await assert.rejects(findAccount(misnamed, 'alice.moreau'), DirectoryUnavailable);
});

test('a refused change keeps the connection; the next call goes on with it', async () => {
  const reader: Directory = openDirectory(bank.settings, { dn, password }, { connections: 1 });
  const alice = await findAccount(reader, 'alice.moreau');
  await assert.rejects(replaceAttribute(reader, alice!.dn, 'description', 'x'), { code: 50 });
  assert.equal((await findAccount(reader, 'alice.moreau'))?.guid, alice!.guid);
  await reader.close();
});
