import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import type { AckAnswer, AckMessage } from '#activities/device-contract.ts';
import { sha512Crypt } from '#activities/write/sha512-crypt.ts';
import { openHash } from '#device-agent/open-hash.ts';
import { newDevice, nextOfReset, type DeviceStream, type TestDevice } from '#test/support/device.ts';
import { deviceDeed, deviceTicket } from '#test/support/device-tickets.ts';
import type { Client } from '#test/support/http-client.ts';
import { patiently } from '#test/support/patiently.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { freshPassword, proven, signedIn } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';

/** After a reset, the devices that hold the old password are told until they hold it no more: on the real stack, by what agents say. */
let helpDesk: { http: Client; account: string };
const world = useWorld(async ({ stack, people }) => {
  helpDesk = { account: 'jonas.berg', http: await signedIn(stack.run, people, 'jonas.berg') };
});
const opened: { close: () => void }[] = [];
after(() => {
  for (const one of opened) one.close();
  helpDesk.http.close();
});

let numbered = 0;
async function laptop(): Promise<{ device: TestDevice; noticeKeys: unknown; writerKeys: string[] }> {
  numbered += 1;
  const device = await newDevice(world.stack.run, `told-${numbered}.bank.test`);
  opened.push(device);
  const enrolled = await device.enrol(await deviceTicket(world.people, helpDesk, device.name));
  assert.equal(enrolled.status, 201, JSON.stringify(enrolled.body));
  return { device, noticeKeys: enrolled.body['noticeKeys'], writerKeys: enrolled.body['writerKeys'] as string[] };
}

/** The claimant's reset, to its end; what it is known by. */
async function reset(account: string, password = freshPassword()): Promise<string> {
  const { who } = await proven(world.stack.run, world.people, account);
  assert.equal((await who.choose(password)).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  who.close();
  return world.resetId(who.reference);
}

/** The SID of an account, as devices know people: read from the leaf of an earlier reset of theirs. */
async function sidOf(account: string): Promise<string> {
  const [row] = await world.people.sql<{ account_sid: string }>(
    'SELECT account_sid FROM reset WHERE lower(account_name) = $1 AND account_sid IS NOT NULL LIMIT 1',
    [account],
  );
  if (row) return row.account_sid;
  await reset(account);
  return sidOf(account);
}

async function holding(account: string): Promise<{ device: TestDevice; noticeKeys: unknown; sid: string }> {
  const sid = await sidOf(account);
  const { device, noticeKeys } = await laptop();
  assert.equal((await device.report([{ sid, name: account }])).status, 204);
  return { device, noticeKeys, sid };
}

const stateOf = async (notice: string): Promise<string | undefined> =>
  (await world.people.sql<{ state: string }>('SELECT state FROM notice WHERE id = $1', [notice]))[0]?.state;
const leaves = (reset: string, type: string) =>
  world.people.sql<{ outcome: string; stage: string | null; reason: string | null }>(
    `SELECT outcome, reason, body::jsonb #>> '{do,stage}' AS stage FROM leaf WHERE reset_id = $1 AND type = $2 ORDER BY seq`,
    [reset, type],
  );
async function noticeFor(stream: DeviceStream, noticeKeys: unknown): Promise<Record<string, unknown>> {
  return (await nextOfReset(stream, noticeKeys)).said;
}
/** The workflow that tells the devices of a reset, as the worker could be asked by anybody who reaches Temporal. */
const toldBy = (reset: string) => world.temporal.client.workflow.getHandle(`notices/${reset}`);
const ended = (reset: string) => patiently(async () => assert.equal((await toldBy(reset).describe()).status.name, 'COMPLETED'));

test('each device that holds the old password is told at once, and what it says is recorded until it holds the new one', async () => {
  const { device, noticeKeys, sid } = await holding('goran.petrovic');
  const other = await holding('goran.petrovic');
  const stream = device.listen();
  opened.push(stream);
  await stream.next('settings');
  const id = await reset('goran.petrovic');
  const said = await noticeFor(stream, noticeKeys);
  assert.deepEqual(said['account'], { guid: await world.people.guid('goran.petrovic'), sid, name: 'goran.petrovic' });
  assert.deepEqual([said['device'], said['reset'], said['verb'], said['endSessions']], [device.id, id, 'invalidate', false]);
  const notice = String(said['notice']);

  assert.deepEqual((await device.sendAck(notice, 'received')).body, { state: 'received' });
  const invalidated = device.ack(notice, 'invalidated');
  for (const time of ['once', 'again'])
    assert.deepEqual((await device.ask('POST', `/notices/${notice}/acks`, invalidated)).body, { state: 'invalidated' }, time);
  assert.deepEqual((await device.sendAck(notice, 'received')).body, { state: 'invalidated' }, 'what comes late takes nothing back');
  const before = new Date(Date.parse(String(said['writtenAt'])) - 600_000).toISOString();
  assert.equal((await device.sendAck(notice, 'refreshed', { lastOnlineAuth: before })).body['code'], 'device-statement-refused');
  const refreshed = device.ack(notice, 'refreshed', { lastOnlineAuth: new Date().toISOString() });
  assert.deepEqual((await device.ask('POST', `/notices/${notice}/acks`, refreshed)).body, { state: 'refreshed' });

  // The other one was away: it is told when it comes, and says that nothing is left there.
  const late = other.device.listen();
  opened.push(late);
  const toOther = String((await noticeFor(late, other.noticeKeys))['notice']);
  assert.deepEqual((await other.device.sendAck(toOther, 'nothing-cached')).body, { state: 'nothing-cached' });
  await ended(id);
  assert.deepEqual((await device.ask('POST', `/notices/${notice}/acks`, refreshed)).body, { state: 'refreshed' }, 'its end is said again');
  assert.equal((await device.sendAck(notice, 'cannot')).body['code'], 'notice-over');
  assert.deepEqual(
    (await leaves(id, 'notice.acknowledged')).map(({ stage }) => stage),
    ['received', 'invalidated', 'refreshed', 'nothing-cached'],
  );
  assert.deepEqual(
    (await leaves(id, 'notice.refused')).map(({ stage, reason }) => `${stage} ${reason}`),
    ['refreshed device-statement-refused'],
  );
  const shown = await helpDesk.http.get<{ notices: { reset: string; state: string; lastOnlineAuth: string | null }[] }>(
    `/api/v1/devices/${device.id}`,
  );
  assert.equal(shown.body.notices.find((one) => one.reset === id)?.state, 'refreshed');
});

test('what another device signed, or nobody, counts for nothing, whoever carries it', async () => {
  const [victim, liar] = [await holding('goran.petrovic'), await holding('goran.petrovic')];
  const stream = victim.device.listen();
  opened.push(stream);
  const id = await reset('goran.petrovic');
  const notice = String((await noticeFor(stream, victim.noticeKeys))['notice']);
  const path = `/notices/${notice}/acks`;
  // The liar's own connection does not know the notice; the victim's does not take the liar's signature.
  const inItsName = liar.device.ack(notice, 'refreshed', { device: victim.device.id, lastOnlineAuth: new Date().toISOString() });
  assert.equal((await liar.device.ask('POST', path, inItsName)).status, 404);
  assert.equal((await victim.device.ask('POST', path, inItsName)).body['code'], 'device-statement-refused');
  const wrongTag = victim.device.sign('countersign/device-report/v1', JSON.parse(victim.device.ack(notice, 'received').statement) as never);
  assert.equal((await victim.device.ask('POST', path, wrongTag)).body['code'], 'device-statement-refused');
  // Whoever has taken over the API asks the workflow itself.
  const asked: AckMessage = { notice, ...inItsName };
  const answer = await toldBy(id).executeUpdate<AckAnswer, [AckMessage]>('acknowledge', { updateId: randomUUID(), args: [asked] });
  assert.deepEqual([answer.outcome, answer.outcome === 'refused' && answer.code], ['refused', 'device-statement-refused']);
  assert.equal(await stateOf(notice), 'open');
  assert.deepEqual(
    (await leaves(id, 'notice.refused')).map(({ reason }) => reason),
    ['device-statement-refused'],
  );
  // A device that was revoked meanwhile says nothing more either.
  const good: AckMessage = { notice, ...victim.device.ack(notice, 'received') };
  const officer = { account: 'quentin.roux', http: await signedIn(world.stack.run, world.people, 'quentin.roux') };
  opened.push(officer.http);
  assert.equal((await deviceDeed(world.people, officer, victim.device.id, 'revocation')).status, 200);
  // And not when its row is set back to what it was.
  const late = await toldBy(id).executeUpdate<AckAnswer, [AckMessage]>('acknowledge', { updateId: randomUUID(), args: [good] });
  assert.equal(late.outcome === 'refused' && late.code, 'device-revoked');
});

test('accounts and devices that were written into the tables by hand get no notice', async () => {
  const sid = await sidOf('fatima.noor');
  const [silent, forged] = [await laptop(), await laptop()];
  const listed = 'INSERT INTO device_account (device_id, sid, name) VALUES ($1, $2, $3)';
  await world.people.sql(listed, [silent.device.id, sid, 'fatima.noor']);
  // A report that another device signed.
  const said = silent.device.sign('countersign/device-report/v1', {
    device: forged.device.id,
    sequence: 1,
    at: new Date().toISOString(),
    agent: '1.0.0',
    sssd: { version: null, layout: 'known', cachedAuthTimeout: null, storesPasswordIfOffline: null },
    accounts: [{ sid, name: 'fatima.noor', cachedAt: null, lastOnlineAuth: null }],
  });
  await world.people.sql(listed, [forged.device.id, sid, 'fatima.noor']);
  await world.people.sql('UPDATE device SET report = $2, report_signature = $3 WHERE id = $1', [
    forged.device.id,
    said.statement,
    Buffer.from(said.signature, 'base64url'),
  ]);
  const id = await reset('fatima.noor');
  const rows = await world.people.sql<{ state: string; device_id: string }>('SELECT state, device_id FROM notice WHERE reset_id = $1', [
    id,
  ]);
  assert.deepEqual([...new Set(rows.map(({ state }) => state))], ['by-hand']);
  assert.ok(rows.length >= 1 && rows.every((row) => row.device_id !== silent.device.id && row.device_id !== forged.device.id));
});

test('a device that nobody could reach in time is said to be one', async () => {
  const { device } = await holding('bilal.osman');
  const rules = `devices: { notices: 2s }
rules:${privilegedRule}
  - id: others
    when: { protected: false }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals: []`;
  const id = await underPolicy(world.stack, rules, () => reset('bilal.osman'));
  await ended(id);
  assert.deepEqual(
    (await leaves(id, 'notice.expired')).map(({ outcome, stage }) => `${outcome} ${stage}`),
    ['expired open'],
  );
  const [row] = await world.people.sql<{ id: string; state: string }>(
    'SELECT id, state FROM notice WHERE reset_id = $1 AND device_id = $2',
    [id, device.id],
  );
  assert.equal(row?.state, 'expired');
  assert.equal((await device.sendAck(row.id, 'received')).body['code'], 'notice-over');
});

test('where the policy says so, and only there, a device that takes hashes gets one of the new password, and no leaf has it', async () => {
  const sid = await sidOf('bilal.osman');
  const { device, noticeKeys, writerKeys } = await laptop();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sealingKey = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  assert.equal((await device.report([{ sid, name: 'bilal.osman' }], undefined, { sealingKey })).status, 204);
  const stream = device.listen();
  opened.push(stream);
  await reset('bilal.osman');
  const plain = await nextOfReset(stream, noticeKeys);
  assert.deepEqual([plain.sealed, plain.said['verb']], [undefined, 'invalidate']);

  const rules = `devices: { sealedHash: unprotected }
rules:${privilegedRule}
  - id: others
    when: { protected: false }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals: []`;
  const password = freshPassword();
  const id = await underPolicy(world.stack, rules, () => reset('bilal.osman', password));
  const { said, sealed } = await nextOfReset(stream, noticeKeys);
  assert.equal(said['verb'], 'sealed-hash');
  const { sha256, expiresAt } = said['sealedHash'] as { sha256: string; expiresAt: string };
  const own = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const context = { reset: id, device: device.id, sid, expiresAt };
  const hash = await openHash(String(sealed), { sha256, context, own, writerKeys });
  const [, , rounds = '', salt = '', made = ''] = (hash ?? '').split('$');
  assert.equal(hash, await sha512Crypt(Buffer.from(password), salt, Number(rounds.replace('rounds=', ''))));
  assert.deepEqual((await device.sendAck(String(said['notice']), 'replaced')).body, { state: 'replaced' });
  assert.deepEqual(await world.people.sql('SELECT 1 FROM sealed_hash WHERE reset_id = $1', [id]), []);
  const bodies = await world.people.sql<{ type: string; body: string }>('SELECT type, body FROM leaf WHERE reset_id = $1', [id]);
  assert.ok(bodies.every(({ body }) => !body.includes(made)));
  assert.ok(bodies.some(({ type, body }) => type === 'write.verified' && body.includes(`"sealedHashes":["${device.id}"]`)));
});
