import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hoursAllowed, hoursInWords } from '#domain/logon-hours.ts';
import { computersAllowed, signInLimitsInWords } from '#domain/sign-in-limits.ts';
import { signInTold } from '#api/sign-in-told.ts';

const at = new Date('2026-11-26T12:00:00Z');
/** Hours of a week from Sunday 00:00 UTC: those of these days (Sunday 0) from one hour to another. */
const hoursOf = (days: number[], from: number, to: number) =>
  days.flatMap((day) => Array.from({ length: to - from }, (_, hour) => (day * 24 + from + hour) % 168)).toSorted((a, b) => a - b);
const weekdays = [1, 2, 3, 4, 5];

test('logonHours are read a bit an hour, the lowest bit first; all hours, none stored and a wrong length limit nothing', () => {
  const bytes = Buffer.alloc(21);
  assert.deepEqual(hoursAllowed(bytes), []);
  bytes[0] = 0b0000_0010;
  bytes[20] = 0b1000_0000;
  assert.deepEqual(hoursAllowed(bytes), [1, 167]);
  for (const nothing of [undefined, Buffer.alloc(21, 0xff), Buffer.alloc(0), Buffer.alloc(20)])
    assert.equal(hoursAllowed(nothing), undefined);
});

test('hours are told in the days and times of the place, in rows of days, over midnight and over the end of the week', () => {
  const words = (hours: number[], timeZone: string) => hoursInWords(hours, at, timeZone);
  assert.equal(words(hoursOf(weekdays, 7, 17), 'Europe/Zurich'), 'Monday to Friday, 08:00 to 18:00 (CET)');
  assert.equal(words(hoursOf(weekdays, 3, 12), 'Asia/Kolkata'), 'Monday to Friday, 08:30 to 17:30 (GMT+5:30)');
  assert.equal(
    words([...hoursOf([1, 3, 4], 8, 12), ...hoursOf([6], 8, 10)], 'UTC'),
    'Monday, 08:00 to 12:00; Wednesday and Thursday, 08:00 to 12:00; Saturday, 08:00 to 10:00 (UTC)',
  );
  assert.equal(words([...hoursOf([6], 20, 24), ...hoursOf([0], 0, 4)], 'UTC'), 'Saturday 20:00 to Sunday 04:00 (UTC)');
  assert.equal(words(hoursOf([2], 18, 24), 'UTC'), 'Tuesday, 18:00 to 24:00 (UTC)');
  assert.equal(words(hoursOf([1, 2], 0, 24), 'UTC'), 'Monday 00:00 to Tuesday 24:00 (UTC)');
  // In summer the same hours of the directory are an hour later on the clock.
  assert.equal(
    hoursInWords(hoursOf(weekdays, 7, 17), new Date('2026-07-01T12:00:00Z'), 'Europe/Zurich'),
    'Monday to Friday, 09:00 to 19:00 (CEST)',
  );
});

test('computers are names between commas; nothing but commas and spaces is no limit', () => {
  assert.deepEqual(computersAllowed('BR-0042, BR-0043 ,'), ['BR-0042', 'BR-0043']);
  for (const nothing of [undefined, '', ' , ']) assert.equal(computersAllowed(nothing), undefined);
  assert.deepEqual(signInLimitsInWords({ computers: ['BR-0042'] }, { at, keepsPassword: false }), [
    'Your account may sign in at the computer BR-0042 only. At any other the right password is refused too.',
  ]);
});

test('nothing of it is told before its owner is proven, whatever is stored', () => {
  const stored = { hours: [], computers: ['BR-0042'], passwordRunOut: true };
  const message = 'words';
  for (const step of ['prove', 'factor', 'wait', 'come-back', 'set-up-factors', 'refused'] as const)
    assert.deepEqual(signInTold(stored, { step, message }, at), [], step);
  assert.equal(signInTold(stored, { step: 'choose-password', message }, at).length, 2);
  assert.equal(signInTold(stored, { step: 'choose-operation', message }, at).length, 3);
  assert.equal(signInTold(stored, { step: 'done', message }, at).length, 2);
  assert.equal(signInTold(stored, { step: 'done', operation: 'unlock', message }, at).length, 3);
  assert.deepEqual(signInTold(stored, { step: 'done', operation: 'replace-factors', message }, at), []);
  assert.deepEqual(signInTold(null, { step: 'done', message }, at), [], 'a reset from before it was kept');
});
