import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAccount, readAccount } from '#activities/directory/find-account.ts';
import { parseTypedName } from '#activities/directory/typed-name.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const found = async (name: string) => (await findAccount(bank.as('reader'), name))?.samAccountName;

test('the ways in which a person types their name all mean the one account', async () => {
  const { guid } = await bank.account('alice.moreau');
  for (const name of [
    'alice.moreau',
    'ALICE.MOREAU',
    ' alice.moreau ',
    'BANK\\alice.moreau',
    'bank\\Alice.Moreau',
    'alice.moreau@bank.test',
    'Alice.Moreau@BANK.TEST',
  ]) {
    assert.equal((await findAccount(bank.as('reader'), name))?.guid, guid, name);
  }
});

test('what is no name finds nobody, and breaks nothing', async () => {
  const names = [
    '',
    ' ',
    '*',
    'ali*',
    '*moreau',
    'alice.moreau)(objectClass=*',
    'a)(objectClass=*',
    '*)(objectClass=*',
    '(',
    ')',
    '\\',
    'BANK\\',
    '\\alice.moreau',
    'OTHER\\alice.moreau',
    'BANK\\BANK\\alice.moreau',
    'alice.moreau\0',
    '\0',
    'alice\nmoreau',
    '\ud800',
    'alice.moreau\udfff',
    'x'.repeat(10_000),
    'x'.repeat(300_000),
    'alice.moreau@other.test',
    '@bank.test',
    '@',
    'CN=Alice Moreau,OU=Staff,DC=bank,DC=test',
    '<GUID=00000000-0000-0000-0000-000000000000>',
    'alice.moreau\\2a',
    'a\\00',
    '\u202ealice.moreau',
    '১২৩',
    '🙂',
    'nobody',
    'DC1$',
    'Domain Admins',
    'CS-Approvers',
  ];
  for (const name of names) assert.equal(await found(name), undefined, JSON.stringify(name.slice(0, 60)));
  assert.equal(await found('alice.moreau'), 'alice.moreau', 'the connection still serves');
});

test('a name with letters beyond ASCII is compared in its composed form', () => {
  assert.deepEqual(parseTypedName('zoe\u0308', 'BANK'), { kind: 'account', value: 'zo\u00eb' });
  assert.equal(parseTypedName('OTHER\\alice', 'BANK'), undefined);
  assert.deepEqual(parseTypedName('bank\\alice', 'BANK'), { kind: 'account', value: 'alice' });
});

test("a name that two accounts answer to is nobody's", async () => {
  // Samba and current Windows refuse to store such a pair; an older directory may hold one.
  const reader = bank.as('reader');
  const doubled: typeof reader = {
    ...reader,
    read: (work) =>
      reader.read((session) =>
        work({
          ...session,
          search: async (base, search) =>
            (await session.search(base, search)).flatMap((one) => (search.scope === 'sub' ? [one, one] : [one])),
        }),
      ),
  };
  assert.equal((await findAccount(reader, 'helena.voss'))?.samAccountName, 'helena.voss');
  assert.equal(await findAccount(doubled, 'helena.voss'), undefined);
});

test('an account is found by its GUID after it was renamed, and a GUID nobody has finds nobody', async () => {
  const { guid } = await bank.account('goran.petrovic');
  assert.equal((await readAccount(bank.as('reader'), guid.toUpperCase()))?.samAccountName, 'goran.petrovic');
  assert.equal(await readAccount(bank.as('reader'), '01234567-89ab-cdef-0123-456789abcdef'), undefined);
  await assert.rejects(readAccount(bank.as('reader'), 'x>,DC=bank,DC=test'), RangeError);
});

test('an unknown name costs the directory as many reads as a known one', async () => {
  const reader = bank.as('reader');
  const reads = async (name: string) => {
    let count = 0;
    const counting: typeof reader = {
      ...reader,
      read: (work) =>
        reader.read((session) =>
          work({
            ...session,
            search: (...search) => {
              count++;
              return session.search(...search);
            },
          }),
        ),
    };
    await findAccount(counting, name);
    return count;
  };
  const counts = await Promise.all(['alice.moreau', 'tomas.vrba', 'nobody', '*', 'x'.repeat(10_000), 'BANK\\nobody'].map(reads));
  assert.deepEqual(new Set(counts), new Set([3]));
});
