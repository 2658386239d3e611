import assert from 'node:assert/strict';
import { connect } from 'node:tls';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Finding } from '#ops/conformance/run.ts';
import { countersign } from '#test/support/countersign.ts';
import type { Client } from '#test/support/http-client.ts';
import { newDevice, type TestDevice } from '#test/support/device.ts';
import { deviceDeed, deviceTicket } from '#test/support/device-tickets.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { patiently } from '#test/support/patiently.ts';
import { signedIn } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';

/** Devices are let in by a ticket, approved, and cut off: on the real stack, over TLS. */
let helpDesk: { http: Client; account: string };
let officer: { http: Client; account: string };
const world = useWorld(async ({ stack, people }) => {
  helpDesk = { account: 'jonas.berg', http: await signedIn(stack.run, people, 'jonas.berg') };
  officer = { account: 'quentin.roux', http: await signedIn(stack.run, people, 'quentin.roux') };
});
const devices: TestDevice[] = [];
after(() => {
  for (const device of devices) device.close();
  helpDesk.http.close();
  officer.http.close();
});

async function device(name: string): Promise<TestDevice> {
  const made = await newDevice(world.stack.run, name);
  devices.push(made);
  return made;
}
const ticket = (name: string, by = helpDesk) => deviceTicket(world.people, by, name);
const leavesOf = (type: string, device: string) =>
  world.people.sql<{ outcome: string; body: string }>(
    `SELECT outcome, body FROM leaf WHERE type = $1 AND body::jsonb #>> '{do,device}' = $2 ORDER BY seq`,
    [type, device],
  );

test('a device with a ticket made for its name is enrolled once, and asked again by the same key gets the same answer', async () => {
  const laptop = await device('laptop-1.bank.test');
  const made = await ticket(laptop.name);
  const enrolled = await laptop.enrol(made);
  assert.equal(enrolled.status, 201, JSON.stringify(enrolled.body));
  assert.equal(enrolled.body['state'], 'active');
  assert.equal((await laptop.enrol(made)).body['device'], laptop.id);
  const shown = await laptop.ask('GET', '');
  assert.deepEqual(
    { ...shown.body, noticeKeys: [] },
    { device: laptop.id, name: laptop.name, state: 'active', noticeKeys: [], settings: { verb: 'invalidate', reportEvery: 900 } },
  );
  assert.equal((await leavesOf('device.enrolled', laptop.id)).length, 1);
  const other = await device('laptop-1.bank.test');
  assert.equal((await other.enrol(made)).body['code'], 'device-ticket-refused');
});

test('of 64 devices that show one ticket at the same moment one is enrolled', async () => {
  const many = await Promise.all(Array.from({ length: 64 }, () => device('laptop-64.bank.test')));
  const made = await ticket('laptop-64.bank.test');
  const answers = await Promise.all(many.map((one) => one.enrol(made)));
  const codes = answers.map(({ status, body }) => (status === 201 ? 'enrolled' : String(body['code'])));
  assert.deepEqual(
    codes.filter((code) => code !== 'device-ticket-refused'),
    ['enrolled'],
  );
});

test('a ticket is for one name, and a wrong one is refused in the same words', async () => {
  const laptop = await device('laptop-2.bank.test');
  const forAnother = await ticket('laptop-3.bank.test');
  for (const shown of [forAnother, '0000-0000-0000-0000', 'not a ticket']) {
    const answer = await laptop.enrol(shown);
    assert.equal(answer.status, 403);
    assert.equal(answer.body['code'], 'device-ticket-refused');
  }
});

test('nobody gets further than enrolment without a device that is active', async () => {
  const stranger = await device('stranger.bank.test');
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/notices'],
    ['GET', '/openapi.json'],
    ['GET', '/anything'],
    ['PUT', '/report'],
    ['POST', '/notices/0190d9a4-0000-7000-8000-000000000000/acks'],
    ['OPTIONS', '/report'],
    ['DELETE', ''],
  ] as const) {
    const answer = await stranger.ask(method, path, method === 'PUT' || method === 'POST' ? {} : undefined);
    assert.equal(answer.status, 401, `${method} ${path}`);
    assert.equal(answer.body['code'], 'device-unknown');
  }
  const base = new URL(world.stack.run.devices);
  const without = await new Promise<string>((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', servername: base.hostname, port: Number(base.port), ca: readFileSync(world.stack.run.ca) });
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write('POST /api/v1/device/enrolments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}');
  });
  assert.match(without, /^HTTP\/1\.1 401/);
  assert.match(without, /device-unknown/);
});

test('a report is kept when the device signed it, and never one from before', async () => {
  const laptop = await device('laptop-4.bank.test');
  await laptop.enrol(await ticket(laptop.name));
  const accounts = [{ sid: 'S-1-5-21-1-2-3-1105', name: 'alice.moreau' }];
  assert.equal((await laptop.report(accounts, 7)).status, 204);
  assert.equal((await laptop.report(accounts, 7)).body['code'], 'device-replayed');
  const stranger = await device('stranger.bank.test');
  stranger.id = laptop.id;
  const forged = stranger.sign('countersign/device-report/v1', {
    device: laptop.id,
    sequence: 8,
    at: new Date().toISOString(),
    agent: '1.0.0',
    sssd: { version: null, layout: 'unknown', cachedAuthTimeout: null, storesPasswordIfOffline: null },
    accounts: [],
  });
  assert.equal((await laptop.ask('PUT', '/report', forged)).body['code'], 'device-statement-refused');
  const shown = await helpDesk.http.get<{ accounts: { name: string }[]; sssd: { layout: string } }>(`/api/v1/devices/${laptop.id}`);
  assert.deepEqual(
    shown.body.accounts.map(({ name }) => name),
    ['alice.moreau'],
  );
  assert.equal(shown.body.sssd.layout, 'known');
});

test('a revoked device is cut off at once, and its key counts no more', async () => {
  const laptop = await device('laptop-5.bank.test');
  await laptop.enrol(await ticket(laptop.name));
  const stream = laptop.listen();
  assert.equal(await stream.status, 200);
  await stream.next('settings');
  let recorded = 0;
  const watched = patiently(async () => {
    const [row] = await world.people.sql(`SELECT 1 FROM device WHERE id = $1 AND state = 'revoked'`, [laptop.id]);
    assert.ok(row);
    recorded = Date.now();
  });
  const [revoked] = await Promise.all([deviceDeed(world.people, officer, laptop.id, 'revocation'), watched]);
  assert.equal(revoked.status, 200, revoked.text);
  const gone = await stream.gone;
  // By the word of it; on a quiet machine it takes a fifth of a second.
  assert.ok(gone - recorded < 10_000, `${gone - recorded} ms after the revocation stood`);
  assert.equal(stream.events.at(-1)?.event, 'revoked');
  assert.equal((await laptop.ask('GET', '')).body['code'], 'device-revoked');
  assert.equal((await leavesOf('device.revoked', laptop.id)).length, 1);
  const again = await laptop.enrol(await ticket(laptop.name));
  assert.equal(again.body['code'], 'device-ticket-refused', 'a key that was revoked is never let in again');
});

test('a row that somebody wrote by hand is no device', async () => {
  const [laptop, stranger] = [await device('laptop-6.bank.test'), await device('laptop-7.bank.test')];
  await laptop.enrol(await ticket(laptop.name));
  await world.people.sql(
    `INSERT INTO device (id, name, platform, state, key_hash, public_key, ticket_id, enrolled_by, signature)
     SELECT gen_random_uuid(), $1, platform, state, $2, public_key, ticket_id, enrolled_by, signature FROM device WHERE id = $3`,
    [stranger.name, stranger.keyHash, laptop.id],
  );
  assert.equal((await stranger.ask('GET', '')).body['code'], 'device-unknown');
  const [row] = (await helpDesk.http.get<{ items: { state: string }[] }>(`/api/v1/devices?text=${stranger.name}`)).body.items;
  assert.equal(row?.state, 'unsigned');
});

test('where the policy asks for it, a second person approves a device', async () => {
  await underPolicy(world.stack, `devices: { approval: second-person }\nrules:${privilegedRule}`, async () => {
    const laptop = await device('laptop-8.bank.test');
    const enrolled = await laptop.enrol(await ticket(laptop.name));
    assert.equal(enrolled.body['state'], 'waiting');
    assert.equal((await laptop.report([])).body['code'], 'device-not-approved');
    assert.equal((await laptop.ask('GET', '')).body['state'], 'waiting');
    const own = await deviceDeed(world.people, helpDesk, laptop.id, 'approval');
    assert.equal(own.body['code'], 'device-second-person');
    const approved = await deviceDeed(world.people, officer, laptop.id, 'approval');
    assert.equal(approved.status, 200, approved.text);
    assert.equal((await laptop.ask('GET', '')).body['state'], 'active');
    assert.equal((await laptop.report([])).status, 204);
    assert.equal((await deviceDeed(world.people, officer, laptop.id, 'approval')).body['code'], 'device-not-waiting');
  });
});

test('a device that enrols anew under its name takes the place of the former one', async () => {
  const [before, anew] = [await device('laptop-9.bank.test'), await device('laptop-9.bank.test')];
  await before.enrol(await ticket(before.name));
  const stream = before.listen();
  await stream.next('settings');
  assert.equal((await anew.enrol(await ticket(anew.name))).status, 201);
  await stream.gone;
  assert.equal((await before.ask('GET', '')).body['code'], 'device-revoked');
});

test('the suite for third parties finds nothing wrong with this server, from the command line', async () => {
  const { run, state } = world.stack;
  const name = 'conforming.bank.test';
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  const file = join(folder, 'ticket');
  writeFileSync(file, `${await ticket(name)}\n`, { mode: 0o600 });
  const server = [run.devices, '--ca', run.ca, '--portal', new URL(run.portal).origin];
  const { stdout, stderr, code } = await countersign(state, 'conformance', ...server, '--ticket-file', file, '--name', name, '--json');
  rmSync(folder, { recursive: true });
  const findings = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Finding);
  const of = (result: string) => findings.filter((one) => one.result === result).map(({ number, seen }) => `${number}: ${seen}`);
  assert.deepEqual(of('fail'), [], stderr);
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    findings.filter(({ result }) => result === 'not tried').map(({ number }) => number),
    ['E6', 'N5', 'N6', 'A2', 'A3', 'A4', 'T1', 'T2', 'T3', 'V1', 'V2'],
    'what only somebody at the server can do was not awaited',
  );
  const [row] = await world.people.sql<{ id: string }>(`SELECT id FROM device WHERE name = $1 AND state = 'active'`, [name]);
  assert.equal((await deviceDeed(world.people, officer, row?.id ?? '', 'revocation')).status, 200);
  const inWords = await countersign(state, 'conformance', ...server);
  assert.match(inWords.stdout, /^P8 pass: .*\. Seen: 422 proof-not-accepted; /m);
  assert.match(inWords.stdout, /\n\d+ passed, 0 failed, \d+ not tried\.\n$/);
  const nowhere = await countersign(state, 'conformance', 'http://localhost', '--ca', run.ca);
  assert.deepEqual([nowhere.code, nowhere.stderr.trim()], [1, 'http://localhost is no https address.']);
});

test('an auditor makes no ticket, and it is recorded that somebody tried', async () => {
  const auditor = await signedIn(world.stack.run, world.people, 'mateo.silva');
  const answer = await auditor.post('/api/v1/device-tickets', { name: 'x.bank.test', reason: 'none', by: { totp: '000000' } });
  assert.equal(answer.status, 403);
  assert.equal(answer.body['code'], 'role-needed');
  auditor.close();
});
