import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { readTracking } from '#activities/record/chrony.ts';
import { clockOf } from '#activities/record/watch-clock.ts';
import { bootId } from '#prisma/host.ts';
import { recordStart } from '#prisma/process-runs.ts';
import { useDatabase } from '#test/support/database.ts';

const database = await useDatabase();
const owner = database.as('superuser');
const types = async (process: string) =>
  (await owner.leaf.findMany({ where: { actor: `service:${process}` }, orderBy: { seq: 'asc' } })).map(({ type }) => type);

test('a start after an orderly stop is only a start; after a lost run it says that the run was lost, once', async () => {
  const db = database.as('verifier');
  const run = await recordStart(db, 'verifier');
  await run.stopped();
  await recordStart(db, 'verifier');
  assert.deepEqual(await types('verifier'), ['process.started', 'process.stopped', 'process.started']);
  // The same process number starts again without having stopped: what had it is gone.
  await recordStart(db, 'verifier');
  assert.deepEqual((await types('verifier')).slice(3), ['process.lost', 'process.started']);
  const [lost] = await owner.leaf.findMany({ where: { type: 'process.lost' } });
  assert.equal(lost?.outcome, 'failure');
  await (await recordStart(db, 'verifier')).stopped();
  await recordStart(db, 'verifier');
  assert.equal((await types('verifier')).filter((type) => type === 'process.lost').length, 2);
});

test('one that runs beside it, or on another host, is not lost; one of an earlier boot is', async () => {
  const beside = spawn('sleep', ['600'], { stdio: 'ignore' });
  try {
    const { hostname } = await import('node:os');
    const row = { name: 'worker', host: hostname(), boot: bootId, pid: beside.pid ?? 0 };
    await owner.processRun.create({ data: row });
    await owner.processRun.create({ data: { ...row, host: 'another-host', pid: 1 } });
    await recordStart(database.as('worker'), 'worker');
    assert.deepEqual(await types('worker'), ['process.started']);
    await owner.processRun.create({ data: { ...row, boot: 'an earlier boot' } });
    await (await recordStart(database.as('worker'), 'worker')).stopped();
    // The run of this very process, above, and that of the earlier boot.
    assert.deepEqual((await types('worker')).slice(1), ['process.lost', 'process.lost', 'process.started', 'process.stopped']);
    const ended = once(beside, 'exit');
    beside.kill('SIGKILL');
    await ended;
    await recordStart(database.as('worker'), 'worker');
    assert.deepEqual((await types('worker')).slice(5), ['process.lost', 'process.started']);
  } finally {
    beside.kill('SIGKILL');
  }
});

test('a clock that is moved against the monotonic one leaves a leaf with by how much; slewing leaves none', async () => {
  let wall = 1_000_000;
  let monotonic = 5_000;
  const clock = clockOf(database.as('worker'), 'clocks', {
    wallMs: () => wall,
    monotonicMs: () => monotonic,
    tracking: async () => undefined,
  });
  for (let tick = 0; tick < 5; tick++) {
    wall += 10_005;
    monotonic += 10_000;
    assert.equal(await clock.look(), false);
  }
  wall += 10_000 - 3_600_000;
  monotonic += 10_000;
  assert.equal(await clock.look(), true);
  assert.equal(await clock.look(), false);
  const [leaf] = await owner.leaf.findMany({ where: { type: 'clock.stepped' } });
  assert.equal((JSON.parse(leaf?.body ?? '{}') as { do: { by_ms: number } }).do.by_ms, -3_600_000);
});

test('by what the clock is kept right is recorded, and that nothing is', async () => {
  const facts = async (tracking: Parameters<typeof clockOf>[2] extends (infer P) | undefined ? P : never) => {
    await clockOf(database.as('worker'), 'clocks', tracking).tracking();
    const [leaf] = await owner.leaf.findMany({ where: { type: 'clock.tracking' }, orderBy: { seq: 'desc' }, take: 1 });
    return { outcome: leaf?.outcome, ...(JSON.parse(leaf?.body ?? '{}') as { do: object }).do };
  };
  const host = { wallMs: () => 0, monotonicMs: () => 0 };
  const line = '0A000001,10.0.0.1,3,1764112800.123456789,-0.000012345,0.000001,0.00002,-12.3,0.001,0.05,0.0004,0.0005,64.2,Normal\n';
  assert.deepEqual(await facts({ ...host, tracking: async () => readTracking(line) }), {
    outcome: 'success',
    source: '10.0.0.1',
    stratum: 3,
    offset_ns: '12345',
    leap: 'Normal',
  });
  const lost = '00000000,,0,0.000000000,0.000000000,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised';
  assert.equal((await facts({ ...host, tracking: async () => readTracking(lost) })).outcome, 'failure');
  const none = await facts({ ...host, tracking: async () => readTracking('506 Cannot talk to daemon') });
  assert.deepEqual([none.outcome, 'source' in none && none.source], ['unknown', null]);
});
