import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { dailyPeaks, lookAtFailures } from '#activities/record/watch-failures.ts';
import { isSuddenRise } from '#domain/sudden-rise.ts';
import { demoPolicyFile } from '#ops/setup/policy.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { useDatabase } from '#test/support/database.ts';

const database = await useDatabase();
const owner = database.as('superuser');
const worker = database.as('worker');
await owner.$transaction((tx) => loadPolicy(tx, readFileSync(demoPolicyFile, 'utf8'), { type: 'service', name: 'test' }));
beforeEach(async () => {
  await owner.leaf.deleteMany();
  await owner.alarm.deleteMany();
});

/** So many leaves of this type and outcome, so long ago. */
const typed = (
  count: number,
  { minutes, type = 'factor.checked', outcome = 'failure' }: { minutes: number; type?: string; outcome?: string },
) =>
  owner.$executeRaw`
    INSERT INTO leaf (id, type, outcome, body, hash, at)
    SELECT gen_random_uuid(), ${type}, ${outcome}, '{}', '\\x00', now() - ${minutes} * interval '1 minute' FROM generate_series(1, ${count})`;
const look = async () => lookAtFailures(worker, await dailyPeaks(worker));
const alarms = () => owner.alarm.findMany({ where: { kind: 'sudden-rise' } });

test('far more failures than on a usual day call officers once an hour, whichever door they come in by', async () => {
  for (const type of ['proof.checked', 'factor.checked', 'sign-in.password', 'sign-in.factor']) await typed(24, { minutes: 5, type });
  await typed(500, { minutes: 5, outcome: 'success' });
  await typed(500, { minutes: 12 });
  assert.equal(await look(), false, '96 are not yet a hundred; what passed, and what is longer ago, counts for nothing');
  await typed(4, { minutes: 1 });
  assert.equal(await look(), true);
  assert.equal(await look(), true);
  assert.ok((await alarms()).length <= 2, 'once an hour: two only where the hour ended between the two looks');
  const [leaf] = await owner.leaf.findMany({ where: { type: 'alarm.raised' } });
  assert.match(leaf?.body ?? '', /"failures":100/);
});

test('where a Monday morning is like this, a Monday morning calls nobody, and one day of guessing does not become usual', async () => {
  for (const day of [1, 2, 3, 4, 5]) await typed(120, { minutes: day * 1440 - 60 });
  await typed(200, { minutes: 3 });
  assert.deepEqual(await dailyPeaks(worker), [120, 120, 120, 120, 120, 0, 0]);
  assert.equal(await look(), false);
  await typed(41, { minutes: 3 });
  assert.equal(await look(), true, 'more than twice as many');
  await typed(10_000, { minutes: 2 * 1440 - 600 });
  assert.equal(await look(), true);
});

test('the usual day is the median one', () => {
  assert.equal(isSuddenRise(99, [0, 0, 0, 0, 0, 0, 0], 100), false);
  assert.equal(isSuddenRise(100, [0, 0, 0, 0, 0, 0, 0], 100), true);
  assert.equal(isSuddenRise(100, [50, 50, 50, 50, 0, 0, 0], 100), false, 'exactly twice is none');
  assert.equal(isSuddenRise(101, [50, 50, 50, 50, 0, 0, 0], 100), true);
  assert.equal(isSuddenRise(101, [9000, 50, 50, 50, 0, 0, 0], 100), true);
  assert.equal(isSuddenRise(100, [], 100), true);
});
