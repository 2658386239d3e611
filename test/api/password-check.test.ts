import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessableInAThread } from '#api/guessable.ts';
import { passwordRulesOf, whyNotPassword } from '#api/password-check.ts';
import { generatedSpellings, listFolder } from '#test/support/banned-list.ts';

const { put, list } = listFolder();
await put(['dragonfly', 'correcthorse', 'letmein', ...generatedSpellings(1000)]);
const banned = await list();
const rules = passwordRulesOf({
  policy: { source: 'domain', minLength: 8, complexity: true, historyLength: 24 },
  names: ['goran.petrovic', 'Goran Petrović'],
  own: ['Goran', 'Petrović', '104711'],
  minLength: 10,
});
const guessable = guessableInAThread();
const siteWords = ['countersign', 'bank', 'welcome', 'password'];
const why = (password: string) => whyNotPassword(password, rules, { banned, guessable, siteWords });

test('a password on the list is refused in every disguise', async () => {
  for (const password of ['Dragonfly-2026!', 'DR4G0NFLY', 'dr@gonfly99', '12-Dragonfly-34', 'ｄｒａｇｏｎｆｌｙ', 'C0rr3ctH0r53!!'])
    assert.ok((await why(password)).includes('common'), password);
  for (const password of ['Dragon-flies-by-7', 'Kiesel-4711-Zaun', 'letmeout-Zaun-9']) assert.deepEqual(await why(password), [], password);
});

test('words of this place alone are no password, beside others they may stand', async () => {
  for (const password of ['Bank-2026-Bank', 'W3lcome-B4nk!', 'Countersign2026!', 'P@ssw0rd-Bank1'])
    assert.ok((await why(password)).includes('site-word'), password);
  assert.deepEqual(await why('River-Bank-Heron-7'), []);
});

test("the account's own rules are told with all their reasons", async () => {
  assert.deepEqual(await why('short'), ['too-short', 'needs-categories']);
  assert.ok((await why('Petrović-Garden-7')).includes('contains-name'));
  assert.ok((await why('Kiesel-\u0007-Zaun-9')).includes('control-character'));
  assert.ok((await why(`Aa1-${'x'.repeat(130)}`)).includes('too-long'));
});
