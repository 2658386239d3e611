import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { readAccount } from '#activities/directory/find-account.ts';
import { setPassword } from '#activities/directory/set-password.ts';
import { openDirectory } from '#activities/directory/connect.ts';
import { newClient } from '#activities/directory/controller.ts';
import { readSecretLine } from '#config';
import type { ServiceAccount } from '#ops/directory/names.ts';
import { delegateCommand } from '#ops/rights/delegate.ts';
import { preflight, preflightCommand } from '#ops/rights/preflight.ts';
import type { Site } from '#ops/rights/site.ts';
import { root } from '#ops/paths.ts';
import { runCommand } from '#ops/run-command.ts';
import { countersign } from '#test/support/countersign.ts';
import { addValues, makeAccount, replaceAttribute } from './change.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const admin = bank.as('administrator');
const base = 'DC=bank,DC=test';
const odd = String.raw`OU=Zürich\, \"West\" & 100% %PATH% $(id) 'a' !b! ^c,${base}`;
const services = `OU=Service Accounts,${base}`;
const password = 'Countersign-Second-1';

/** A bank that begins with Countersign: accounts that were given nothing, and a unit with an unlucky name. */
const site: Site = {
  settings: bank.settings,
  binds: {
    reader: { dn: `CN=cs-reader,${services}`, password: () => password },
    writerStaff: { dn: `CN=cs-staff,${services}`, password: () => password },
    writerPrivileged: { dn: `CN=cs-admins,${services}`, password: () => password },
  },
  serves: [odd, `OU=Privileged,${base}`],
};

before(async () => {
  const client = newClient(bank.settings, bank.settings.controllers[0]!);
  await client.bind(bank.install.administrator.dn, readSecretLine(bank.install.administrator.passwordFile));
  await client.add(odd, { objectClass: 'organizationalUnit' });
  for (const { dn } of Object.values(site.binds)) await makeAccount(client, dn, dn.slice(3, dn.indexOf(',')), password);
  for (const name of ['Ada West', 'Ben West'])
    await makeAccount(client, `CN=${name},${odd}`, name.toLowerCase().replace(' ', '.'), password);
  await client.unbind();
});

/** The administrator's shell on the controller: samba-tool finds its own configuration there, here it is told. */
async function onTheController(script: string): Promise<void> {
  const folder = join(bank.stateDir, 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'samba-tool'), `#!/bin/sh\nexec /usr/bin/samba-tool "$@" -s '${bank.install.layout.config}'\n`);
  chmodSync(join(folder, 'samba-tool'), 0o755);
  const { code, stdout, stderr } = await runCommand('/bin/sh', ['-e'], {
    input: script,
    env: { PATH: `${folder}:/usr/bin:/bin` },
    timeoutMs: 120_000,
  });
  assert.equal(code, 0, `${stdout}${stderr}`);
}

const sambaLines = (printed: string): string =>
  printed
    .split('\n')
    .filter((line) => line.startsWith('samba-tool '))
    .join('\n');
const said = async (): Promise<string[]> => (await preflight(site)).map(({ verdict, said }) => `${verdict}: ${said}`);
const sidOf = async (account: ServiceAccount): Promise<string> => (await bank.account(site.binds[account].dn.slice(3).split(',')[0]!)).sid;
const give = (on: string, sddl: string) => onTheController(`samba-tool dsacl set --objectdn='${on}' --sddl='${sddl}'`);

/** The file that an operator writes before the first start, about the demo bank. */
function settingsFile(): string {
  const { serviceAccounts } = bank.install;
  const { caPem, ...connection } = bank.settings;
  const settings = {
    ...connection,
    ca: 'ca-of-the-controllers.pem',
    binds: serviceAccounts,
    roleGroups: { approver: [], 'security-officer': [], 'help-desk': [], auditor: [], administrator: [], operator: [] },
    policy: join(root, 'ops/policy/demo-bank.yaml'),
  };
  const file = join(bank.stateDir, 'bank.json');
  writeFileSync(join(bank.stateDir, 'ca-of-the-controllers.pem'), caPem);
  writeFileSync(file, JSON.stringify(settings));
  return file;
}

test('before anything is started an operator asks by a settings file, and of the demo bank each account is said to be as it should', async () => {
  const file = settingsFile();
  const seen = await countersign(bank.stateDir, 'directory', 'preflight', '--directory', file);
  assert.equal(seen.stderr, '');
  assert.match(
    seen.stdout,
    /^ {2}✓ reader can read, and change nothing of anything\n {2}✓ writer-staff can reset and unlock the \d+ accounts that are its own, and do nothing else\n {2}✓ writer-privileged can reset and unlock the \d+ accounts that are its own, and do nothing else\n\nNo reset would fail for want of a right, and nothing is too much\.\n$/,
  );
  assert.equal(seen.code, 0);
  const printed = await countersign(bank.stateDir, 'directory', 'delegate', '--print', '--directory', file);
  assert.match(printed.stdout, /\ndsacls "OU=Staff,DC=bank,DC=test" \/I:S \/G "BANK\\svc-writer-staff:CA;Reset Password;user"\n/);
  const nothing = await countersign(bank.stateDir, 'directory', 'preflight');
  assert.match(nothing.stderr, /Nothing is set up in .* yet\. Name the settings file that you will start with: --directory <file>/);
  const unasked = await countersign(bank.stateDir, 'directory', 'delegate', '--directory', file);
  assert.equal(unasked.code, 1);
  assert.match(unasked.stderr, /Countersign gives no rights by itself\. Add --print to read the commands\./);
});

test('before anything is given, it says who could not be reset, and with which command they can be', async () => {
  const { lines, exitCode } = await preflightCommand(site);
  assert.equal(exitCode, 1);
  const text = lines.join('\n');
  assert.match(
    text,
    /✗ writer-staff can neither set the password of nor unlock 2 accounts in OU=Zürich.*\(ada\.west, ben\.west\)\. Their resets would go all the way and then be refused by the directory\n +→ samba-tool dsacl set --objectdn='OU=Zürich\\2C/,
  );
  assert.match(text, /✗ writer-privileged can neither set the password of nor unlock \d+ accounts in OU=Privileged/);
  assert.match(text, /✗ reader may change .* of itself/);
});

test('what delegate prints is run word for word, and then nothing fails and nothing is too much', async () => {
  const printed = await delegateCommand(site, {});
  assert.match(printed, /# This directory says that it is Samba\./);
  assert.match(printed, /# writer-staff gets OU=Zürich/);
  assert.match(printed, /# writer-privileged gets OU=Privileged,DC=bank,DC=test\n/);
  await onTheController(sambaLines(printed));
  assert.deepEqual(await said(), [
    'good: reader can read, and change nothing of anything',
    'good: writer-staff can reset and unlock the 2 accounts that are its own, and do nothing else',
    `good: writer-privileged can reset and unlock the ${(await preflightMine()).length} accounts that are its own, and do nothing else`,
  ]);
  const writer = openDirectory(bank.settings, site.binds.writerStaff, { connections: 1 });
  const outcome = await setPassword(writer, (await bank.account('ada.west')).guid, 'Entirely-Other-77');
  await writer.close();
  assert.equal(outcome.outcome, 'applied');
  await onTheController(sambaLines(printed));
  assert.equal(
    (await said()).every((one) => one.startsWith('good')),
    true,
    'twice is as good as once',
  );
});

async function preflightMine(): Promise<string[]> {
  const { people } = await import('#ops/demo/people.ts');
  return people.filter(({ ou }) => ou === 'Privileged').map(({ account }) => account);
}

test('a Domain Admin among the staff is found on Samba, which has no SDProp, with the command that keeps the staff writer off', async () => {
  const ada = await bank.account('ada.west');
  await addValues(admin, `CN=Domain Admins,CN=Users,${base}`, 'member', ada.dn);
  const { lines, exitCode } = await preflightCommand(site);
  const text = lines.join('\n');
  assert.equal(exitCode, 1);
  assert.match(
    text,
    /✗ writer-staff may set the password of or unlock 1 protected account in OU=Zürich.*\(ada\.west: Domain Admins \(512\)\)\. Windows would take that right away by itself; Samba never does\./,
  );
  assert.match(text, /→ move them into a unit of writer-privileged; until then:\n/);
  assert.match(text, /✗ writer-privileged can neither set the password of nor unlock 1 account in OU=Zürich/);
  const printed = await delegateCommand(site, {});
  assert.match(printed, /# One protected account is in a unit of writer-staff\. Move them into a unit of their own\./);
  const command = lines.find((line) => line.includes('--objectdn=') && line.includes('CN=Ada West'))!.replace(/^ *→ /, '');
  assert.ok(printed.includes(command), 'delegate prints the same');
  await onTheController(command);
  const now = await said();
  assert.equal(
    now.some((one) => one.includes('protected account in')),
    false,
    now.join('\n'),
  );
  assert.equal(
    now.some((one) => /^bad: writer-privileged can neither .* 1 account /.test(one)),
    true,
    'moving it is still to do',
  );
});

test('each thing that is too much is said in words', async () => {
  const [staff, reader] = [await sidOf('writerStaff'), await sidOf('reader')];
  await give(`OU=Privileged,${base}`, `(OA;CIIO;WP;bf967950-0de6-11d0-a285-00aa003049e2;bf967aba-0de6-11d0-a285-00aa003049e2;${reader})`);
  await give(`CN=CS-Approvers,OU=Groups,${base}`, `(OA;;WP;bf9679c0-0de6-11d0-a285-00aa003049e2;;${staff})`);
  await give(
    `OU=Tellers,OU=Staff,${base}`,
    `(OA;;CC;bf967aba-0de6-11d0-a285-00aa003049e2;;${staff})(OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;bf967aba-0de6-11d0-a285-00aa003049e2;${staff})`,
  );
  await give(base, `(OA;;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2;;${reader})`);
  await give(`CN=AdminSDHolder,CN=System,${base}`, `(A;;WD;;;${staff})`);
  await give(
    (await bank.account('ben.west')).dn.replaceAll("'", String.raw`'\''`),
    `(OD;;RP;b7c69e6d-2cc7-11d2-854e-00a0c983f608;;${staff})`,
  );
  await replaceAttribute(admin, site.binds.reader.dn, 'userAccountControl', '512');
  const text = (await said()).join('\n');
  assert.match(text, /bad: the password of reader \(cs-reader\) expires, and nothing is reset from that day on/);
  assert.match(text, /bad: reader may change description of \d+ accounts \(/);
  assert.match(text, /bad: reader may replicate 1 domain \(bank\), and so read the password hashes of everybody/);
  assert.match(
    text,
    /bad: writer-staff is not shown the groups of 1 account in OU=Zürich.*\(ben\.west\), so nobody can tell whether they are protected/,
  );
  const writer = openDirectory(bank.settings, site.binds.writerStaff, { connections: 1 });
  await assert.rejects(
    readAccount(writer, (await bank.account('ben.west')).guid),
    /did not show tokenGroups/,
    'and the writer does not take it for unprotected',
  );
  await writer.close();
  assert.match(text, /bad: writer-staff may put anybody into 1 group \(CS-Approvers\)/);
  assert.match(text, /bad: writer-staff may make new objects in 1 unit \(Tellers\)/);
  assert.match(
    text,
    /bad: writer-staff may set the password of or unlock \d+ accounts in OU=Tellers,OU=Staff,DC=bank,DC=test \(.*\), which the policy does not serve\. Countersign asks the directory/,
  );
  assert.match(text, /bad: writer-staff may change the rights on 1 unit \(AdminSDHolder\), and so give itself everything/);
});

test('an account of ours that is an administrator, or cannot sign in, is one finding and hides none of the others', async () => {
  await addValues(admin, `CN=Administrators,CN=Builtin,${base}`, 'member', site.binds.writerPrivileged.dn);
  const wrong: Site = {
    ...site,
    binds: { ...site.binds, writerStaff: { dn: site.binds.writerStaff.dn, password: () => 'Not-The-Password-1' } },
  };
  const findings = (await preflight(wrong)).map(({ said }) => said).join('\n');
  assert.match(findings, /writer-privileged \(cs-admins\) is an administrator itself: Administrators \(544\)/);
  assert.match(findings, /writer-staff: Nothing can be said: the service account CN=cs-staff,.* cannot sign in to the directory \(wrong\)/);
  assert.match(findings, /reader may change description/);
  assert.ok(!findings.includes('Not-The-Password-1'));
});

test('what was typed wrong is refused with what to type', async () => {
  await assert.rejects(
    delegateCommand(site, { staff: [`OU=Nowhere,${base}`] }),
    /shows no unit "OU=Nowhere,DC=bank,DC=test"\. Write its distinguished name/,
  );
  await assert.rejects(
    delegateCommand({ ...site, binds: { ...site.binds, writerStaff: { ...site.binds.writerStaff, dn: `CN=gone,${services}` } } }, {}),
    /shows no account CN=gone/,
  );
});
