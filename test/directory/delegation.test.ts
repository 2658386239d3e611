import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { grantsOf } from '#ops/rights/delegation.ts';
import { commandOf, type Trustees } from '#ops/rights/print-delegation.ts';
import { Sentence } from '#ops/sentence.ts';
import { plainDn, shQuoted, windowsQuoted } from '#ops/rights/quoting.ts';

const identity = (name: string, rid: number) => ({
  dn: `CN=${name},OU=Services,DC=bank,DC=test`,
  guid: `00000000-0000-0000-0000-00000000${rid}`,
  sid: `S-1-5-21-1-2-3-${rid}`,
  name,
  passwordExpires: false,
});
const trustees: Trustees = {
  netbios: 'BANK',
  identities: {
    reader: identity('svc-reader', 1101),
    writerStaff: identity('svc-staff', 1102),
    writerPrivileged: identity('svc-admins', 1103),
  },
};
const accounts = {
  reader: trustees.identities.reader.dn,
  writerStaff: trustees.identities.writerStaff.dn,
  writerPrivileged: trustees.identities.writerPrivileged.dn,
};
const odd = `OU=Zürich\\, "West" & 100% %PATH% $(id) \`id\` 'a' !b! ^c\\; \\<d\\>\\\\/,DC=bank,DC=test`;
const grants = grantsOf({
  baseDn: 'DC=bank,DC=test',
  accounts,
  units: { writerStaff: [odd], writerPrivileged: ['OU=Админы,DC=bank,DC=test'] },
});

test('each account is given what a reset needs and nothing that it does not', () => {
  const given = (account: string) => grants.filter((grant) => grant.account === account).map(({ dsacls }) => dsacls.join(' '));
  const nothingOfItself = '/D NT AUTHORITY\\SELF:CAWSWP';
  assert.deepEqual(given('reader'), ['/I:T /G $NAME:LCRPLO', nothingOfItself]);
  const onUnit = ['/I:S /G $NAME:CA;Reset Password;user', '/I:S /G $NAME:RPWP;lockoutTime;user'];
  assert.deepEqual(given('writerStaff'), [...onUnit, nothingOfItself]);
  assert.deepEqual(given('writerPrivileged'), [...onUnit, '/G $NAME:CA;Reset Password', '/G $NAME:RPWP;lockoutTime', nothingOfItself]);
  const never = /pwdLastSet|userAccountControl|altSecurityIdentities|member|GA|GW|SD;|WD|WO/;
  for (const { dsacls } of grants) assert.doesNotMatch(dsacls.join(' '), never);
});

test('the commands for Windows are word for word what its administrators read', () => {
  const lines = grantsOf({
    baseDn: 'DC=bank,DC=test',
    accounts,
    units: { writerStaff: ['OU=Staff,DC=bank,DC=test'], writerPrivileged: [] },
  }).map((grant) => commandOf(grant, 'windows', trustees));
  assert.equal(lines[0], 'dsacls "OU=Staff,DC=bank,DC=test" /I:S /G "BANK\\svc-staff:CA;Reset Password;user"');
  assert.equal(lines[1], 'dsacls "OU=Staff,DC=bank,DC=test" /I:S /G "BANK\\svc-staff:RPWP;lockoutTime;user"');
  assert.equal(lines.at(-1), 'dsacls "CN=svc-admins,OU=Services,DC=bank,DC=test" /D "NT AUTHORITY\\SELF:CAWSWP"');
  assert.equal(lines.length, 6, 'without a privileged unit AdminSDHolder is left alone');
});

/** How cmd cuts a line: what it would expand or end the command at, outside and within quotes, and the words of the C runtime after it. */
function wordsOnWindows(line: string): string[] {
  assert.doesNotMatch(line, /[%!]/, 'cmd expands these within quotes');
  assert.doesNotMatch(line, /[$`\u201c-\u201e]/, 'PowerShell expands these, or takes them for quotes');
  const outside = line.replaceAll(/"[^"]*"/g, '');
  assert.doesNotMatch(outside, /[&|<>^();,@'{}#]/, 'both shells give these a meaning outside of quotes');
  assert.equal(line.split('"').length % 2, 1);
  assert.doesNotMatch(line, /\\"/, 'the C runtime takes that for a quote');
  return (line.match(/"[^"]*"|[^ ]+/g) ?? []).map((word) => word.replaceAll('"', ''));
}

test('a name with every odd character stays one argument in cmd and PowerShell, and is still that name', () => {
  for (const grant of grants.filter(({ systems }) => systems.includes('windows'))) {
    const [command, dn = '', ...rest] = wordsOnWindows(commandOf(grant, 'windows', trustees));
    assert.equal(command, 'dsacls');
    assert.equal(dn, plainDn(grant.on));
    assert.deepEqual(
      rest,
      grant.dsacls.map((word) => word.replace('$NAME', `BANK\\${trustees.identities[grant.account].name}`)),
    );
  }
});

test('a name with every odd character stays one argument in a shell', () => {
  for (const grant of grants.filter(({ systems }) => systems.includes('samba'))) {
    const line = commandOf(grant, 'samba', trustees).replace(/^samba-tool/, String.raw`printf '%s\0'`);
    const words = execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8', env: {} }).split('\0');
    assert.deepEqual(words.slice(0, 3), ['dsacl', 'set', `--objectdn=${plainDn(grant.on)}`]);
    assert.equal(words[3], `--sddl=${grant.sddl.replace('$SID', trustees.identities[grant.account].sid)}`);
    assert.deepEqual(words.slice(4), ['']);
  }
});

test('whatever a unit is called, its plain name has nothing in it that a shell knows, and names the same unit', () => {
  const escaped = (value: string) => value.replaceAll(/[\\",+;<>#=]|^ | $/g, (one) => `\\${one}`);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'binary-ascii', minLength: 1 }), (one, two) => {
      const dn = `OU=${escaped(one)},OU=${escaped(two)},DC=bank,DC=test`;
      const said = plainDn(dn);
      assert.match(said, /^[\p{L}\p{M}\p{N} _.()=,\\-]+$/u);
      assert.equal(plainDn(said), said, 'it is as plain as it gets');
      const values = said
        .split(',')
        .map((part) =>
          part
            .slice(part.indexOf('=') + 1)
            .replaceAll(/(?:\\[0-9A-F]{2})+/g, (hex) => Buffer.from(hex.replaceAll('\\', ''), 'hex').toString('utf8')),
        );
      assert.deepEqual(values, [one, two, 'bank', 'test']);
      assert.equal(windowsQuoted(said), `"${said}"`);
      assert.equal(shQuoted(said), `'${said}'`);
    }),
  );
});

test('an account whose name no Windows shell leaves alone is refused with what to do', () => {
  const refused = (error: unknown) => error instanceof Sentence && error.message.includes('Give that account a name of letters');
  for (const name of ['svc$reader', 'svc%PATH%', 'svc`id`', 'svc!x!', 'svc\u201cx\u201d', 'svc"x'])
    assert.throws(() => windowsQuoted(`BANK\\${name}`), refused);
  assert.equal(windowsQuoted("BANK\\o'neill & sons #1"), `"BANK\\o'neill & sons #1"`);
});
