import assert from 'node:assert/strict';
import { test } from 'node:test';
import { momentOfFileTime, whoseChanges, type PasswordEvent } from '#domain/whose-change.ts';

const [owner, admin, writer] = ['S-1-5-21-1-2-3-1105', 'S-1-5-21-1-2-3-500', 'S-1-5-21-1-2-3-1103'];
const minute = (count: number): Date => new Date(Date.UTC(2031, 0, 1, 9, count));
const event = (action: PasswordEvent['action'], actorSid: string, at: Date): PasswordEvent => ({
  id: `${actorSid} ${at.toISOString()}`,
  action,
  actorSid,
  at,
});
const whose = (events: PasswordEvent[], around: number, ours = 0, since = minute(0), until = minute(59)) => {
  const found = whoseChanges(events, { account: owner, around, ours, writers: new Set([writer]), since, until });
  return [found.byOwner.length, found.byOthers.map(({ actorSid }) => actorSid), found.unexplained];
};

test('a change by the account itself, or over a protocol that names nobody, is its owner’s', () => {
  assert.deepEqual(whose([event('change', owner, minute(5))], 1), [1, [], 0]);
  assert.deepEqual(whose([event('change', 'S-1-5-7', minute(5))], 1), [1, [], 0]);
});

test('a reset by somebody else is theirs, and so is a change in another one’s name', () => {
  assert.deepEqual(whose([event('reset', admin, minute(5))], 1), [0, [admin], 0]);
  assert.deepEqual(whose([event('change', admin, minute(5))], 1), [0, [admin], 0]);
  assert.deepEqual(whose([event('reset', owner, minute(5))], 1), [0, [owner], 0], 'a right over oneself is a right');
});

test('what no event tells stays unexplained, however many others are told', () => {
  assert.deepEqual(whose([], 2), [0, [], 2]);
  assert.deepEqual(whose([event('change', owner, minute(5)), event('reset', admin, minute(6))], 3), [1, [admin], 1]);
});

test('of our writers’ resets as many are ours as are claimed, and each more is somebody’s who has their password', () => {
  const two = [event('reset', writer, minute(5)), event('reset', writer, minute(6))];
  assert.deepEqual(whose(two, 1, 1), [0, [writer], 0]);
  assert.deepEqual(whose(two.slice(1), 0, 1), [0, [], 0]);
});

test('an event of the change that was noted before explains no other, and one of a change that is not seen yet waits', () => {
  assert.deepEqual(whose([event('change', owner, new Date(minute(0).getTime() + 900))], 1), [0, [], 1]);
  assert.deepEqual(whose([event('change', owner, minute(30))], 1, 0, minute(0), minute(20)), [0, [], 1]);
});

test('the moment of a FILETIME', () => {
  assert.equal(momentOfFileTime('0'), undefined);
  assert.equal(momentOfFileTime('116444736000000000')?.getTime(), 0);
});
