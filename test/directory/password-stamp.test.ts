import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attribute, Change } from 'ldapts';
import { entryReader, guidDn } from '#activities/directory/entry.ts';
import { invocationId } from '#activities/directory/invocation-id.ts';
import { passwordStamp, stampAttributes, type PasswordStamp } from '#activities/directory/password-stamp.ts';
import { setPassword } from '#activities/directory/set-password.ts';
import type { ServiceAccount } from '#ops/directory/names.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const { guid } = await bank.account('alice.moreau');

async function stampFor(account: ServiceAccount): Promise<PasswordStamp> {
  const [entry] = await bank
    .as(account)
    .read((session) => session.search(guidDn(guid), { scope: 'base', attributes: ['pwdLastSet', ...stampAttributes] }));
  const stamp = entry && passwordStamp(entry);
  assert.ok(stamp, `${account} sees no stamp`);
  return stamp;
}

async function mustChange(): Promise<void> {
  const change = new Change({ operation: 'replace', modification: new Attribute({ type: 'pwdLastSet', values: ['0'] }) });
  await bank.as('administrator').write((session) => session.modify(guidDn(guid), [change]));
}

test('every service account reads the stamp of a password that none of them may read', async () => {
  const here = await bank.as('writerStaff').read(invocationId);
  const seen = await Promise.all((['reader', 'writerStaff', 'writerPrivileged'] as const).map(stampFor));
  for (const stamp of seen) assert.deepEqual(stamp, seen[0]);
  assert.equal(seen[0]?.originating, here);
  assert.ok(Math.abs(Date.now() - Date.parse(seen[0]?.at ?? '')) < 86_400_000);
});

test('the version grows by one with each write, also of the same password and of a must-change account, and by none otherwise', async () => {
  const writer = bank.as('writerStaff');
  const versions = [(await stampFor('reader')).version];
  for (const password of ['Stamped-Once-1', 'Stamped-Once-1', 'Stamped-Twice-1', 'Stamped-Twice-1']) {
    await setPassword(writer, guid, password);
    await mustChange();
    versions.push((await stampFor('reader')).version);
  }
  const [first = 0] = versions;
  assert.deepEqual(versions, [first, first + 1, first + 2, first + 3, first + 4]);
});

const dsa = '7e71225b-ccee-4ef8-a196-8994b385cbc9';
/** One value as the documentation of msDS-ReplAttributeMetaData shows it. */
const said = (name: string, more = ''): string =>
  `<DS_REPL_ATTR_META_DATA>\n\t<pszAttributeName>${name}</pszAttributeName>\n\t<dwVersion>7</dwVersion>\n` +
  `\t<ftimeLastOriginatingChange>2026-11-26T22:05:04Z</ftimeLastOriginatingChange>\n` +
  `\t<uuidLastOriginatingDsaInvocationID>${dsa.toUpperCase()}</uuidLastOriginatingDsaInvocationID>\n` +
  `\t<usnOriginatingChange>1844674407370955</usnOriginatingChange>\n\t<usnLocalChange>12</usnLocalChange>\n` +
  `\t<pszLastOriginatingDsaDN>CN=NTDS Settings,CN=R&amp;D &lt;1&gt;</pszLastOriginatingDsaDN>${more}\n</DS_REPL_ATTR_META_DATA>\n\0`;
const stampOf = (values: string[], stored?: Buffer) =>
  passwordStamp(entryReader({ dn: 'CN=x', 'msDS-ReplAttributeMetaData': values, ...(stored ? { replPropertyMetaData: stored } : {}) }));

test('the documented form is read: the stamp of unicodePwd among those of other attributes', () => {
  assert.deepEqual(stampOf([said('pwdLastSet').replace('>7<', '>9<'), said('unicodePwd')]), {
    version: 7,
    originating: dsa,
    usn: '1844674407370955',
    at: '2026-11-26T22:05:04Z',
  });
});

test('what is no stamp says nothing, and hostile XML means nothing', () => {
  const stamp = said('unicodePwd');
  const bomb = `<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${stamp.replace('>7<', '>&b;<')}`;
  const file = `<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]>${stamp}`;
  const bad = [
    bomb,
    file,
    '',
    '\0',
    'not XML',
    `${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}`,
    said('lmPwdHistory'),
    said('unicodePwd', '<dwVersion>8</dwVersion>'),
    stamp.replace('>7<', '>0<'),
    stamp.replace('>7<', '>-1<'),
    stamp.replace('>7<', '>7e9<'),
    stamp.replace('2026-11-26', 'yesterday'),
    stamp.replace(dsa.toUpperCase(), 'dc1'),
  ];
  for (const value of bad) assert.equal(stampOf([value]), undefined, value.slice(0, 80));
});

test('a stored form that is cut short or of another kind says nothing', async () => {
  const [entry] = await bank
    .as('reader')
    .read((session) => session.search(guidDn(guid), { scope: 'base', attributes: ['replPropertyMetaData'] }));
  const stored = entry?.bytes('replPropertyMetaData');
  assert.ok(stored && stampOf([], stored));
  for (const length of [0, 3, 12, 16, 60, stored.length - 1])
    assert.equal(stampOf([], stored.subarray(0, length)), undefined, String(length));
  const other = Buffer.from(stored);
  other.writeUInt32LE(2, 0);
  assert.equal(stampOf([], other), undefined);
});
