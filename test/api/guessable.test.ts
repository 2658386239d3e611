import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { guessableInAThread } from '#api/guessable.ts';
import { whatIsGuessable } from '#api/what-is-guessable.ts';
import { ownWords } from '#domain/own-words.ts';
import { readablePassword } from '#ops/demo/secrets.ts';

const known = {
  own: ['goran.petrovic', 'Goran Petrović', '104711', 'Иван Иванов', 'রীতা চৌধুরী'],
  site: ['countersign', 'bank', 'welcome', 'password', 'Sparbuch', 'банк'],
};
const why = (password: string) => whatIsGuessable(password, known);

test('rows of keys, runs, repetitions and dates carry no password, on whichever keyboard', () => {
  const scenes = [
    'Qwertzuiop-12',
    'qwerty123456!',
    '1qaz2wsx3edc',
    'Azertyuiop-9',
    'abcdefgh-123A',
    'fedcba987654A!',
    'Aaaaaaaaaa-1',
    'йцукенгшщз-12',
    '2026-11-26-Ab',
  ];
  for (const password of scenes) assert.deepEqual(why(password), ['keyboard-run'], password);
  for (const password of ['Kiesel-12345678-Zaun', 'Zebra-qwerty-Lampe-9', 'Kiesel-4711-Zaun', 'зима-Лето-осень7', 'শীত-বসন্ত-গ্রীষ্ম-৭'])
    assert.deepEqual(why(password), [], password);
});

test('the person’s names, account and number carry none, in any script, with look-alikes, without accents or on the wrong keyboard', () => {
  const scenes = [
    'Petrovic-2026',
    'Petrović!77',
    'P3tr0v1c-2026!',
    'civortep-2026',
    '104711-104711',
    'Иванов-2026!',
    'Ivanov-2026!',
    'Bdfyjd-2026!',
    'চৌধুরী-77',
    'রীতা-চৌধুরী',
  ];
  for (const password of scenes) assert.deepEqual(why(password), ['own-words'], password);
  assert.deepEqual(why('Kiesel-104711-Zaun'), [], 'beside enough of something else they may stand');
  assert.deepEqual(why('রীতা12345678'), ['own-words', 'keyboard-run']);
});

test('words of the place carry none alone, whatever their script', () => {
  for (const password of ['Bank-2026-Bank', 'W3lcome-B4nk!', 'Countersign2026!', 'P@ssw0rd-Bank1', 'Sparbuch-2026', 'Банк-Sparbuch'])
    assert.deepEqual(why(password), ['site-word'], password);
  assert.deepEqual(why('River-Bank-Heron-7'), []);
});

test('a Bangla name is the same word however its letters were put together, and its vowels are not taken from it', () => {
  const [composed, taken] = ['চৌধুরী হোড়', 'চৌধুরী হোড়'.normalize('NFD')];
  assert.deepEqual(ownWords([composed]), ownWords([taken]));
  assert.ok(ownWords(['চৌধুরী']).includes('চৌধুরী'));
  assert.deepEqual(ownWords(['ক\u200dষ্ণা']), ownWords(['কষ্ণা']), 'joiners only shape what is seen');
});

test('passwords of four random words are taken', () => {
  for (let round = 0; round < 60; round++) {
    const password = readablePassword();
    assert.deepEqual(why(password), [], password);
  }
});

test('nothing that a person can type makes it throw, and the thread answers as the rule does', async () => {
  const ask = guessableInAThread();
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (password) => {
      assert.deepEqual(await ask(password, known), why(password));
    }),
    { seed: 11, numRuns: 200 },
  );
  const all = await Promise.all(['Qwertzuiop-12', 'Kiesel-4711-Zaun', 'Petrovic-2026'].map((password) => ask(password, known)));
  assert.deepEqual(all, [['keyboard-run'], [], ['own-words']], 'each question gets its own answer');
});
