import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { sweep } from '#activities/record/sweep.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { openNotice, type TestDevice } from '#test/support/device.ts';
import { carriedAs, digestOf } from '#test/support/sealed-hash.ts';
import { useDeviceListener } from './device-listener.ts';
import { officerOf } from './officers.ts';
import { enrolled, person } from './world.ts';

/** What a writer sealed to a device goes out with the signed notice, and is gone once it was answered or its hour is over. What it is, nobody here can see. */
const world = await useDeviceListener();
const priya = await officerOf(world, 'priya');
const alice = await enrolled(world, person('alice'));
const rosa = await enrolled(world, person('rosa', { protectedBy: 'Domain Admins' }));
const inForce = await world.superuser.policyVersion.findFirstOrThrow({ where: { inForce: true } });
const load = (text: string) => world.superuser.$transaction((tx) => loadPolicy(tx, text, { type: 'service', name: 'test' }));
const offer = () => load(`devices: { sealedHash: unprotected, verb: deferred }\n${inForce.text}`);
const HOUR_MS = 3_600_000;

let numbered = 0;
async function holding({ sid } = alice): Promise<{ device: TestDevice; noticeKeys: unknown }> {
  const name = `pc-${(numbered += 1)}.bank.test`;
  const device = await world.device(name);
  const { body } = await device.enrol(await world.deed(priya, 'ticket', name));
  assert.equal((await device.report([{ sid, name: 'somebody' }])).status, 204);
  return { device, noticeKeys: body['noticeKeys'] };
}
/** As a writer leaves it; the bytes are anything, since nobody here opens them. */
async function sealedTo(device: TestDevice, reset: string, lifeMs = HOUR_MS) {
  const made = { encapsulated: new Uint8Array(randomBytes(65)), ciphertext: new Uint8Array(randomBytes(139)) };
  const expiresAt = new Date(Date.now() + lifeMs);
  await world.superuser.sealedHash.create({ data: { resetId: reset, deviceId: device.id, expiresAt, ...made } });
  return { ...made, expiresAt };
}
const make = (reset: string) => world.verifier.makeNotices({ reset, account: alice.guid });
const left = (reset: string) => world.superuser.sealedHash.count({ where: { resetId: reset } });

test('it goes with the notice, to its device alone, until that has answered; the notice names it, and no leaf does', async () => {
  await offer();
  const [first, second] = [await holding(), await holding()];
  const streams = [first.device.listen(), second.device.listen()] as const;
  for (const stream of streams) await stream.next('settings');
  const reset = await world.written(alice);
  const mine = await sealedTo(first.device, reset);
  await make(reset);
  const came = await streams[0].next('notice');
  assert.equal(came['sealed'], carriedAs(mine));
  const said = openNotice(came, first.noticeKeys);
  assert.equal(said['verb'], 'sealed-hash');
  assert.deepEqual(said['sealedHash'], { sha256: digestOf(mine), expiresAt: mine.expiresAt.toISOString(), otherwise: 'deferred' });
  const other = await streams[1].next('notice');
  assert.equal(other['sealed'], undefined);
  assert.deepEqual(
    [openNotice(other, second.noticeKeys)['verb'], openNotice(other, second.noticeKeys)['sealedHash']],
    ['deferred', undefined],
  );

  const notice = String(said['notice']);
  assert.equal((await first.device.sendAck(notice, 'received')).status, 200);
  assert.equal(await left(reset), 1, 'it may not have been used yet');
  const again = first.device.listen();
  assert.equal((await again.next('notice'))['sealed'], carriedAs(mine), 'a connection that broke off loses nothing');
  assert.deepEqual((await first.device.sendAck(notice, 'replaced')).body, { state: 'replaced' });
  assert.equal(await left(reset), 0);
  const late = first.device.listen();
  assert.equal((await late.next('notice'))['sealed'], undefined, 'the notice is open still, and brings nothing any more');
  assert.deepEqual((await first.device.sendAck(notice, 'invalidated')).body, { state: 'replaced' }, 'neither takes the other back');
  const lastOnlineAuth = new Date().toISOString();
  assert.deepEqual((await first.device.sendAck(notice, 'refreshed', { lastOnlineAuth })).body, { state: 'refreshed' });

  const leaves = await world.superuser.leaf.findMany({ where: { resetId: reset }, select: { type: true, body: true } });
  const created = leaves
    .filter(({ type }) => type === 'notice.created')
    .map(({ body }) => (JSON.parse(body) as { do: Record<string, unknown> }).do);
  const told = created.find(({ device }) => device === first.device.id);
  assert.deepEqual([told?.['verb'], told?.['sealedUntil']], ['sealed-hash', mine.expiresAt.toISOString()]);
  const everything = JSON.stringify([leaves, await world.superuser.notice.findMany({ select: { statement: true } })]);
  for (const form of ['hex', 'base64', 'base64url'] as const) assert.ok(!everything.includes(Buffer.from(mine.ciphertext).toString(form)));
});

test('without the policy’s word, or after its hour, it goes to nobody, and is swept away', async () => {
  await load(inForce.text);
  const { device, noticeKeys } = await holding();
  const reset = await world.written(alice);
  await sealedTo(device, reset);
  await make(reset);
  const stream = device.listen();
  const came = await stream.next('notice');
  assert.deepEqual([came['sealed'], openNotice(came, noticeKeys)['verb']], [undefined, 'invalidate']);

  await offer();
  const later = await world.written(alice);
  await sealedTo(device, later, -1000);
  await make(later);
  const plain = await stream.next('notice');
  assert.deepEqual([plain['sealed'], openNotice(plain, noticeKeys)['verb']], [undefined, 'deferred']);
  const nothing = { workflow: { getHandle: () => ({ describe: async () => ({ status: { name: 'RUNNING' } }) }) } } as never;
  await sweep(world.as('worker'), nothing);
  assert.deepEqual([await left(reset), await left(later)], [1, 0]);
  await world.verifier.expireNotices({ reset });
  assert.equal(await left(reset), 0);
});

test('a writer that was taken over gets none to a device for an account that is protected', async () => {
  await offer();
  const { device, noticeKeys } = await holding(rosa);
  const reset = await world.written(rosa);
  await sealedTo(device, reset);
  await world.verifier.makeNotices({ reset, account: rosa.guid });
  const came = await device.listen().next('notice');
  assert.deepEqual([came['sealed'], openNotice(came, noticeKeys)['verb']], [undefined, 'deferred']);
});

test('only the writer of accounts that are not protected adds one, and nobody changes one', async () => {
  const { device } = await holding();
  const row = { resetId: await world.written(alice), deviceId: device.id, expiresAt: new Date(Date.now() + HOUR_MS) };
  const data = { ...row, encapsulated: new Uint8Array(65), ciphertext: new Uint8Array(139) };
  for (const role of ['api', 'worker', 'verifier', 'writer_privileged', 'auditor'] as const)
    await assert.rejects(world.as(role).sealedHash.createMany({ data: [data] }), /permission denied/i, role);
  await world.as('writer_staff').sealedHash.createMany({ data: [data], skipDuplicates: true });
  for (const role of ['worker', 'writer_staff', 'writer_privileged', 'auditor'] as const)
    await assert.rejects(world.as(role).sealedHash.findMany(), /permission denied/i, role);
  for (const role of ['api', 'worker', 'verifier', 'writer_staff', 'writer_privileged'] as const)
    await assert.rejects(world.as(role).$executeRaw`UPDATE sealed_hash SET expires_at = now()`, /permission denied/i, role);
});
