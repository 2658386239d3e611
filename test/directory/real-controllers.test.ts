import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openDirectory, type Directory, type DirectoryOptions, type DirectorySettings } from '#activities/directory/connect.ts';
import { findAccount } from '#activities/directory/find-account.ts';
import { setPassword } from '#activities/directory/set-password.ts';
import { readSecretLine } from '#config';
import { controllersAnswer } from '#ops/doctor/controllers.ts';
import { controllerCertificate } from '#ops/doctor/directory.ts';
import { layout } from '#ops/paths.ts';
import { dnsServer } from '../support/dns-server.ts';
import { ownDirectory } from './own-directory.ts';

/** What a real controller says of itself, and that it is found, used and refused by that. */
const bank = await ownDirectory();
const dns = await dnsServer();
const host = 'dc1.bank.test';
const service = { srv: `0 100 389 ${host}` };
dns.say({ '_ldap._tcp.dc._msdcs.bank.test': [service], '_ldap._tcp.pdc._msdcs.bank.test': [service], [host]: [{ a: bank.address }] });
const byDns = { ...bank.settings, controllers: [], find: { servers: [dns.server] } };

function open(settings: DirectorySettings, options: DirectoryOptions = {}): Directory {
  const { dn, passwordFile } = bank.install.serviceAccounts[options.writable ? 'writerStaff' : 'reader'];
  const directory = openDirectory(settings, { dn, password: () => readSecretLine(passwordFile) }, { connections: 1, ...options });
  after(() => directory.close());
  return directory;
}

/** Changes the controller's own database, as only its host can. */
function change(ldif: string): void {
  execFileSync('ldbmodify', ['-H', bank.install.layout.database, '--controls=relax:0'], { input: ldif, stdio: ['pipe', 'pipe', 'pipe'] });
}

test('a real controller is found by DNS, tells its site, clock and role, and is written by its name', async () => {
  const reader = open(byDns);
  const alice = (await findAccount(reader, 'alice.moreau')) ?? assert.fail('she was not found');
  const { controllers, silence } = await reader.look();
  assert.deepEqual([controllers.length, silence], [1, undefined]);
  const [{ url, health, isPdc, from, unfit, facts } = assert.fail('there is none')] = controllers;
  assert.deepEqual([url, health, isPdc, from, unfit], [`ldaps://${host}:636`, 'good', true, 'domain', undefined]);
  const { skewSeconds = 99, dnsHostName, site, readOnly, policyHints } = facts ?? {};
  assert.deepEqual([dnsHostName, site, readOnly, policyHints], [host, 'Default-First-Site-Name', false, false]);
  assert.ok(Math.abs(skewSeconds) < 30);

  const writer = open({ ...byDns, prefer: 'pdc' }, { writable: true });
  const said = await setPassword(writer, alice.guid, 'Found-By-The-Name-1');
  assert.deepEqual([said.outcome, said.outcome === 'applied' && said.controller.url], ['applied', url]);
  assert.equal((await findAccount(writer.only(url) ?? assert.fail('it is known'), 'alice.moreau'))?.guid, alice.guid);
  assert.equal(await bank.says('alice.moreau', 'Found-By-The-Name-1'), 'ok');
});

test('the doctor finds the controllers as the service does, and tells an operator of each', async () => {
  const state = join(bank.stateDir, 'as-set-up');
  mkdirSync(join(state, 'verifier'), { recursive: true });
  const ca = join(bank.stateDir, 'ca', 'ca.pem');
  const { dn, passwordFile } = bank.install.serviceAccounts.reader;
  const { caPem: _, ...directory } = byDns;
  writeFileSync(layout(state).settingsFile('verifier'), JSON.stringify({ directory: { ...directory, ca }, bind: { dn, passwordFile } }));
  const { verdict, said } = await controllersAnswer(state);
  assert.equal(verdict, 'good', said);
  assert.match(
    said,
    /^1 of 1 domain controllers can be used\n {6}dc1\.bank\.test: site Default-First-Site-Name, PDC emulator, answers in .* ms, clock .*, lets resets pass the password history, named by DNS$/,
  );
  const trusted = await controllerCertificate(state);
  assert.deepEqual([trusted.verdict, /^TLS to dc1\.bank\.test is trusted/.test(trusted.said)], ['good', true], trusted.said);
});

test('a real controller that serves another domain is refused before it hears a password', async () => {
  const elsewhere = open({ ...bank.settings, baseDn: 'DC=other,DC=test' });
  await assert.rejects(findAccount(elsewhere, 'alice.moreau'), /dc1\.bank\.test serves DC=bank,DC=test and not DC=other,DC=test/);
});

test('a real controller that says it is read-only is read, and a writer refuses it in words until it is not', async () => {
  const capability = (what: 'add' | 'delete') =>
    change(`dn: @ROOTDSE\nchangetype: modify\n${what}: supportedCapabilities\nsupportedCapabilities: 1.2.840.113556.1.4.1920\n`);
  capability('add');
  try {
    const { guid } = (await findAccount(open(bank.settings), 'alice.moreau')) ?? assert.fail('it is not read');
    const writer = open(bank.settings, { writable: true });
    const refusal = /dc1\.bank\.test is a read-only controller, which takes no changes/;
    await assert.rejects(setPassword(writer, guid, 'Never-Written-Here-1'), refusal);
    await assert.rejects(setPassword(open(bank.settings), guid, 'Never-Written-Here-1'), refusal, 'nor does whoever opened it for reading');
    const seen = await open(bank.settings).look();
    assert.deepEqual(
      seen.controllers.map(({ facts }) => facts?.readOnly),
      [true],
    );
  } finally {
    capability('delete');
  }
  const writer = open(bank.settings, { writable: true });
  const { guid } = (await findAccount(writer, 'alice.moreau')) ?? assert.fail('it is not read');
  assert.equal((await setPassword(writer, guid, 'Written-After-All-1')).outcome, 'applied');
});

test('the object by which a read-only Samba is known is readable to a service account', async () => {
  const [own] = await open(bank.settings).read(async (session) => {
    const [root] = await session.search('', { scope: 'base', attributes: ['dsServiceName'] });
    return session.search(root?.text('dsServiceName') ?? '', { scope: 'base', attributes: ['msDS-isRODC'] });
  });
  assert.equal(own?.text('msDS-isRODC'), 'FALSE');
});
