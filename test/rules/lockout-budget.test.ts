import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayTryPassword, TRIES_LEFT_TO_THE_PERSON } from '#domain/lockout-budget.ts';

const now = new Date('2026-11-26T12:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
const standing = { wrong: 0, lastWrong: ago(60), threshold: 5, windowSeconds: 900 };

test('whatever was counted, a try is made only when a wrong one leaves the person their own', () => {
  for (let threshold = 1; threshold <= 12; threshold++)
    for (let wrong = 0; wrong <= 12; wrong++)
      assert.equal(
        mayTryPassword({ ...standing, threshold, wrong }, now),
        threshold - (wrong + 1) >= TRIES_LEFT_TO_THE_PERSON,
        `${wrong} of ${threshold}`,
      );
});

test('somebody who only guesses at the portal never locks an account', () => {
  for (let threshold = 1; threshold <= 12; threshold++) {
    let wrong = 0;
    while (mayTryPassword({ ...standing, threshold, wrong }, now)) wrong += 1;
    assert.ok(wrong < threshold, `${threshold} and ${wrong}`);
  }
});

test('wrong ones of a window that is over, with clocks five minutes apart, are forgotten; where nothing ever locks, any number may be tried', () => {
  assert.equal(mayTryPassword({ ...standing, wrong: 4, lastWrong: ago(1200) }, now), false);
  assert.equal(mayTryPassword({ ...standing, wrong: 4, lastWrong: ago(1201) }, now), true);
  assert.equal(mayTryPassword({ ...standing, wrong: 4, lastWrong: undefined }, now), false);
  assert.equal(mayTryPassword({ ...standing, wrong: 99, threshold: 0 }, now), true);
});
