import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RightsOn } from '#activities/directory/rights-held.ts';
import type { ServiceAccount } from '#ops/directory/names.ts';
import { grantsOf } from '#ops/rights/delegation.ts';
import { judgeRights, type Expected } from '#ops/rights/judge-rights.ts';
import { troubleInWords, type Telling } from '#ops/rights/rights-in-words.ts';
import { unitsOf, type ServedAccount } from '#ops/rights/units.ts';

/** What a directory of Windows would show, which no controller of this suite is. */
const base = 'DC=bank,DC=test';
const own = (name: string, rid: number) => ({
  dn: `CN=${name},OU=Services,${base}`,
  guid: `own-${rid}`,
  sid: `S-1-5-21-1-2-3-${rid}`,
  name,
  passwordExpires: false,
});
const identities: Record<ServiceAccount, ReturnType<typeof own>> = {
  reader: own('svc-reader', 1),
  writerStaff: own('svc-staff', 2),
  writerPrivileged: own('svc-admins', 3),
};
const account = (name: string, unit: string, protectedBy?: string): ServedAccount => ({
  guid: name,
  sid: `S-1-5-21-1-2-3-${name}`,
  dn: `CN=${name},${unit}`,
  displayName: name,
  samAccountName: name,
  protectedBy,
});
const staff = `OU=Staff,${base}`;
const admins = `OU=Admins,${base}`;
const accounts = [
  account('Ada', staff),
  account('Ben', staff),
  account('Root', admins, 'S-1-5-21-1-2-3-512'),
  account('Old', admins, 'adminCount'),
];
const outside = account('krbtgt', `CN=Users,${base}`, 'S-1-5-21-1-2-3-502');
const expected: Expected = {
  accounts: new Map([...accounts, outside].map((one) => [one.guid, one])),
  isServed: ({ dn }) => dn.endsWith(staff) || dn.endsWith(admins),
  own: identities,
};
const units = unitsOf([staff, admins], accounts, new Set());
const telling = (by: ServiceAccount): Telling => ({
  by,
  expected,
  system: 'windows',
  trustees: { netbios: 'BANK', identities },
  grants: grantsOf({
    baseDn: base,
    accounts: { reader: identities.reader.dn, writerStaff: identities.writerStaff.dn, writerPrivileged: identities.writerPrivileged.dn },
    units,
  }),
});
const on = (name: string, rights: Partial<RightsOn> = {}): RightsOn => ({
  dn: expected.accounts.get(name)?.dn ?? name,
  guid: name,
  kind: 'account',
  resets: 'no',
  writes: [],
  creates: [],
  deletes: 'no',
  rewritesRights: false,
  replicates: 'no',
  inheritsNothing: false,
  hidesGroups: false,
  ...rights,
});
const mine = { resets: 'yes', writes: ['lockoutTime'] } as const;
const findings = (by: ServiceAccount, ...rights: RightsOn[]) =>
  judgeRights(by, rights, expected).map((one) => troubleInWords(one, telling(by)));

test("a served subtree is its writer's by who is in it", () => {
  assert.deepEqual(units, { writerStaff: [staff], writerPrivileged: [admins], misplaced: [], empty: [] });
  const mixed = unitsOf([base, `OU=Nobody,${base}`], accounts, new Set(['Ada']));
  assert.deepEqual(mixed.writerStaff, [base]);
  assert.deepEqual(mixed.writerPrivileged, []);
  assert.deepEqual(
    mixed.misplaced.map(({ displayName }) => displayName),
    ['Root', 'Old'],
  );
  assert.deepEqual(mixed.empty, [`OU=Nobody,${base}`]);
});

test('whoever has exactly what a reset needs has no trouble', () => {
  assert.deepEqual(findings('writerStaff', on('Ada', mine), on('Ben', mine), on('Root'), on('krbtgt')), []);
  assert.deepEqual(findings('writerPrivileged', on('Ada'), on('Root', mine), on('Old', mine)), []);
  assert.deepEqual(findings('reader', on('Ada'), on('Root'), on('krbtgt')), []);
});

test('on Windows a protected account takes nothing from its unit, so AdminSDHolder is what mends it', () => {
  const [, finding] = findings('writerPrivileged', on('Root', { inheritsNothing: true }), on('Old', { ...mine, writes: [] }));
  assert.match(finding?.said ?? '', /^writer-privileged can neither set the password of nor unlock 1 account in OU=Admins/);
  assert.deepEqual(finding?.fix?.split('\n'), [
    'dsacls "CN=AdminSDHolder,CN=System,DC=bank,DC=test" /G "BANK\\svc-admins:CA;Reset Password"',
    'dsacls "CN=AdminSDHolder,CN=System,DC=bank,DC=test" /G "BANK\\svc-admins:RPWP;lockoutTime"',
  ]);
});

test('an account that inherits nothing is told apart from a unit that was forgotten', () => {
  const [blocked, forgotten] = findings('writerStaff', on('Ada', { inheritsNothing: true }), on('Ben', { resets: 'yes' }));
  assert.match(blocked?.said ?? '', /1 account in OU=Staff,DC=bank,DC=test \(Ada\), which inherit nothing from their unit/);
  assert.match(blocked?.fix ?? '', /Enable inheritance/);
  assert.match(forgotten?.said ?? '', /^writer-staff cannot unlock 1 account .*\(Ben\)/);
  assert.match(forgotten?.fix ?? '', /^dsacls "OU=Staff,DC=bank,DC=test" \/I:S \/G "BANK\\svc-staff:CA;Reset Password;user"\n/);
});

test('what cannot be seen is no all-clear', () => {
  const [finding] = findings('writerStaff', on('Ada', { ...mine, resets: 'unseen' }));
  assert.equal(finding?.verdict, 'unknown');
  assert.match(finding?.fix ?? '', /read their permissions/);
  assert.equal(findings('writerStaff', on('Root', { resets: 'unseen' }))[0]?.verdict, 'unknown');
});

test('whoever is not shown the groups of an account takes nobody for unprotected, and is told how they are shown', () => {
  const [writer] = findings('writerStaff', on('Ada', { ...mine, hidesGroups: true }));
  assert.match(
    writer?.said ?? '',
    /^writer-staff is not shown the groups of 1 account in OU=Staff.*\(Ada\), so nobody can tell whether they are protected: their resets wait/,
  );
  assert.match(writer?.fix ?? '', /^dsacls "OU=Staff,DC=bank,DC=test" \/I:S \/G "BANK\\svc-staff:RP;tokenGroups;user"\n/);
  assert.match(findings('reader', on('Ada', { hidesGroups: true }))[0]?.said ?? '', /their resets cannot begin$/);
});

test('each reach beyond its own accounts is told by whose account it is', () => {
  const said = (by: ServiceAccount, right: RightsOn) =>
    findings(by, right)
      .map((one) => one.said)
      .join();
  assert.match(
    said('writerStaff', on('Root', mine)),
    /1 protected account in .*Root: Domain Admins \(512\)\)\. Windows takes that right away within the hour/,
  );
  assert.match(said('writerPrivileged', on('Ada', mine)), /which are not protected and belong to writer-staff/);
  assert.match(said('writerStaff', on('krbtgt', mine)), /which the policy does not serve/);
  assert.match(said('reader', on('Ada', mine)), /which it has only to read/);
  assert.match(said('writerStaff', on(identities.reader.guid, { ...mine, dn: identities.reader.dn })), /which are Countersign's own/);
  assert.match(
    said('writerStaff', on('PC', { resets: 'yes', kind: 'computer', dn: `CN=PC,${base}` })),
    /No reset is ever about a computer/,
  );
  assert.match(
    said('writerStaff', on('Ada', { ...mine, writes: ['lockoutTime', 'pwdLastSet'] })),
    /^writer-staff may change pwdLastSet of 1 account \(Ada\)$/,
  );
});

test('an account of ours that can do everything is told in a few lines, not in one for each object', () => {
  const everything = {
    resets: 'yes',
    writes: ['a', 'b', 'c', 'd', 'lockoutTime'],
    creates: ['user'],
    deletes: 'yes',
    rewritesRights: true,
  } as const;
  const said = findings('reader', on('Ada', everything), on('Ben', everything)).map((one) => one.said);
  assert.equal(said.length, 5, said.join('\n'));
  assert.ok(said.includes('reader may change a, b, c and 1 more of 2 accounts (Ada, Ben)'), said.join('\n'));
});
