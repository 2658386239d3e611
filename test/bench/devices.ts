import { fork } from 'node:child_process';
import { createPublicKey, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Person } from '#activities/verify/people.ts';
import { signRow } from '#activities/verify/row-signature.ts';
import { root } from '#ops/paths.ts';
import { deviceBody } from '#prisma/device-rows.ts';
import { anAuthority } from '#test/support/certificates.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { newDevice, type DeviceStream, type TestDevice } from '#test/support/device.ts';
import { enrolled, identified, person, verifierOver } from '#test/verify/world.ts';
import type { ApiGiven, ApiSaid } from './devices-api.ts';

/**
 * What the agents of a large site cost one API process, and how soon they are told: each over TLS with a key of its own, told by the
 * verifier over real tables. COUNTERSIGN_AGENTS says how many; 2,000 when it is left out. A table, not a gate.
 */
const AGENTS = Number(process.env['COUNTERSIGN_AGENTS'] ?? '2000');
const HOLDERS = [...new Set([1, 10, 100, AGENTS])].filter((count) => count <= AGENTS);
const AT_ONCE = 25;
const say = (line: string): void => console.log(line);
const load = (): string => (loadavg()[0] ?? 0).toFixed(1);

say(`${availableParallelism()} cores; load before the run ${load()}. A load of its own above 1 makes every figure worse.`);
const database = await openTestDatabase();
const world = await verifierOver(database);
const folder = mkdtempSync(join(tmpdir(), 'bench-devices-'));
const authority = await anAuthority(folder, 'devices');
const { cert: certFile, key: keyFile } = await authority.issue('localhost');
const api = fork(join(root, 'test', 'bench', 'devices-api.ts'), { stdio: 'inherit' });
const answer = async <T extends ApiSaid>(message: object): Promise<T> => {
  const said = once(api, 'message');
  api.send(message);
  return (await said)[0] as T;
};
const pemOf = (key: Parameters<typeof createPublicKey>[0]): string =>
  createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
const given: ApiGiven = {
  url: database.urlOf('api'),
  verifierPem: world.deps.keys.checking.export({ type: 'spki', format: 'pem' }).toString(),
  noticePem: pemOf(world.deps.keys.notice),
  certFile,
  keyFile,
};
const streams: DeviceStream[] = [];
try {
  const { port } = await answer<{ port: number }>(given);
  const run = { devices: `https://localhost:${port}`, ca: authority.ca };
  const accounts: { count: number; account: Person }[] = [];
  for (const count of HOLDERS) accounts.push({ count, account: await enrolled(world, person(`held${count}`)) });
  say(`Making ${AGENTS} devices…`);
  const devices = await inLanes(
    Array.from({ length: AGENTS }, (_, index) => index),
    async (index) =>
      active(
        await newDevice(run, `many-${index}.bank.test`),
        accounts.filter(({ count }) => index < count).map(({ account }) => account),
      ),
  );
  await world.superuser.$executeRaw`ANALYZE device, device_account`;

  const before = await memory();
  const began = performance.now();
  streams.push(
    ...(await inLanes(devices, async (device) => {
      const stream = device.listen();
      await stream.next('settings');
      return stream;
    })),
  );
  const connected = performance.now() - began;
  const after = await memory();
  say(`${after.streams} streams are open after ${(connected / 1000).toFixed(1)} s, ${AT_ONCE} at a time (load ${load()})`);
  const each = (part: 'rss' | 'heap'): string => ((after[part] - before[part]) / AGENTS / 1024).toFixed(1);
  say(
    `memory of the API process: ${Math.round(before.rss / 1048576)} MB before, ${Math.round(after.rss / 1048576)} MB with all; ${each('rss')} kB for each agent, of it ${each('heap')} kB in the heap`,
  );

  for (const { count, account } of accounts) {
    const reset = await written(account);
    const from = performance.now();
    const arrived = Promise.all(streams.slice(0, count).map(async (stream) => (await stream.next('notice'), performance.now() - from)));
    const { made } = await world.verifier.makeNotices({ reset, account: account.guid });
    const signed = performance.now() - from;
    if (made !== count) throw new Error(`${made} notices were made for ${count} devices`);
    const times = (await arrived).toSorted((a, b) => a - b);
    const at = (share: number): number => Math.round(times[Math.max(0, Math.ceil(times.length * share) - 1)] ?? Number.NaN);
    say(
      `told ${count}: from the record of the write to the device p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, last ${at(1)} ms; all signed after ${Math.round(signed)} ms (load ${load()})`,
    );
  }
} finally {
  for (const stream of streams) stream.close();
  api.disconnect();
  await once(api, 'exit');
  await database.close();
  rmSync(folder, { recursive: true });
}
process.exit();

async function memory() {
  return answer<{ rss: number; heap: number; streams: number }>({ ask: 'memory' });
}

async function inLanes<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) done.push(...(await Promise.all(all.slice(from, from + AT_ONCE).map(work))));
  return done;
}

/** A device as the verifier enrols one, and what it reported, signed by its key. */
async function active(device: TestDevice, accounts: readonly { sid: string; samAccountName: string }[]): Promise<TestDevice> {
  device.id = randomUUID();
  const at = new Date();
  const facts = { id: device.id, name: device.name, platform: 'linux', state: 'active', keyHash: device.keyHash };
  const row = { ...facts, ticketId: randomUUID(), computerGuid: null, enrolledBy: randomUUID(), approvedBy: null };
  const held = accounts.map(({ sid, samAccountName: name }) => ({
    sid,
    name,
    cachedAt: at.toISOString(),
    lastOnlineAuth: at.toISOString(),
  }));
  const sssd = { version: '2.8.2', layout: 'known', cachedAuthTimeout: 0, storesPasswordIfOffline: false };
  const said = { device: device.id, sequence: 1, at: at.toISOString(), agent: '1.0.0', sssd, accounts: held };
  const { statement, signature } = device.sign('countersign/device-report/v1', said);
  await world.superuser.device.create({
    data: {
      ...row,
      publicKey: new Uint8Array(device.publicKey),
      signature: signRow(world.deps.keys, deviceBody(row)),
      report: statement,
      reportSignature: new Uint8Array(Buffer.from(signature, 'base64url')),
      reportSequence: 1n,
      reportedAt: at,
    },
  });
  await world.superuser.deviceAccount.createMany({
    data: held.map(({ sid, name }) => ({ deviceId: device.id, sid, name, cachedAt: at, lastOnlineAuth: at })),
  });
  return device;
}

/** A reset of the account whose write is recorded. */
async function written({ guid, samAccountName }: { guid: string; samAccountName: string }): Promise<string> {
  const { reset } = await identified(world, samAccountName);
  const filetime = String((BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n);
  const claim = { resetId: reset, ordinal: 1, accountGuid: guid, digest: '0'.repeat(64), controller: 'dc1', state: 'verified' };
  await world.superuser.writeClaim.create({ data: { ...claim, pwdLastSetBefore: '0', pwdLastSetAfter: filetime } });
  return reset;
}
