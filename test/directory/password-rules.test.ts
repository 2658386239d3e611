import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPasswordPolicy } from '#activities/directory/effective-password-policy.ts';
import { setPassword } from '#activities/directory/set-password.ts';
import { normalisePassword, passwordProblems, type PasswordPolicy } from '#domain/password-rules.ts';
import type { PasswordReason } from '#domain/refusals.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const alice = await bank.account('alice.moreau');
const policy = await readPasswordPolicy(bank.as('reader'), alice);

/** What the controller makes of a password, in the words of the page. */
async function controllerSays(password: string): Promise<PasswordReason | 'taken'> {
  const outcome = await setPassword(bank.as('writerStaff'), alice.guid, password);
  if (outcome.outcome === 'applied') return 'taken';
  assert.equal(outcome.outcome, 'refused');
  const reasons: Record<string, PasswordReason> = { 'too-short': 'too-short', complexity: 'needs-categories' };
  return reasons[outcome.reason] ?? assert.fail(outcome.reason);
}
function weSay(password: string, counted: PasswordPolicy = policy): PasswordReason | 'taken' {
  return passwordProblems(normalisePassword(password), counted, [])[0] ?? 'taken';
}

const PASSWORDS = [
  'Kiesel-4711-Zaun',
  'kiesel-4711-zaun',
  'KIESEL4711ZAUN',
  'kieselundzaun',
  'kiesel und zaun 4711',
  'Kiesel und Zaun',
  'kiesel"4711"zaun',
  '"Kiesel4711"',
  "kiesel'4711'zaun",
  'kiesel\\4711\\zaun',
  'kiesel€4711€zaun',
  'kiesel—4711—zaun',
  'kiesel🌞4711🌞zaun',
  'Кремень-4711',
  'кремень4711',
  'КРЕМЕНЬкремень',
  'КРЕМЕНЬкремень7',
  'Straße4711',
  'straße-straße',
  'ÄÖÜäöü4711',
  'বাংলাশব্দএখানে',
  'বাংলাশব্দ4711',
  'বাংলাশব্দ-4711',
  'বাংলা১২৩৪শব্দ!',
  'বাংলাAbc4711',
  'বাংলাabcdefg',
  '密码很长很安全4711',
  '密码很长-密码很长7',
  'ΚΡΥΦΟκρυφο',
  '१२३४५६७८abcd',
  'Kurz-7x',
  'e\u0301clair-E\u0301clair',
];

test('each password is counted here as this controller counts it: spaces, quotes, scripts, currencies and emoji', async () => {
  assert.equal(policy.countedBy, 'samba');
  assert.equal(policy.complexity, true);
  const differ: string[] = [];
  for (const password of PASSWORDS) {
    const [ours, theirs] = [weSay(password), await controllerSays(password)];
    if (ours !== theirs) differ.push(`${password}: we say ${ours}, the controller says ${theirs}`);
  }
  assert.deepEqual(differ, []);
});

test('as Windows counts, what is no letter of a script without capitals is of no kind; what we do not know, we count so too', () => {
  const windows: PasswordPolicy = { ...policy, countedBy: 'windows' };
  const { countedBy: _, ...unknown } = policy;
  const scenes: [string, PasswordReason | 'taken', PasswordReason | 'taken'][] = [
    ['kiesel€4711€zaun', 'needs-categories', 'taken'],
    ['kiesel🌞4711🌞zaun', 'needs-categories', 'taken'],
    ['१२३४५६७८abcd7', 'needs-categories', 'taken'],
    ['বাংলাabc4711', 'taken', 'taken'],
    ['kiesel 4711 zaun', 'needs-categories', 'needs-categories'],
  ];
  for (const [password, onWindows, onSamba] of scenes)
    assert.deepEqual([weSay(password, windows), weSay(password, unknown), weSay(password)], [onWindows, onWindows, onSamba], password);
});

test('a password with the account’s name in it is refused here, as Windows does, although Samba takes it', async () => {
  assert.equal(await controllerSays('xxMoreau-2031!'), 'taken');
  assert.deepEqual(passwordProblems('xxMoreau-2031!', policy, [alice.samAccountName, alice.displayName]), ['contains-name']);
});
