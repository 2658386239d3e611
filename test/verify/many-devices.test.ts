import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { changeDevice } from '#activities/verify/device-rows.ts';
import { signRow } from '#activities/verify/row-signature.ts';
import { deviceBody } from '#prisma/device-rows.ts';
import type { DeviceStream, TestDevice } from '#test/support/device.ts';
import { useDeviceListener } from './device-listener.ts';
import { enrolled, person } from './world.ts';

/**
 * Many agents at one API process, all of which hold the same account: COUNTERSIGN_AGENTS=2000 for a large site.
 * The agents live in this process too, so what is measured of memory is both ends.
 */
const AGENTS = Number(process.env['COUNTERSIGN_AGENTS'] ?? '40');
const AT_ONCE = 25;
const world = await useDeviceListener();

async function inLanes<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) done.push(...(await Promise.all(all.slice(from, from + AT_ONCE).map(work))));
  return done;
}

/** A device as the verifier enrols one, without a ticket for each. */
async function active(index: number): Promise<TestDevice> {
  const device = await world.device(`many-${index}.bank.test`);
  device.id = randomUUID();
  const row = {
    id: device.id,
    name: device.name,
    platform: 'linux',
    state: 'active',
    keyHash: device.keyHash,
    ticketId: randomUUID(),
    computerGuid: null,
    enrolledBy: randomUUID(),
    approvedBy: null,
  };
  const signature = signRow(world.deps.keys, deviceBody(row));
  await world.superuser.device.create({ data: { ...row, publicKey: new Uint8Array(device.publicKey), signature } });
  return device;
}

test(`${AGENTS} agents are told of one reset, each its own notice, while all are connected`, async () => {
  const alice = await enrolled(world, person('alice'));
  const devices = await inLanes(
    Array.from({ length: AGENTS }, (_, index) => index),
    active,
  );
  await inLanes(devices, async (device) => {
    assert.equal((await device.report([{ sid: alice.sid, name: 'alice' }])).status, 204);
    device.close();
  });
  const before = process.memoryUsage().rss;
  const streams = await inLanes(devices, async (device): Promise<DeviceStream> => {
    const stream = device.listen();
    await stream.next('settings');
    return stream;
  });
  const each = (process.memoryUsage().rss - before) / AGENTS;
  const reset = await world.written(alice);
  const began = performance.now();
  const arrived = Promise.all(
    streams.map(async (stream, index) => {
      const { statement } = (await stream.next('notice')) as { statement: string };
      assert.equal((JSON.parse(statement) as { device: string }).device, devices[index]?.id);
      return performance.now() - began;
    }),
  );
  const { made } = await world.verifier.makeNotices({ reset, account: alice.guid });
  assert.equal(made, AGENTS);
  const times = (await arrived).toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  for (const stream of streams) stream.close();
  const chain = await world.superuser.leaf.findMany({
    where: { resetId: reset },
    orderBy: { seq: 'asc' },
    select: { body: true, hash: true },
  });
  const links = chain.map(({ body }) => JSON.parse(body) as { type: string; wseq: string; prev: string | null });
  assert.equal(links.filter(({ type }) => type === 'notice.created').length, AGENTS);
  for (const [at, { wseq, prev }] of links.entries()) {
    assert.equal(wseq, String(at + 1), 'one leaf follows the other');
    assert.equal(prev, at === 0 ? null : Buffer.from(chain[at - 1]?.hash ?? []).toString('base64'));
  }
  console.log(
    `${AGENTS} agents: first told after ${at(0)} ms, half after ${at(0.5)}, last after ${at(1)}; ${Math.round(each / 1024)} kB for each connection, both ends`,
  );
});

test('a table that cannot be asked for a moment cuts nobody off, and lets nobody go on who was revoked meanwhile', async () => {
  const bob = await enrolled(world, person('bob'));
  const [kept, lost] = await Promise.all([active(AGENTS), active(AGENTS + 1)]);
  const streams: DeviceStream[] = [];
  for (const device of [kept, lost]) {
    await device.report([{ sid: bob.sid, name: 'bob' }]);
    const stream = device.listen();
    await stream.next('settings');
    streams.push(stream);
  }
  const [staying, ending] = streams;
  assert.ok(staying && ending);
  await world.superuser.$executeRaw`REVOKE SELECT ON device FROM countersign_api`;
  await world.superuser.$transaction((tx) =>
    changeDevice(tx, world.deps.keys, lost.id, { state: 'revoked', revokedByName: 'Quentin Roux', revokedAt: new Date() }),
  );
  const reset = await world.written(bob);
  assert.equal((await world.verifier.makeNotices({ reset, account: bob.guid })).made, 1);
  await world.superuser.$executeRaw`GRANT SELECT ON device TO countersign_api`;
  const { statement } = (await staying.next('notice')) as { statement: string };
  assert.equal((JSON.parse(statement) as { device: string }).device, kept.id);
  await ending.gone;
  assert.equal(ending.events.at(-1)?.event, 'revoked');
  staying.close();
});
