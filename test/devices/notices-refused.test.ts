import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { labWithAgent } from '../support/lab-with-agent.ts';
import { patiently } from '../support/patiently.ts';

/** @alone SSSD takes itself for offline by time limits of its own. */
const { lab, laptop, portal, agent, notice } = await labWithAgent();
const OLD = lab.bank.passwordOf('alice.moreau');
const NEW = 'Harbour-Lantern-41';

/** What the device answers to data that comes over its own stream, from its own portal. */
const answerTo = (data: string, id: string): Promise<string | null> => portal.refusal(id, data);

test('what the verifier did not sign, to this device and in time, changes nothing', async () => {
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', OLD), 'online'), 180);
  const real = await notice('alice.moreau', new Date(Date.now() + 3_600_000));
  const fresh = (other = {}) => ({ ...real, notice: randomUUID(), ...other });
  const cases: [string, string, string][] = [];
  const forged = fresh();
  cases.push(['bad-signature', portal.signed(forged, generateKeyPairSync('ed25519').privateKey), forged.notice]);
  const changed = fresh();
  cases.push(['bad-signature', portal.signed(changed).replace('invalidate', 'deferred'), changed.notice]);
  const unknown = fresh();
  cases.push(['unknown-key', portal.signed(unknown).replace('verifier-1', 'verifier-2'), unknown.notice]);
  const elsewhere = fresh({ device: randomUUID() });
  cases.push(['wrong-device', portal.signed(elsewhere), elsewhere.notice]);
  const late = fresh({ expiresAt: new Date(Date.now() - 5000).toISOString() });
  cases.push(['expired', portal.signed(late), late.notice]);
  const odd = fresh({ verb: 'wipe' as 'invalidate' });
  cases.push(['unknown-verb', portal.signed(odd), odd.notice]);
  cases.push(['malformed', '{"statement":', randomUUID()]);
  for (const [reason, data, id] of cases) assert.equal(await answerTo(data, id), reason);
  assert.equal((await laptop.cached('alice.moreau'))['cachedPassword'], 'there');
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', OLD), 'online'), 180);
});

test('a notice of a reset that was honoured, or of one before it, is refused under whatever id, also by an agent that was started again', async () => {
  const writtenAt = await lab.reset('alice.moreau', NEW);
  const honoured = await notice('alice.moreau', writtenAt);
  portal.tell(honoured);
  await portal.said(honoured.notice, 'invalidated');
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', NEW), 'online'), 180);
  await portal.said(honoured.notice, 'refreshed');
  await agent.kill();
  await agent.start();
  for (const at of [writtenAt, new Date(writtenAt.getTime() - 60_000)]) {
    const again = await notice('alice.moreau', at);
    assert.equal(await answerTo(portal.signed(again), again.notice), 'replayed');
  }
  assert.equal((await laptop.cached('alice.moreau'))['cachedPassword'], 'there');
});

test('a notice that was carried out is answered as before when it comes again, and nothing is done', async () => {
  const [first] = portal.acks.filter(({ stage }) => stage === 'refreshed');
  assert.ok(first);
  const before = portal.acks.length;
  portal.shout(first.notice, portal.signed(await notice('alice.moreau', new Date(), { notice: first.notice })));
  await patiently(async () => assert.ok(portal.acks.length > before));
  assert.deepEqual(portal.acks.at(-1), first);
  assert.equal((await laptop.cached('alice.moreau'))['cachedPassword'], 'there');
});

test('a portal whose certificate another authority signed is not listened to, and a revoked device is cut off and says so', async () => {
  portal.revoke(portal.device());
  await patiently(async () => assert.equal(agent.memory().portalState, 'revoked'));
  assert.match((await agent.verb('status')).stdout, /"state": "revoked"/);
  await agent.kill();
  const authority = laptop.read('/etc/countersign-device/portal-ca.pem');
  laptop.write('/etc/countersign-device/portal-ca.pem', laptop.read('/etc/ssl/certs/ca-certificates.crt'));
  await agent.start({ untilListening: false });
  await patiently(async () => assert.ok(agent.log().some(({ event, why }) => event === 'not-listening' && why === 'other-authority')));
  laptop.write('/etc/countersign-device/portal-ca.pem', authority);
});
