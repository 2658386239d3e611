import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withTheirAccounts } from '#activities/directory/same-people.ts';
import { samePerson } from '#domain/account.ts';
import type { Identities } from '#domain/same-people.ts';
import { replaceAttribute } from './change.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const reader = bank.as('reader');
const admin = bank.as('administrator');
const owner = (attribute: string, names: 'account' | 'employee-number' = 'account') => ({ attribute, names });
const none: Identities = { owner: [], samePerson: [] };

async function areOne(identities: Identities, one: string, other: string): Promise<boolean> {
  const asked = await Promise.all([bank.account(one), bank.account(other)]);
  const [a, b] = await withTheirAccounts(reader, identities, asked);
  assert.ok(a && b);
  return samePerson(a, b);
}

const set = async (account: string, attribute: string, ...values: string[]) =>
  replaceAttribute(admin, (await bank.account(account)).dn, attribute, ...values);

test('an admin account is its owner’s by seeAlso, as the demo bank has it, and not without the policy saying so', async () => {
  assert.equal(await areOne({ ...none, owner: [owner('seeAlso')] }, 'quentin.roux', 'quentin.roux-adm'), true);
  assert.equal(await areOne(none, 'quentin.roux', 'quentin.roux-adm'), false);
  assert.equal(await areOne(none, 'priya.menon', 'priya.menon-adm'), true, 'the same number needs no policy');
  assert.equal(await areOne({ ...none, owner: [owner('seeAlso')] }, 'quentin.roux', 'priya.menon-adm'), false);
});

test('an attribute may name the owner by account name, by UPN, or by employee number', async () => {
  const identities = { ...none, owner: [owner('info'), owner('employeeNumber', 'employee-number')] };
  assert.equal(await areOne(identities, 'rosa.klein', 'helena.voss'), false);
  await set('rosa.klein', 'info', 'HELENA.VOSS');
  assert.equal(await areOne(identities, 'rosa.klein', 'helena.voss'), true);
  await set('rosa.klein', 'info', 'helena.voss@bank.test');
  assert.equal(await areOne(identities, 'rosa.klein', 'helena.voss'), true);
  await set('rosa.klein', 'info');
  assert.equal(await areOne(identities, 'rosa.klein', 'helena.voss'), false);
  await set('rosa.klein', 'employeeNumber', '1011');
  assert.equal(await areOne(identities, 'rosa.klein', 'helena.voss'), true);
  await set('rosa.klein', 'employeeNumber');
});

test('a list of the policy joins by name and by SID, and a chain joins through accounts that nobody asked about', async () => {
  const samir = await bank.account('samir.khan');
  assert.equal(await areOne({ ...none, samePerson: [['rosa.klein', samir.sid]] }, 'rosa.klein', 'samir.khan'), true);
  // rosa is listed with karim, karim's second account names quentin, and goran has quentin's number.
  const identities = { owner: [owner('seeAlso')], samePerson: [['Rosa.Klein', 'quentin.roux-adm']] };
  await set('goran.petrovic', 'employeeID', '1014');
  assert.equal(await areOne(identities, 'rosa.klein', 'goran.petrovic'), true);
  assert.equal(await areOne(identities, 'rosa.klein', 'samir.khan'), false);
  // The link is disabled or deleted with the account that it led through; a disabled account is still somebody's.
  await set('quentin.roux-adm', 'userAccountControl', String(0x200 | 0x2));
  assert.equal(await areOne(identities, 'rosa.klein', 'goran.petrovic'), true);
});
