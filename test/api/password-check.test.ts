import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readBannedList } from '#api/banned-list.ts';
import { passwordRulesOf, whyNotPassword } from '#api/password-check.ts';

const folder = mkdtempSync(join(tmpdir(), 'banned-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'list.txt');
writeFileSync(file, ['dragonfly', 'correcthorse', 'letmein', ...Array.from({ length: 1000 }, (_, i) => `entry${i}`)].join('\n'));
const banned = readBannedList(file);
const rules = passwordRulesOf({
  policy: { source: 'domain', minLength: 8, complexity: true, historyLength: 24 },
  names: ['goran.petrovic', 'Goran Petrović'],
  minLength: 10,
});
const why = (password: string) => whyNotPassword(password, rules, ['countersign', 'bank', 'welcome', 'password'], banned);

test('a password on the list is refused in every disguise', () => {
  for (const password of ['Dragonfly-2026!', 'DR4G0NFLY', 'dr@gonfly99', '12-Dragonfly-34', 'ｄｒａｇｏｎｆｌｙ', 'C0rr3ctH0r53!!'])
    assert.ok(why(password).includes('common'), password);
  for (const password of ['Dragon-flies-by-7', 'Kiesel-4711-Zaun', 'letmeout-Zaun-9']) assert.deepEqual(why(password), [], password);
});

test('words of this place alone are no password, beside others they may stand', () => {
  for (const password of ['Bank-2026-Bank', 'W3lcome-B4nk!', 'Countersign2026!', 'P@ssw0rd-Bank1'])
    assert.ok(why(password).includes('site-word'), password);
  assert.deepEqual(why('River-Bank-Heron-7'), []);
});

test("the account's own rules are told with all their reasons", () => {
  assert.deepEqual(why('short'), ['too-short', 'needs-categories']);
  assert.ok(why('Petrović-Garden-7').includes('contains-name'));
  assert.ok(why('Kiesel-\u0007-Zaun-9').includes('control-character'));
  assert.ok(why(`Aa1-${'x'.repeat(130)}`).includes('too-long'));
});

test('a list that is missing or nearly empty stops the start', () => {
  assert.throws(() => readBannedList(join(folder, 'none.txt')));
  writeFileSync(join(folder, 'short.txt'), 'one\ntwo\n');
  assert.throws(() => readBannedList(join(folder, 'short.txt')), /cannot be the whole list/);
});
