import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { openNotice, type DeviceStream, type TestDevice } from '#test/support/device.ts';
import { useDeviceListener } from './device-listener.ts';
import type { Person } from '#activities/verify/people.ts';
import { officerOf } from './officers.ts';
import { addApp, appsOf, change, newApp } from './own-factors.ts';
import { codeNow, enrolled, person } from './world.ts';

/** A change of somebody's factors, told by the devices where they sit: the verifier, the listener and its tables; what an agent does of it is in test/devices. */
const world = await useDeviceListener();
const priya = await officerOf(world, 'priya');
const quentin = await officerOf(world, 'quentin');
const alice = person('alice');
const bilal = person('bilal');

let numbered = 0;
type Active = { device: TestDevice; noticeKeys: unknown };
async function holding(...sids: string[]): Promise<Active> {
  const name = `desk-${(numbered += 1)}.bank.test`;
  const device = await world.device(name);
  const answer = await device.enrol(await world.deed(priya, 'ticket', name));
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assert.equal((await device.report(sids.map((sid) => ({ sid, name: 'somebody' })))).status, 204);
  return { device, noticeKeys: answer.body['noticeKeys'] };
}
/** Tells of all that waits, twice each at once, as a worker that lost the answer would; answers how many notices are open by that. */
async function allTold(): Promise<number> {
  let open = 0;
  for (const { id } of await world.superuser.factorTelling.findMany({ where: { doneAt: null } })) {
    const answers = await Promise.all([world.verifier.tell({ factors: id }), world.verifier.tell({ factors: id })]);
    for (const answer of answers.slice(0, 1)) open += answer.outcome === 'told' ? (answer.open ?? 0) : 0;
  }
  return open;
}
/** Their first app, by the operator: what asks to tell of it. */
async function appAdded(who: Person): Promise<string> {
  await enrolled(world, who);
  return (await world.superuser.factorTelling.findFirstOrThrow({ where: { accountGuid: who.guid }, orderBy: { askedAt: 'desc' } })).id;
}
async function listening({ device }: Active): Promise<DeviceStream> {
  const stream = device.listen();
  await stream.next('settings');
  return stream;
}
const told = async (stream: DeviceStream, { noticeKeys }: Active) => openNotice(await stream.next('notice'), noticeKeys);
const leavesOf = async (type: string, notice: string) =>
  (await world.superuser.leaf.findMany({ where: { type }, orderBy: { seq: 'asc' } }))
    .map(({ body, resetId }) => ({ resetId, ...(JSON.parse(body) as { target?: { guid: string }; do: Record<string, unknown> }) }))
    .filter((leaf) => leaf.do['notice'] === notice);

test('each device of the account is told of the change, once, in words that nobody wrote, and of nobody else’s', async () => {
  const [hers, shared, his] = [await holding(alice.sid), await holding(bilal.sid, alice.sid), await holding(bilal.sid)];
  const streams = await Promise.all([hers, shared, his].map(listening));
  const factors = await appAdded(alice);
  assert.equal(await allTold(), 2);
  const row = await world.superuser.factorTelling.findUniqueOrThrow({ where: { id: factors } });
  for (const [at, one] of [hers, shared].entries()) {
    const said = await told(streams[at]!, one);
    const { notice, issuedAt, expiresAt } = said;
    const account = { guid: alice.guid, sid: alice.sid, name: 'alice' };
    const changedAt = row.askedAt.toISOString();
    assert.deepEqual(said, { notice, device: one.device.id, account, verb: 'tell', change: 'app-added', changedAt, issuedAt, expiresAt });
  }
  assert.deepEqual(await world.superuser.notice.count({ where: { factorTellingId: factors } }), 2, 'twice asked, once told');
  assert.equal(await world.superuser.notice.count({ where: { deviceId: his.device.id } }), 0);
  assert.deepEqual(
    streams[2]?.events.map(({ event }) => event),
    ['settings'],
  );
  for (const stream of streams) stream.close();
});

test('it comes again at each connect, and what the device signs of it is recorded until the person has seen it', async () => {
  const carol = person('carol');
  const desk = await holding(carol.sid);
  await appAdded(carol);
  await allTold();
  const first = await listening(desk);
  const notice = String((await told(first, desk))['notice']);
  first.close();
  await first.gone;
  const again = await listening(desk);
  assert.equal((await told(again, desk))['notice'], notice);
  again.close();
  const state = async (stage: string, more = {}) => {
    const { body } = await desk.device.sendAck(notice, stage, more);
    return body['state'] ?? body['code'];
  };
  assert.equal(await state('received'), 'received');
  assert.equal(await state('not-shown', { reason: 'nobody-logged-in' }), 'not-shown');
  assert.equal(await state('received'), 'not-shown', 'what comes late takes nothing back');
  // What is said of a reset is nothing that can be said of it.
  for (const stage of ['invalidated', 'deferred']) assert.equal(await state(stage), 'device-statement-refused');
  assert.equal(await state('refreshed', { lastOnlineAuth: new Date().toISOString() }), 'device-statement-refused');
  assert.equal(await state('shown'), 'shown');
  assert.equal(await state('shown'), 'shown');
  assert.equal(await state('cannot'), 'notice-over');
  const said = await leavesOf('notice.acknowledged', notice);
  assert.deepEqual(
    said.map((leaf) => [leaf.resetId, leaf.target?.guid, leaf.do['stage']]),
    ['received', 'not-shown', 'shown'].map((stage) => [null, carol.guid, stage]),
  );
  const [made] = await leavesOf('notice.created', notice);
  assert.deepEqual([made?.target?.guid, made?.do['says'], made?.do['verb']], [carol.guid, 'app-added', 'tell']);
});

test('nobody says of a reset that it was shown, nor of one change what is said of another', async () => {
  const [dora, edna] = [person('dora'), person('edna')];
  const desk = await holding(alice.sid, dora.sid, edna.sid);
  const reset = await world.written(alice);
  await world.verifier.makeNotices({ reset, account: alice.guid });
  const ofReset = await world.superuser.notice.findFirstOrThrow({ where: { resetId: reset, deviceId: desk.device.id } });
  for (const stage of ['shown', 'not-shown']) {
    assert.equal((await desk.device.sendAck(ofReset.id, stage)).body['code'], 'device-statement-refused');
    const said = { notice: ofReset.id, ...desk.device.ack(ofReset.id, stage) };
    assert.equal((await world.verifier.acknowledgeNotice({ ...said, reset, updateId: randomUUID() })).outcome, 'refused');
  }
  const [one, other] = [await appAdded(dora), await appAdded(edna)];
  await allTold();
  const { id } = await world.superuser.notice.findFirstOrThrow({ where: { factorTellingId: one, deviceId: desk.device.id } });
  const good = { notice: id, ...desk.device.ack(id, 'shown'), updateId: randomUUID() };
  for (const wrong of [{ factors: other }, { reset }])
    assert.equal((await world.verifier.acknowledgeNotice({ ...good, ...wrong })).outcome, 'refused');
  const thief = await holding(dora.sid);
  assert.equal((await thief.device.sendAck(id, 'shown')).status, 404);
  const inItsName = { notice: id, ...thief.device.ack(id, 'shown', { device: desk.device.id }), factors: one, updateId: randomUUID() };
  assert.equal((await world.verifier.acknowledgeNotice(inItsName)).outcome, 'refused');
  assert.equal((await world.superuser.notice.findUniqueOrThrow({ where: { id } })).state, 'open');
});

test('a revoked device is told of nothing, and what nobody showed in time is recorded as such', async () => {
  const fritz = person('fritz');
  const [desk, gone] = [await holding(fritz.sid), await holding(fritz.sid)];
  assert.equal(await world.deed(quentin, 'revoke', gone.device.id), 'done');
  const factors = await appAdded(fritz);
  await allTold();
  assert.equal(await world.superuser.notice.count({ where: { factorTellingId: factors, deviceId: gone.device.id } }), 0);
  const { id } = await world.superuser.notice.findFirstOrThrow({ where: { factorTellingId: factors, deviceId: desk.device.id } });
  const { expired } = await world.verifier.expireNotices({ factors });
  assert.equal(expired, 1);
  assert.deepEqual(await world.verifier.expireNotices({ factors }), { expired: 0 });
  assert.equal((await desk.device.sendAck(id, 'shown')).body['code'], 'notice-over');
  assert.deepEqual(
    (await leavesOf('notice.expired', id)).map((leaf) => leaf.target?.guid),
    [fritz.guid],
  );
});

test('what was taken away and frozen is told too; a row in the table of another form is told to no device', async () => {
  const gina = await enrolled(world, person('gina'));
  assert.equal(await change(world, gina, addApp(newApp()), { code: codeNow(gina) }), 'done');
  await allTold();
  const desk = await holding(gina.sid);
  const app = (await appsOf(world, gina)).at(-1)?.id ?? '';
  assert.equal(await change(world, gina, { deed: 'freeze', factor: app }), 'done');
  await allTold();
  const odd = randomUUID();
  await world.superuser.factorTelling.create({ data: { id: odd, accountGuid: gina.guid, outcome: '\u001b[2J' } });
  await allTold();
  const rows = await world.superuser.notice.findMany({ where: { deviceId: desk.device.id } });
  assert.deepEqual(
    rows.map(({ change: what }) => what),
    ['factor-frozen'],
  );
});
