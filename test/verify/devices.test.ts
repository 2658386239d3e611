import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { openNotice, type DeviceStream, type TestDevice } from '#test/support/device.ts';
import { patiently } from '#test/support/patiently.ts';
import { useDeviceListener } from './device-listener.ts';
import { codes } from './keys.ts';
import { officerOf, REASON } from './officers.ts';
import { enrolled, person, seal } from './world.ts';

/** Devices and the verifier over TLS and real tables; what stands between the two in the stack has a scene of its own in test/story. */
const world = await useDeviceListener();
const priya = await officerOf(world, 'priya');
const quentin = await officerOf(world, 'quentin');
const alice = await enrolled(world, person('alice'));

let numbered = 0;
async function active(name = `pc-${(numbered += 1)}.bank.test`): Promise<{ device: TestDevice; noticeKeys: unknown }> {
  const device = await world.device(name);
  const answer = await device.enrol(await world.deed(priya, 'ticket', name));
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return { device, noticeKeys: answer.body['noticeKeys'] };
}
async function holding(): Promise<{ device: TestDevice; noticeKeys: unknown }> {
  const made = await active();
  assert.equal((await made.device.report([{ sid: alice.sid, name: 'alice' }])).status, 204);
  return made;
}
const leaves = async (type: string): Promise<{ outcome: string; reason?: string; do: Record<string, unknown> }[]> =>
  (await world.superuser.leaf.findMany({ where: { type }, orderBy: { seq: 'asc' } })).map(({ body }) => JSON.parse(body) as never);
const told = async (stream: DeviceStream, keys: unknown) => openNotice(await stream.next('notice'), keys);
const make = (reset: string) => world.verifier.makeNotices({ reset, account: alice.guid });

test('one ticket enrols one device of its name, and of 64 that show it at the same moment one', async () => {
  const name = 'laptop-64.bank.test';
  const many = await Promise.all(Array.from({ length: 64 }, () => world.device(name)));
  const ticket = await world.deed(priya, 'ticket', name);
  const answers = await Promise.all(many.map((one) => one.enrol(ticket)));
  const codes = answers.map(({ status, body }) => (status === 201 ? 'enrolled' : String(body['code'])));
  assert.deepEqual(
    codes.filter((code) => code !== 'device-ticket-refused'),
    ['enrolled'],
  );
  const winner = many[codes.indexOf('enrolled')];
  assert.ok(winner);
  assert.equal((await winner.enrol(ticket)).body['device'], winner.id, 'asked again by the same key, the same answer');
  const everything =
    JSON.stringify(await world.superuser.leaf.findMany({ select: { body: true } })) +
    JSON.stringify(await world.superuser.burn.findMany()) +
    JSON.stringify(await world.superuser.deviceTicket.findMany());
  for (const form of [ticket, ticket.replaceAll('-', '')]) assert.ok(!everything.includes(form), 'no ticket is kept in clear');
  const other = await world.device('laptop-65.bank.test');
  const forAnother = await world.deed(priya, 'ticket', 'laptop-66.bank.test');
  for (const shown of [forAnother, '0000-0000-0000-0000']) assert.equal((await other.enrol(shown)).body['code'], 'device-ticket-refused');
});

test('a ticket and a device that somebody wrote or changed in the tables count for nothing', async () => {
  const ticket = await world.deed(priya, 'ticket', 'laptop-70.bank.test');
  await world.superuser.deviceTicket.updateMany({ where: { name: 'laptop-70.bank.test' }, data: { name: 'laptop-71.bank.test' } });
  const thief = await world.device('laptop-71.bank.test');
  assert.equal((await thief.enrol(ticket)).body['code'], 'device-ticket-refused');

  const { device } = await active();
  const row = await world.superuser.device.findUniqueOrThrow({ where: { id: device.id } });
  const { reportSequence: _, ...copied } = row;
  await world.superuser.device.create({ data: { ...copied, id: randomUUID(), name: thief.name, keyHash: thief.keyHash } });
  assert.equal((await thief.ask('GET', '')).body['code'], 'device-unknown');
  await world.superuser.device.updateMany({ where: { id: device.id }, data: { name: 'another-name.bank.test' } });
  assert.equal((await device.ask('GET', '')).body['code'], 'device-unknown');
});

test('a revoked device is cut off at once, and setting its row back brings its word no weight', async () => {
  const { device, noticeKeys } = await holding();
  const stream = device.listen();
  assert.equal(await stream.status, 200);
  await stream.next('settings');
  const reset = await world.written(alice);
  await make(reset);
  const notice = String((await told(stream, noticeKeys))['notice']);
  const before = await world.superuser.device.findUniqueOrThrow({ where: { id: device.id } });
  assert.equal(await world.deed(quentin, 'revoke', device.id), 'done');
  const revoked = Date.now();
  const gone = await stream.gone;
  // By the word of it; on a quiet machine it takes a fifth of a second.
  assert.ok(gone - revoked < 10_000, `${gone - revoked} ms`);
  assert.equal(stream.events.at(-1)?.event, 'revoked');
  assert.equal((await device.ask('GET', '')).body['code'], 'device-revoked');
  assert.equal((await device.report([])).body['code'], 'device-revoked');
  assert.equal((await device.enrol(await world.deed(priya, 'ticket', device.name))).body['code'], 'device-ticket-refused');
  assert.equal(await world.deed(quentin, 'revoke', device.id), 'device-not-there');

  // The row as it was, signature and all.
  const { state, signature, revokedAt, revokedByName } = before;
  await world.superuser.device.updateMany({ where: { id: device.id }, data: { state, signature, revokedAt, revokedByName } });
  const said = { notice, ...device.ack(notice, 'received') };
  const answer = await world.verifier.acknowledgeNotice({ ...said, reset, updateId: randomUUID() });
  assert.equal(answer.outcome === 'refused' && answer.code, 'device-revoked');
  const { made } = await make(await world.written(alice));
  assert.equal(made, 0, 'and it is told of nothing any more');
});

test('where a second person has to approve, nobody approves by their own ticket', async () => {
  const policy = await world.superuser.policyVersion.findFirstOrThrow({ where: { inForce: true } });
  const { loadPolicy } = await import('#prisma/policies.ts');
  const by = { type: 'service', name: 'test' } as const;
  const load = (text: string) => world.superuser.$transaction((tx) => loadPolicy(tx, text, by));
  await load(`devices: { approval: second-person }\n${policy.text}`);
  try {
    const { device } = await active();
    assert.equal((await device.ask('GET', '')).body['state'], 'waiting');
    assert.equal((await device.report([])).body['code'], 'device-not-approved');
    assert.equal(await world.deed(priya, 'approve', device.id), 'device-second-person');
    // The table says that it is active; the verifier did not.
    await world.superuser.device.updateMany({ where: { id: device.id }, data: { state: 'active' } });
    assert.equal((await device.ask('GET', '')).body['code'], 'device-unknown');
    await world.superuser.device.updateMany({ where: { id: device.id }, data: { state: 'waiting' } });
    assert.equal(await world.deed(quentin, 'approve', device.id), 'done');
    assert.equal((await device.report([])).status, 204);
    assert.equal(await world.deed(quentin, 'approve', device.id), 'device-not-waiting');
  } finally {
    await load(policy.text);
  }
});

test('nobody else than those who look after devices makes a ticket', async () => {
  const teller = await officerOf(world, 'teller', { groups: ['S-CS-Approvers'] });
  assert.equal(await world.deed(teller, 'ticket', 'x.bank.test'), 'role-needed');
  const last = (await leaves('device.refused')).at(-1);
  assert.deepEqual([last?.outcome, last?.reason, last?.do['deed']], ['denied', 'role-needed', 'ticket']);
});

test('at the operator’s terminal somebody names themselves and confirms with a code, and nobody passes for another', async () => {
  const deed = async (value: object) => {
    const request = randomUUID();
    const sealed = await seal(world, 'device-deed', request, { deed: 'ticket', about: 'term.bank.test', reason: REASON, ...value });
    const answer = await world.verifier.deviceDeed({ request, account: null, sealed });
    return answer.outcome === 'refused' ? answer.code : answer.outcome;
  };
  const { totp } = await codes(world, quentin);
  const ticket = '0123-4567-89AB-CDEF';
  assert.equal(await deed({ account: 'quentin', ticket, by: { totp: '000000' } }), 'factor-not-accepted');
  assert.equal(await deed({ account: 'priya', ticket, by: { totp } }), 'factor-not-accepted');
  assert.equal(await deed({ account: 'nobody', ticket, by: { totp } }), 'account-not-active');
  assert.equal(await deed({ account: 'quentin', ticket, by: { totp } }), 'done');
  assert.equal((await (await world.device('term.bank.test')).enrol(ticket)).status, 201);
});

test('a device that enrols anew under its name takes the place of the former one', async () => {
  const { device: before } = await active('again.bank.test');
  const stream = before.listen();
  await stream.next('settings');
  await active('again.bank.test');
  await stream.gone;
  assert.equal((await before.ask('GET', '')).body['code'], 'device-revoked');
});

test('no notice is signed for a reset of which no write is recorded, nor for a device whose report somebody else wrote', async () => {
  const { device } = await active();
  await world.superuser.deviceAccount.create({ data: { deviceId: device.id, sid: alice.sid, name: 'alice' } });
  const { reset } = { reset: await world.written(alice) };
  await make(reset);
  assert.equal(await world.superuser.notice.count({ where: { resetId: reset, deviceId: device.id } }), 0);
  await world.superuser.writeClaim.updateMany({ where: { resetId: reset }, data: { state: 'refused' } });
  await assert.rejects(make(reset), { name: 'Broken' });
});

test('a notice goes out at once, comes again at each connect, and is done when the device holds the new password', async () => {
  const { device, noticeKeys } = await holding();
  const stream = device.listen();
  await stream.next('settings');
  const reset = await world.written(alice);
  const made = await make(reset);
  assert.ok(made.made >= 1 && made.open >= 1);
  assert.equal((await make(reset)).made, 0, 'nothing is told twice');
  const said = await told(stream, noticeKeys);
  assert.deepEqual(said['account'], { guid: alice.guid, sid: alice.sid, name: 'alice' });
  stream.close();
  await stream.gone;
  const again = device.listen();
  const notice = String((await told(again, noticeKeys))['notice']);
  assert.equal(notice, said['notice']);

  const state = async (stage: string, more = {}) => {
    const { body } = await device.sendAck(notice, stage, more);
    return body['state'] ?? body['code'];
  };
  assert.equal(await state('received'), 'received');
  assert.equal(await state('deferred', { controllerReachable: false }), 'deferred');
  assert.equal(await state('received'), 'deferred');
  assert.equal(await state('invalidated'), 'invalidated');
  assert.equal(await state('refreshed'), 'device-statement-refused', 'nothing confirms it');
  const writtenAt = Date.parse(String(said['writtenAt']));
  assert.equal(await state('refreshed', { lastOnlineAuth: new Date(writtenAt - 600_000).toISOString() }), 'device-statement-refused');
  assert.equal(await state('refreshed', { lastOnlineAuth: new Date().toISOString() }), 'refreshed');
  assert.equal(await state('refreshed', { lastOnlineAuth: new Date().toISOString() }), 'refreshed');
  assert.equal(await state('cannot'), 'notice-over');
  const mine = (await leaves('notice.acknowledged')).filter((leaf) => leaf.do['notice'] === notice);
  assert.deepEqual(
    mine.map((leaf) => leaf.do['stage']),
    ['received', 'deferred', 'invalidated', 'refreshed'],
  );
});

test('what another device signed, or the device for another use, counts for nothing, and the verifier says so by itself', async () => {
  const [victim, liar] = [await holding(), await holding()];
  const stream = victim.device.listen();
  const reset = await world.written(alice);
  await make(reset);
  const notice = String((await told(stream, victim.noticeKeys))['notice']);
  const path = `/notices/${notice}/acks`;
  const online = { lastOnlineAuth: new Date().toISOString() };
  const inItsName = liar.device.ack(notice, 'refreshed', { ...online, device: victim.device.id });
  const good = victim.device.ack(notice, 'refreshed', online);
  const otherUse = victim.device.sign('countersign/notice/v1', JSON.parse(good.statement) as never);
  assert.equal((await liar.device.ask('POST', path, inItsName)).status, 404);
  for (const said of [inItsName, otherUse, { ...good, statement: `${good.statement} ` }])
    assert.equal((await victim.device.ask('POST', path, said)).body['code'], 'device-statement-refused');
  for (const said of [inItsName, otherUse]) {
    const answer = await world.verifier.acknowledgeNotice({ notice, ...said, reset, updateId: randomUUID() });
    assert.equal(answer.outcome === 'refused' && answer.code, 'device-statement-refused');
  }
  const refused = (await leaves('notice.refused')).filter((leaf) => leaf.do['notice'] === notice);
  assert.deepEqual(
    refused.map(({ reason }) => reason),
    ['device-statement-refused', 'device-statement-refused'],
  );
  assert.equal((await world.superuser.notice.findUniqueOrThrow({ where: { id: notice } })).state, 'open');
  // A notice of another reset, under a workflow that is not its own.
  const elsewhere = { notice, ...good, reset: await world.written(alice), updateId: randomUUID() };
  assert.equal((await world.verifier.acknowledgeNotice(elsewhere)).outcome, 'refused');
});

test('what nobody said by the end of the time is recorded, and nothing is taken after it', async () => {
  const { device } = await holding();
  const reset = await world.written(alice);
  const { open } = await make(reset);
  assert.deepEqual(await world.verifier.expireNotices({ reset }), { expired: open });
  assert.deepEqual(await world.verifier.expireNotices({ reset }), { expired: 0 });
  const row = await world.superuser.notice.findFirstOrThrow({ where: { resetId: reset, deviceId: device.id } });
  assert.equal(row.state, 'expired');
  assert.equal((await device.sendAck(row.id, 'received')).body['code'], 'notice-over');
  const mine = (await leaves('notice.expired')).find((leaf) => leaf.do['notice'] === row.id);
  assert.deepEqual([mine?.outcome, mine?.do['stage']], ['expired', 'open']);
});

test('devices without an agent keep their row for the hand, unless one of that name has an agent now', async () => {
  await world.superuser.device.createMany({
    data: ['old-desk', 'pc-1'].map((name) => ({
      id: randomUUID(),
      accountGuid: alice.guid,
      accountName: 'alice',
      name,
      platform: 'windows',
    })),
  });
  const agent = await active('pc-1.bank.test');
  await agent.device.report([{ sid: alice.sid, name: 'alice' }]);
  const reset = await world.written(alice);
  await make(reset);
  await patiently(async () => {
    const rows = await world.superuser.notice.findMany({ where: { resetId: reset, state: 'by-hand' }, select: { device: true } });
    assert.deepEqual(rows, [{ device: 'old-desk' }]);
  });
});
