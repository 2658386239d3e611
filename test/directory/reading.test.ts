import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Directory } from '#activities/directory/connect.ts';
import { readPasswordPolicy } from '#activities/directory/effective-password-policy.ts';
import { entryReader } from '#activities/directory/entry.ts';
import { groupMembers, groupSid } from '#activities/directory/group-members.ts';
import { peopleBehind, resolveSources } from '#activities/directory/approver-sources.ts';
import { protectedBy } from '#activities/directory/protected.ts';
import { people } from '#ops/demo/people.ts';
import { addValues, replaceAttribute } from './change.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const reader = bank.as('reader');

test('everybody in OU Privileged is protected, and nobody else in the bank', async () => {
  for (const person of people) {
    const account = await bank.account(person.account);
    assert.equal(account.protectedBy !== undefined, person.ou === 'Privileged', person.account);
    if (person.ou === 'Privileged') assert.match(account.protectedBy ?? '', /^S-1-5-21-.*-512$/, person.account);
  }
});

test('five groups deep in Domain Admins is protected from the moment it is so', async () => {
  const before = await bank.account('alice.moreau');
  assert.equal(before.protectedBy, undefined);
  await addValues(bank.as('administrator'), 'CN=Nightly Batch Operators,OU=Groups,DC=bank,DC=test', 'member', before.dn);
  assert.match((await bank.account('alice.moreau')).protectedBy ?? '', /-512$/);
});

test('the built-in administrator and krbtgt are protected without any group', () => {
  const none = { adminCount: 0, groups: [] };
  assert.equal(protectedBy({ sid: 'S-1-5-21-1-2-3-500', ...none }), 'S-1-5-21-1-2-3-500');
  assert.equal(protectedBy({ sid: 'S-1-5-21-1-2-3-502', ...none }), 'S-1-5-21-1-2-3-502');
  assert.equal(protectedBy({ sid: 'S-1-5-21-1-2-3-1500', ...none }), undefined);
  assert.equal(protectedBy({ sid: 'S-1-5-21-1-2-3-1500', adminCount: 1, groups: [] }), 'adminCount');
  for (const sid of ['S-1-5-32-544', 'S-1-5-32-548', 'S-1-5-32-551', 'S-1-5-21-1-2-3-519', 'S-1-5-21-1-2-3-526'])
    assert.equal(protectedBy({ sid: 'S-1-5-21-1-2-3-1500', adminCount: 0, groups: ['S-1-5-32-545', sid] }), sid);
  assert.equal(
    protectedBy({ sid: 'S-1-5-21-1-2-3-1500', adminCount: 0, groups: ['S-1-5-32-545', 'S-1-5-21-1-2-3-513', 'S-1-5-21-1-2-3-1512'] }),
    undefined,
  );
});

test('states are read as they are', async () => {
  const state = async (name: string) => {
    const { enabled, locked, expired, mustChange, smartcardRequired } = await bank.account(name);
    return Object.entries({ disabled: !enabled, locked, expired, mustChange, smartcardRequired })
      .filter(([, on]) => on)
      .map(([key]) => key);
  };
  assert.deepEqual(await state('goran.petrovic'), []);
  assert.deepEqual(await state('chen.wei'), ['locked']);
  assert.deepEqual(await state('dora.lind'), ['disabled']);
  assert.deepEqual(await state('emil.novak'), ['expired']);
  const { dn } = await bank.account('karim.haddad');
  await replaceAttribute(bank.as('administrator'), dn, 'pwdLastSet', '0');
  assert.deepEqual(await state('karim.haddad'), ['mustChange']);
  await replaceAttribute(bank.as('administrator'), dn, 'userAccountControl', String(0x200 | 0x40000));
  assert.ok((await state('karim.haddad')).includes('smartcardRequired'));
});

test('two accounts of one person share the employee number', async () => {
  assert.equal((await bank.account('priya.menon')).employeeId, (await bank.account('priya.menon-adm')).employeeId);
});

test('the manager is one hop away, the manager above two; none, oneself, and a circle are told truly', async () => {
  const behind = async (name: string, ...relations: ('manager' | 'managers-manager')[]) => {
    const sources = relations.map((relation) => ({ relation }));
    return (await peopleBehind(reader, await bank.account(name), sources, {})).map((one) => one.samAccountName);
  };
  assert.deepEqual(await behind('bilal.osman', 'manager'), ['nadia.rahman']);
  assert.deepEqual(await behind('bilal.osman', 'managers-manager'), ['helena.voss']);
  assert.deepEqual(await behind('tomas.vrba', 'manager', 'managers-manager'), []);
  const admin = bank.as('administrator');
  const [mateo, nadia, helena] = [await bank.account('mateo.silva'), await bank.account('nadia.rahman'), await bank.account('helena.voss')];
  await replaceAttribute(admin, mateo.dn, 'manager', mateo.dn);
  assert.deepEqual(await behind('mateo.silva', 'manager', 'managers-manager'), []);
  await replaceAttribute(admin, helena.dn, 'manager', nadia.dn);
  assert.deepEqual(await behind('helena.voss', 'manager'), ['nadia.rahman']);
  assert.deepEqual(await behind('nadia.rahman', 'manager'), ['helena.voss']);
  assert.deepEqual(await behind('nadia.rahman', 'managers-manager'), [], 'a circle leads back to oneself');
});

test('owners of units and groups are whom managedBy names: a person, a group, the nearest unit that has one', async () => {
  const admin = bank.as('administrator');
  const bilal = await bank.account('bilal.osman');
  const helena = await bank.account('helena.voss');
  const names = async (...sources: Parameters<typeof peopleBehind>[2]) =>
    (await peopleBehind(reader, bilal, sources, { officers: ['CS-Security-Officers'] })).map((one) => one.samAccountName).toSorted();
  assert.deepEqual(await names({ relation: 'unit-owner' }, { ownerOf: 'Treasury Dealers' }, { ownerOf: 'no such group' }), []);
  await replaceAttribute(admin, 'OU=Staff,DC=bank,DC=test', 'managedBy', helena.dn);
  assert.deepEqual(await names({ relation: 'unit-owner' }), ['helena.voss'], 'two units up');
  await replaceAttribute(admin, 'OU=Tellers,OU=Staff,DC=bank,DC=test', 'managedBy', 'CN=CS-Security-Officers,OU=Groups,DC=bank,DC=test');
  assert.deepEqual(await names({ relation: 'unit-owner' }), ['priya.menon', 'quentin.roux'], 'a group owns together');
  await replaceAttribute(admin, 'CN=Treasury Dealers,OU=Groups,DC=bank,DC=test', 'managedBy', bilal.dn);
  assert.deepEqual(await names({ ownerOf: 'Treasury Dealers' }), [], "the claimant is nobody's approver here");
  assert.deepEqual(await names({ role: 'officers' }, { group: 'CS-Security-Officers' }), ['priya.menon', 'quentin.roux'], 'each once');
  assert.deepEqual(await names({ role: 'nobody' }), []);
  const sid = await groupSid(reader, 'CS-Security-Officers');
  assert.deepEqual(await resolveSources(reader, bilal, [{ relation: 'unit-owner' }, { relation: 'manager' }], {}), [
    { groupSid: sid },
    { person: (await bank.account('nadia.rahman')).guid },
  ]);
});

test('members of a group: nested, each once, enabled only, and circles end', async () => {
  const names = async (group: string) =>
    (await groupMembers(reader, (await groupSid(reader, group)) ?? 'S-1-0-0')).map((one) => one.samAccountName).toSorted();
  assert.deepEqual(await names('CS-Approvers'), ['helena.voss', 'ines.duarte', 'nadia.rahman']);
  assert.deepEqual(await names('CS-Security-Officers'), ['priya.menon', 'quentin.roux']);
  assert.ok(!(await names('Branch Staff')).includes('dora.lind'));
  assert.deepEqual(await names('no such group'), []);
  assert.deepEqual(await names('*'), []);
  await addValues(
    bank.as('administrator'),
    'CN=Counter Tellers,OU=Groups,DC=bank,DC=test',
    'member',
    'CN=Branch Staff,OU=Groups,DC=bank,DC=test',
  );
  assert.deepEqual(await names('Counter Tellers'), await names('Branch Staff'));
});

test("membership is judged by the group's SID, through nesting", async () => {
  const approvers = await groupSid(reader, 'CS-Approvers');
  assert.ok(approvers);
  assert.equal((await bank.account('nadia.rahman')).groups.includes(approvers), true);
  assert.equal((await bank.account('priya.menon')).groups.includes(approvers), false);
  assert.equal(await groupSid(reader, 'no such group'), undefined);
  assert.equal(await groupSid(reader, 'alice.moreau'), undefined);
});

test('a group that the directory shows in pieces is read whole', async () => {
  const all = Array.from({ length: 3200 }, (_, index) => `CN=m${index}`);
  const asked: string[] = [];
  const session = {
    controller: bank.settings.controllers[0]!,
    modify: () => Promise.reject(new Error('a read does not write')),
    searchAll: () => Promise.resolve([]),
    search: (_base: string, { attributes }: { attributes: string[] }) => {
      const from = Number(/^member;range=(\d+)-\*$/.exec(attributes[0] ?? '')?.[1] ?? -1);
      if (_base.startsWith('<SID=')) return Promise.resolve([entryReader({ dn: 'CN=big', objectClass: ['top', 'group'] })]);
      if (from < 0) return Promise.resolve([entryReader({ dn: _base, objectClass: ['top', 'contact'] })]);
      asked.push(attributes[0]!);
      const last = from + 1500 >= all.length;
      return Promise.resolve([
        entryReader({ dn: _base, member: [], [`member;range=${from}-${last ? '*' : from + 1499}`]: all.slice(from, from + 1500) }),
      ]);
    },
  };
  const pieces: Directory = { ...reader, read: (work) => work(session) };
  assert.deepEqual(await groupMembers(pieces, 'S-1-5-21-1-2-3-1009'), []);
  assert.deepEqual(asked, ['member;range=0-*', 'member;range=1500-*', 'member;range=3000-*']);
});

test('the policy in force: the domain\'s, the fine-grained one, and "unreadable" for whoever may not see it', async () => {
  const fatima = await bank.account('fatima.noor');
  const domain = {
    source: 'domain',
    countedBy: 'samba',
    minLength: 8,
    historyLength: 24,
    complexity: true,
    minAgeSeconds: 0,
    maxAgeSeconds: 365 * 86_400,
  };
  assert.deepEqual(await readPasswordPolicy(reader, await bank.account('goran.petrovic')), domain);
  assert.deepEqual(await readPasswordPolicy(reader, fatima), { ...domain, source: 'fine-grained', minLength: 14 });
  const goran = await bank.account('goran.petrovic');
  const asGoran = bank.asPerson(goran.dn, bank.passwordOf('goran.petrovic'));
  for (const other of [asGoran, bank.as('writerStaff'), bank.as('writerPrivileged')])
    assert.deepEqual(await readPasswordPolicy(other, fatima), { ...domain, source: 'unreadable' });
});

test('the controller tells its name and clock', async () => {
  const [controller] = (await reader.look()).controllers;
  assert.equal(controller?.facts?.dnsHostName, 'dc1.bank.test');
  assert.ok(Math.abs(controller.facts.skewSeconds) < 5);
  assert.equal(controller.facts.policyHints, false);
});
