import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { apiSettings, verifierSettings, writerSettings } from '#config';
import { layout, processNames, type ProcessName } from '#ops/paths.ts';
import type { Identities } from '#ops/setup/identities.ts';
import { readOwnDirectory } from '#ops/setup/own-directory.ts';
import { writeSettings } from '#ops/setup/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-own-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'directory.yaml');
for (const name of ['reader', 'staff', 'privileged']) writeFileSync(join(folder, `${name}.password`), `${name}-secret\n`, { mode: 0o600 });
writeFileSync(join(folder, 'ca.pem'), 'a certificate');
writeFileSync(join(folder, 'policy.yaml'), 'a policy');

const whole = `
controllers: [{ url: 'ldaps://dc1.example.test:636', servername: dc1.example.test }]
ca: ca.pem
baseDn: DC=example,DC=test
netbios: EXAMPLE
upnSuffix: example.test
binds:
  reader: { dn: 'CN=reader,DC=example,DC=test', passwordFile: reader.password }
  writerStaff: { dn: 'CN=staff,DC=example,DC=test', passwordFile: staff.password }
  writerPrivileged: { dn: 'CN=privileged,DC=example,DC=test', passwordFile: privileged.password }
roleGroups: { approver: [Approvers], security-officer: [Officers], help-desk: [Help Desk], auditor: [], administrator: [], operator: [] }
policy: policy.yaml
`;
const refusal = (text: string): string => {
  writeFileSync(file, text);
  try {
    readOwnDirectory(file);
  } catch (error) {
    assert.equal((error as Error).constructor.name, 'Sentence');
    return (error as Error).message;
  }
  return assert.fail('it was accepted');
};

test('a whole file is read, with paths beside it', () => {
  writeFileSync(file, whole);
  const read = readOwnDirectory(file);
  assert.equal(read.binds.writerStaff.password, 'staff-secret');
  assert.equal(read.connection.ca, join(folder, 'ca.pem'));
  assert.equal(read.policyFile, join(folder, 'policy.yaml'));
});

test('plain LDAP is refused, whatever the controller would allow', () => {
  assert.match(refusal(whole.replace('ldaps://', 'ldap://')), /controllers\.0\.url: must be ldaps:\/\/, plain LDAP is refused/);
});

const listed = whole.split('\n').find((line) => line.startsWith('controllers')) ?? '';
const finding = (find: string): string => whole.replace(listed, `find: ${find}`);

test('controllers are found by DNS instead of a list, or beside one, and the writers may prefer the PDC emulator', () => {
  writeFileSync(file, `${finding("{ servers: [10.1.0.10, '10.1.0.11:5353', '[fd00::1]:53'], site: HeadOffice }")}writersPrefer: pdc\n`);
  const { connection, writersPrefer } = readOwnDirectory(file);
  assert.deepEqual(connection.find, { servers: ['10.1.0.10', '10.1.0.11:5353', '[fd00::1]:53'], site: 'HeadOffice' });
  assert.deepEqual([connection.controllers, writersPrefer], [[], 'pdc']);
  writeFileSync(file, `${whole}find: { servers: [10.1.0.10] }\n`);
  assert.equal(readOwnDirectory(file).connection.controllers.length, 1);
});

test('what the file says of finding controllers reaches every process as its settings want it; only the writers prefer the PDC emulator', () => {
  writeFileSync(file, `${finding('{ servers: [10.1.0.10], site: HeadOffice }')}writersPrefer: pdc\n`);
  const state = join(folder, 'state');
  for (const name of processNames) mkdirSync(join(state, name), { recursive: true });
  const own = { user: 'me', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  writeSettings({
    state,
    identities: new Proxy({} as Identities, { get: () => own }),
    temporal: { address: '127.0.0.1:7233', namespace: 'countersign' },
    directory: readOwnDirectory(file),
    portal: { host: '127.0.0.1', port: 8443, origin: 'https://localhost:8443' },
    cards: 'https://localhost:8444',
    devices: { host: '127.0.0.1', port: 8445, origin: 'https://localhost:8445' },
    workflowCode: '0'.repeat(64),
    logLevel: 'info',
  });
  const read = (name: ProcessName): unknown => JSON.parse(readFileSync(layout(state).settingsFile(name), 'utf8'));
  const find = { servers: ['10.1.0.10'], site: 'HeadOffice' };
  for (const { directory } of [apiSettings.parse(read('api')), verifierSettings.parse(read('verifier'))])
    assert.deepEqual([directory.controllers, directory.find, directory.prefer], [[], find, undefined]);
  for (const name of ['writer-staff', 'writer-privileged'] as const) {
    const { directory } = writerSettings.parse(read(name));
    assert.deepEqual([directory.controllers, directory.find, directory.prefer], [[], find, 'pdc']);
  }
});

test('files of controllers’ events are named from where the settings stand, and each with its controller', () => {
  writeFileSync(file, `${whole}events: [{ file: logs/dc1.json, controller: dc1.example.bank }]\n`);
  assert.deepEqual(readOwnDirectory(file).events, [{ file: join(folder, 'logs/dc1.json'), controller: 'dc1.example.bank' }]);
  assert.match(refusal(`${whole}events: [logs/dc1.json]\n`), /events\.0/);
});

test('no controller and no way to find one, a name server by its name, and a site or preference that cannot be are refused with the fix', () => {
  assert.match(refusal(whole.replace(listed, '')), /controllers: name at least one, or write find: \{ servers: \[\.\.\.\] \}/);
  assert.match(refusal(finding('{ servers: [] }')), /find\.servers: must name at least one name server of the domain/);
  assert.match(refusal(finding('{ site: HeadOffice }')), /find\.servers/);
  for (const server of ['dns.example.test', '10.1.0.10:0', '10.1.0', '"[10.1.0.10]:53"'])
    assert.match(refusal(finding(`{ servers: [${server}] }`)), /find\.servers\.0: must be the address of a name server/, server);
  assert.match(refusal(finding('{ servers: [10.1.0.10], site: Head.Office }')), /find\.site: must be the name of a site/);
  assert.match(refusal(finding('{ servers: [10.1.0.10], port: 389 }')), /find: .*port/);
  assert.match(refusal(`${whole}writersPrefer: nearest\n`), /writersPrefer: must be pdc, or be left out/);
  const unit = finding('{ servers: [10.1.0.10] }').replace('baseDn: DC=', 'baseDn: OU=Staff,DC=');
  assert.match(refusal(unit), /baseDn: must be the domain itself, such as DC=example,DC=bank/);
});

test('a password in the file itself is refused: only paths belong there', () => {
  assert.match(refusal(whole.replace('passwordFile: reader.password', 'password: hunter2')), /binds\.reader/);
  assert.doesNotMatch(refusal(whole.replace('passwordFile: reader.password', 'password: hunter2')), /hunter2/);
});

test('a password file that others can read is refused with the command that closes it', () => {
  chmodSync(join(folder, 'reader.password'), 0o644);
  assert.equal(
    refusal(whole),
    `${join(folder, 'reader.password')} can be read by others. Run: chmod 600 ${join(folder, 'reader.password')}`,
  );
  chmodSync(join(folder, 'reader.password'), 0o600);
});

test('a file that is missing, or no YAML, or names nothing, is a sentence each', () => {
  assert.match(refusal('{ ['), /is neither YAML nor JSON/);
  assert.match(refusal(whole.replace('ca.pem', 'gone.pem')), /gone\.pem, which does not exist/);
  assert.throws(() => readOwnDirectory(join(folder, 'none.yaml')), /does not exist\. Name the settings/);
});

test('a mail relay is read with its authority and password; a plain one is refused, and without the section there is none', () => {
  const mail = `mail: { host: relay.example.test, port: 587, tls: starttls, ca: ca.pem, from: countersign@example.test, credentials: { name: cs, passwordFile: reader.password } }\n`;
  writeFileSync(file, whole + mail);
  assert.deepEqual(readOwnDirectory(file).mail, {
    host: 'relay.example.test',
    port: 587,
    tls: 'starttls',
    from: 'countersign@example.test',
    caPem: 'a certificate',
    credentials: { name: 'cs', password: 'reader-secret' },
  });
  assert.match(
    refusal(whole + mail.replace('tls: starttls', 'tls: none')),
    /mail\.tls: must be implicit or starttls, plain SMTP is refused/,
  );
  assert.match(refusal(whole + mail.replace('ca: ca.pem', 'ca: gone.pem')), /gone\.pem, which does not exist/);
  assert.match(refusal(whole + mail.replace('countersign@example.test', 'Countersign')), /mail\.from/);
  writeFileSync(file, whole);
  assert.equal(readOwnDirectory(file).mail, undefined);
});
