import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { normalisePassword, passwordProblems, passwordRulesInWords, type PasswordPolicy } from '#domain/password-rules.ts';

const policy: PasswordPolicy = { source: 'domain', minLength: 8, complexity: true, historyLength: 24 };
const names = ['anna.berg', 'Anna Berg'];

test('each rule has its own reason', () => {
  const scenes: [string, string[]][] = [
    ['Grün-7-Ziegel', []],
    ['Sh0rt!', ['too-short']],
    ['alllowercase', ['needs-categories']],
    ['Xx-Berg-2031!', ['contains-name']],
    [`A1!${'x'.repeat(125)}`, ['too-long']],
    ['Tab\there-9A', ['control-character']],
    ['Lone-\uD800-9A', ['control-character']],
  ];
  for (const [password, reasons] of scenes) assert.deepEqual(passwordProblems(password, policy, names), reasons, JSON.stringify(password));
});

test('a longer minimum of the product wins over a shorter one of the directory', () => {
  assert.deepEqual(passwordProblems('Abcdef-12', policy, [], 10), ['too-short']);
  assert.match(passwordRulesInWords(policy, 10)[0] ?? '', /At least 10 characters/);
});

test('before typing a claimant reads the rules in force, and where they cannot be read that stricter ones apply', () => {
  assert.deepEqual(passwordRulesInWords({ ...policy, source: 'fine-grained', minLength: 14, complexity: false, historyLength: 0 }), [
    'At least 14 characters, at most 127.',
    'Not your names or your employee number, and nothing that many people use: no row of keys such as qwerty, no run such as 12345, no date, no word of this company alone.',
  ]);
  assert.match(passwordRulesInWords({ ...policy, source: 'unreadable' }).join(' '), /stricter rule of its own applies to your account/);
  assert.match(passwordRulesInWords(policy).join(' '), /Three of these kinds[^]*Not one of your last 24 passwords/);
});

test('length is counted in UTF-16 code units, as the directory counts, so an emoji counts twice', () => {
  const lax: PasswordPolicy = { ...policy, complexity: false };
  assert.deepEqual(passwordProblems('🌞🌞🌞🌞', lax, []), []);
  assert.deepEqual(passwordProblems('🌞🌞🌞x', lax, []), ['too-short']);
  assert.deepEqual(passwordProblems('🌞'.repeat(64), lax, []), ['too-long']);
});

test('the same word typed in two normal forms is one password', () => {
  assert.equal(normalisePassword('é-Schlüssel'), normalisePassword('é-Schlüssel'.normalize('NFD')));
});

test('nothing that a person can type makes the check throw, and an accepted password is always writable', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (typed) => {
      const password = normalisePassword(typed);
      if (passwordProblems(password, policy, names).length === 0)
        assert.ok(password.length <= 127 && password.isWellFormed() && !/\p{Cc}/u.test(password));
    }),
    { seed: 3, numRuns: 5000 },
  );
});
