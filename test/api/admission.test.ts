import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Pool } from 'pg';
import { createAdmission, type AdmissionLimits } from '#api/admission.ts';
import { isLoopback, limitKeyOf, sourceOf } from '#api/source.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { useDatabase } from '#test/support/database.ts';

const database = await useDatabase();
const db = database.as('api');
const owner = database.as('superuser');
const url = new URL(database.url);
url.searchParams.set('options', '-c role=countersign_api');
const pool = new Pool({ connectionString: url.href, max: 4 });
after(() => pool.end());
pool.on('error', () => {});

const wide: AdmissionLimits = { perSourcePerMinute: 1000, perSitePerMinute: 1000, unprovenCap: 1000 };
const open = (limits: Partial<AdmissionLimits>) => createAdmission(db, pool, { ...wide, ...limits });
const codeOf = (asked: Promise<void>) =>
  asked.then(
    () => 'let in',
    (error: { code?: string; retryAfterSeconds?: number }) =>
      `${error.code} ${Number(error.retryAfterSeconds) > 0 ? 'with a time' : 'without a time'}`,
  );
const clear = () => owner.$executeRaw`DELETE FROM rate_limit`;

test('a source is refused beyond its limit with when to come back, and a restarted API remembers', async () => {
  const first = open({ perSourcePerMinute: 3 });
  for (let i = 0; i < 3; i++) assert.equal(await codeOf(first.begin('10.1.1.1')), 'let in');
  assert.equal(await codeOf(first.begin('10.1.1.1')), 'too-many-requests with a time');
  assert.equal(await codeOf(first.begin('10.1.1.2')), 'let in');
  assert.equal(await codeOf(first.resume('10.1.1.1')), 'let in');
  await first.close();
  const second = open({ perSourcePerMinute: 3 });
  assert.equal(await codeOf(second.begin('10.1.1.1')), 'too-many-requests with a time');
  assert.equal(await codeOf(second.signIn('10.1.1.1')), 'let in');
  await second.close();
  await clear();
});

test('the site and the unproven resets have their limits, whoever asks', async () => {
  const busy = open({ perSitePerMinute: 2 });
  assert.equal(await codeOf(busy.begin('10.2.0.1')), 'let in');
  assert.equal(await codeOf(busy.begin('10.2.0.2')), 'let in');
  assert.equal(await codeOf(busy.begin('10.2.0.3')), 'site-busy with a time');
  await busy.close();
  await clear();
  const row = (more: object) => ({ id: uuidv7(), reference: uuidv7(), browserHash: new Uint8Array(32), next: {}, source: 'x', ...more });
  await owner.reset.createMany({
    data: [
      row({}),
      row({ state: 'checking-factor' }),
      row({ provenAt: new Date() }),
      row({ state: 'done' }),
      row({ startedAt: new Date(Date.now() - 11 * 60_000) }),
    ],
  });
  const capped = open({ unprovenCap: 2 });
  assert.equal(await codeOf(capped.begin('10.2.0.4')), 'site-busy with a time');
  await owner.reset.updateMany({ where: { state: 'checking-factor' }, data: { state: 'choosing-password', provenAt: new Date() } });
  assert.equal(await codeOf(capped.begin('10.2.0.4')), 'let in');
  await capped.close();
  await clear();
});

test('ten thousand refused requests are one leaf a source and minute, with their count', async () => {
  await owner.leaf.deleteMany();
  const limits = open({ perSourcePerMinute: 5 });
  await Promise.all(Array.from({ length: 10_000 }, () => codeOf(limits.begin('10.3.0.1'))));
  await Promise.all(Array.from({ length: 20 }, () => codeOf(limits.begin('10.3.0.2'))));
  await limits.settle(true);
  const leaves = await owner.leaf.findMany({ where: { type: 'reset.admission-refused' } });
  const counts = leaves.map(({ body }) => (JSON.parse(body) as { do: { begin: number } }).do.begin).toSorted((a, b) => a - b);
  // A minute may end between two of them; then a source has two leaves with the same sum.
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    9995 + 15,
  );
  assert.ok(leaves.length <= 4, `${leaves.length} leaves`);
  assert.ok(
    leaves.every(({ body }) => !body.includes('10.3.0.1')),
    'the address itself is only committed to',
  );
  const rows = await owner.$queryRaw<{ points: number }[]>`SELECT points FROM rate_limit WHERE key LIKE 'begin:10.3.0.1'`;
  assert.ok((rows[0]?.points ?? 0) < 10_000, 'most were turned away from memory');
  await limits.close();
});

test('steps of one reset have a limit of their own, which two APIs share and a restarted one remembers', async () => {
  const pair = [open({}), open({})] as const;
  const answers = await Promise.all(Array.from({ length: 80 }, (_, n) => codeOf(pair[n % 2 === 0 ? 0 : 1].step('one'))));
  assert.equal(answers.filter((answer) => answer === 'let in').length, 30);
  assert.equal(answers.filter((answer) => answer === 'too-many-requests with a time').length, 50);
  assert.equal(await codeOf(pair[0].step('another')), 'let in');
  for (const one of pair) await one.close();
  const restarted = open({});
  assert.equal(await codeOf(restarted.step('one')), 'too-many-requests with a time');
  assert.equal(await codeOf(restarted.step('another')), 'let in');
  await restarted.close();
  await clear();
});

test('a step costs the database one statement, and none once its API has counted to the limit', async (context) => {
  const { mock } = context.mock.method(pool, 'query');
  const limits = open({});
  for (let n = 1; n <= 30; n++) {
    assert.equal(await codeOf(limits.step('counted')), 'let in');
    assert.equal(mock.callCount(), n);
  }
  for (let n = 0; n < 100; n++) assert.equal(await codeOf(limits.step('counted')), 'too-many-requests with a time');
  assert.equal(mock.callCount(), 30);
  await limits.close();
  await clear();
});

test('a database that is away lets nobody in', async () => {
  const away = new Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' });
  const limits = createAdmission(db, away, wide);
  await assert.rejects(limits.begin('10.4.0.1'), { code: 'ECONNREFUSED' });
  await limits.close();
  await away.end();
});

test('one source has one key in every spelling of its address', () => {
  assert.equal(sourceOf('::ffff:10.0.0.1'), '10.0.0.1');
  assert.equal(sourceOf('::FFFF:10.0.0.1'), '10.0.0.1');
  assert.equal(sourceOf('fe80::1%eth0'), 'fe80::1');
  assert.equal(limitKeyOf('2001:db8:1:2:3:4:5:6'), limitKeyOf('2001:db8:1:2::9'));
  assert.notEqual(limitKeyOf('2001:db8:1:3::9'), limitKeyOf('2001:db8:1:2::9'));
  assert.equal(limitKeyOf('::1'), '0:0:0:0::/64');
  assert.ok(isLoopback('127.7.0.3') && isLoopback('::1') && !isLoopback('128.0.0.1'));
});
