import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { peopleBehind, resolveSources, resolveVouchers } from '#activities/directory/approver-sources.ts';
import type { Directory } from '#activities/directory/connect.ts';
import type { EntryReader } from '#activities/directory/entry.ts';
import { findAccount, readAccount } from '#activities/directory/find-account.ts';
import { groupMembers, groupSid } from '#activities/directory/group-members.ts';
import { ownerOfGroup, ownerOfUnit } from '#activities/directory/owner.ts';
import { searchAccounts } from '#activities/directory/search-accounts.ts';
import { surveyDirectory } from '#activities/directory/survey.ts';
import { unitAt } from '#activities/directory/unit.ts';
import { isUnder, parentOf } from '#domain/account.ts';
import { amount } from '../support/campaign.ts';
import { addValues, replaceAttribute } from './change.ts';
import { addDeepGroups, addOddData, ODD_ACCOUNTS, ODD_GROUP_NAME, ODD_UNIT, oddAccount } from './odd-data.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const [reader, admin] = [bank.as('reader'), bank.as('administrator')];
const names = (found: readonly { samAccountName: string }[]) => found.map((one) => one.samAccountName);
const behind = async (name: string, ...relations: ('manager' | 'managers-manager')[]) =>
  names(
    await peopleBehind(
      reader,
      await bank.account(name),
      relations.map((relation) => ({ relation })),
      {},
    ),
  );

before(() => addOddData(bank));

test('an object is found, read, managed and a member, whatever stands in its name', async () => {
  const sid = await groupSid(reader, ODD_GROUP_NAME);
  assert.ok(sid);
  assert.deepEqual(names(await groupMembers(reader, sid)).toSorted(), ODD_ACCOUNTS.toSorted());
  for (const [index, name] of ODD_ACCOUNTS.entries()) {
    const account = await findAccount(reader, `${name}@bank.test`);
    assert.equal(account?.samAccountName, name);
    assert.deepEqual(await readAccount(reader, account.guid), account, account.dn);
    assert.doesNotMatch(account.displayName, /[\p{Cc}\u202e]/u, 'what people are shown and sign is one line');
    assert.match(account.displayName, /<b>"&'$/, 'and otherwise as it was entered');
    assert.ok(account.groups.includes(sid), account.dn);
    assert.deepEqual(await behind(name, 'manager'), index === 0 ? [] : [oddAccount(index - 1)], account.dn);
    assert.deepEqual(await behind(name, 'managers-manager'), index < 2 ? [] : [oddAccount(index - 2)], account.dn);
    assert.equal(isUnder(account.dn, 'OU=Staff,DC=bank,DC=test'), true, account.dn);
    assert.equal(isUnder(account.dn, 'OU=Privileged,DC=bank,DC=test'), false, account.dn);
  }
  assert.deepEqual(names(await groupMembers(reader, sid)).length, ODD_ACCOUNTS.length, 'the connection still serves');
  assert.equal((await searchAccounts(reader, 'odd-')).length, 10);
});

test('a unit is the same however a policy spells it, has its owner, and holds who lies in it', async () => {
  const last = await bank.account(ODD_ACCOUNTS.at(-1) ?? '');
  const unit = parentOf(last.dn) ?? '';
  assert.notEqual(unit, ODD_UNIT, 'Samba writes it otherwise than people do');
  assert.equal(isUnder(last.dn, ODD_UNIT), true);
  assert.equal(isUnder((await bank.account('alice.moreau')).dn, ODD_UNIT), false);
  assert.equal(await unitAt(reader, ODD_UNIT), unit);
  assert.deepEqual(await resolveVouchers(reader, last, [{ relation: 'same-unit' }], {}), [{ unit }]);
  const owner = await bank.account(oddAccount(3));
  await replaceAttribute(admin, unit, 'managedBy', owner.dn);
  assert.deepEqual(await ownerOfUnit(reader, last.dn), [{ person: owner.guid }]);
  assert.deepEqual(await ownerOfGroup(reader, ODD_GROUP_NAME), [{ person: (await bank.account(oddAccount(1))).guid }]);
});

test('a manager who is nobody’s approver leaves nobody, and breaks nothing: none, oneself, a circle, disabled, no account at all', async () => {
  const [zero, one, two] = [await bank.account(oddAccount(0)), await bank.account(oddAccount(1)), await bank.account(oddAccount(2))];
  assert.deepEqual(await behind('odd-contact', 'manager', 'managers-manager'), [], 'a contact approves nothing');
  await replaceAttribute(admin, zero.dn, 'manager', two.dn);
  assert.deepEqual(await behind(oddAccount(0), 'manager', 'managers-manager'), [oddAccount(2), oddAccount(1)].toSorted(byGuid([one, two])));
  await replaceAttribute(admin, zero.dn, 'manager', zero.dn);
  assert.deepEqual(
    await resolveSources(reader, await bank.account(oddAccount(0)), [{ relation: 'manager' }, { relation: 'managers-manager' }], {}),
    [],
  );
  await replaceAttribute(admin, one.dn, 'userAccountControl', String(0x200 | 0x20 | 0x2));
  assert.deepEqual(await behind(oddAccount(2), 'manager'), [], 'a disabled manager');
  await replaceAttribute(admin, two.dn, 'manager');
  assert.deepEqual(await behind(oddAccount(2), 'manager', 'managers-manager'), []);
});

const byGuid =
  (people: readonly { guid: string; samAccountName: string }[]) =>
  (a: string, b: string): number => {
    const guid = (name: string) => people.find((one) => one.samAccountName === name)?.guid ?? '';
    return guid(a) < guid(b) ? -1 : 1;
  };

test('a survey tells of odd objects what one reading of each tells', async () => {
  const survey = await surveyDirectory(reader);
  for (const name of [...ODD_ACCOUNTS, 'odd-contact']) {
    const live = await bank.account(name);
    const seen = survey.account(live.guid);
    // A manager that is no account has a GUID for whoever reads it, and none in a survey of accounts: nobody approves either way.
    const managerGuid = name === 'odd-contact' ? undefined : live.managerGuid;
    assert.deepEqual(
      seen && { ...seen, groups: seen.groups.toSorted() },
      { ...live, managerGuid, groups: live.groups.toSorted() },
      live.dn,
    );
    assert.deepEqual(await survey.ownerOfUnit(live.dn), await ownerOfUnit(reader, live.dn), live.dn);
  }
  assert.deepEqual(await survey.ownerOfGroup(ODD_GROUP_NAME), await ownerOfGroup(reader, ODD_GROUP_NAME));
});

const depth = amount(60, 2000);

test(`who is in ${depth} groups, each within the next, is in all of them, and protected by the last`, async () => {
  const { dn } = await bank.account('goran.petrovic');
  const { last } = await addDeepGroups(bank, depth, [dn]);
  const before = await bank.account('goran.petrovic');
  assert.equal(before.protectedBy, undefined);
  await addValues(admin, 'CN=Domain Admins,CN=Users,DC=bank,DC=test', 'member', last);
  const account = await bank.account('goran.petrovic');
  assert.match(account.protectedBy ?? '', /-512$/);
  assert.ok(account.groups.length >= depth);
  const survey = await surveyDirectory(reader);
  assert.deepEqual(survey.account(account.guid)?.groups.toSorted(), account.groups.toSorted());
  const sid = await groupSid(reader, `deep ${depth - 1}`);
  assert.ok(sid);
  assert.deepEqual(names(await groupMembers(reader, sid)), ['goran.petrovic']);
});

test('an account that is in more groups than a controller shows at once is surveyed with all of them', async () => {
  const AT_ONCE = 2;
  /** As Windows cuts long lists, at 1500 (MaxValRange): the first values under another name, the others for whoever asks. */
  const cut = (entry: EntryReader, asked: readonly string[]): EntryReader => {
    const name = 'memberOf';
    const range = asked.map((one) => /^memberOf;range=(\d+)-\*$/.exec(one)?.[1]).find((from) => from !== undefined);
    const all = entry.texts(name);
    if (range === undefined && all.length <= AT_ONCE) return entry;
    const from = Number(range ?? 0);
    const some = all.slice(from, from + AT_ONCE);
    const shown = `${name};range=${from}-${from + AT_ONCE < all.length ? from + AT_ONCE - 1 : '*'}`;
    return {
      ...entry,
      names: [...entry.names.filter((one) => one !== name), shown],
      texts: (one) => (one === shown ? some : one === name ? [] : entry.texts(one)),
    };
  };
  const windows: Directory = {
    ...reader,
    read: (work) =>
      reader.read((session) =>
        work({
          ...session,
          search: async (base, search) => {
            const attributes = search.attributes.map((one) => one.replace(/;range=.*/, ''));
            return (await session.search(base, { ...search, attributes })).map((entry) => cut(entry, search.attributes));
          },
          searchAll: async (base, search) => (await session.searchAll(base, search)).map((entry) => cut(entry, search.attributes)),
        }),
      ),
  };
  const groups = ['Counter Tellers', 'Treasury Dealers', 'CS-Help-Desk', 'CS-Auditors', 'CS-Operators'];
  const { dn, guid } = await bank.account('mateo.silva');
  const inNow = (await bank.account('mateo.silva')).groups;
  for (const group of groups) {
    const sid = await groupSid(reader, group);
    if (sid !== undefined && !inNow.includes(sid)) await addValues(admin, `CN=${group},OU=Groups,DC=bank,DC=test`, 'member', dn);
  }
  const live = await bank.account('mateo.silva');
  assert.ok(live.groups.length > AT_ONCE * 2);
  const survey = await surveyDirectory(windows);
  assert.deepEqual(survey.account(guid)?.groups.toSorted(), live.groups.toSorted());
});
