import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { agentOn, STATE } from '../support/agent-on-device.ts';
import { deviceLab } from '../support/device-lab.ts';
import { noticeOf } from '../support/device-notice.ts';
import { devicePortal } from '../support/device-portal.ts';
import { patiently } from '../support/patiently.ts';

/** @alone SSSD takes itself for offline by time limits of its own. */
const lab = await deviceLab(['laptop-1']);
const [laptop] = lab.devices;
assert.ok(laptop);
const portal = await devicePortal(lab.ours, lab.ca);
after(() => portal.stop());
const agent = agentOn(laptop, portal, lab.ca.certPem);
const OLD = lab.bank.passwordOf('alice.moreau');
const NEW = 'Harbour-Lantern-41';

test('a device is enrolled with a ticket, once', async () => {
  const refused = await agent.verb('enrol', 'AAAA-AAAA-AAAA-AAAA');
  assert.equal(refused.stderr, 'The portal refused: device-ticket-refused.\n');
  const ticket = portal.ticket();
  const enrolled = await agent.verb('enrol', ticket);
  assert.equal(enrolled.stdout, 'laptop-1.bank.test is enrolled.\n', enrolled.stderr);
  assert.notEqual((await agent.verb('enrol', ticket)).code, 0);
  assert.equal(await laptop.must(['stat', '-c', '%a', `${STATE}/key.pem`]), '600\n');
});

test('made while the cable was out, a reset reaches the device with the cable: OLD is refused, and NEW accepted after one login online', async () => {
  await agent.start();
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', OLD), 'online'), 180);
  laptop.plug(false);
  const writtenAt = await lab.reset('alice.moreau', NEW);
  const notice = await noticeOf(lab, { device: portal.device(), account: 'alice.moreau', writtenAt });
  portal.tell(notice);
  assert.equal(await laptop.login('alice.moreau', OLD), 'from-cache');
  laptop.plug(true);
  const invalidated = await portal.said(notice.notice, 'invalidated');
  assert.equal(invalidated.controllerReachable, true);
  laptop.plug(false);
  assert.equal(await laptop.login('alice.moreau', OLD), 'refused');
  assert.equal(await laptop.login('alice.moreau', NEW), 'refused');
  laptop.plug(true);
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', NEW), 'online'), 180);
  const { lastOnlineAuth } = await portal.said(notice.notice, 'refreshed');
  assert.ok(Date.parse(lastOnlineAuth ?? '') + 1000 > writtenAt.getTime());
  laptop.plug(false);
  assert.equal(await laptop.login('alice.moreau', OLD), 'refused');
  assert.equal(await laptop.login('alice.moreau', NEW), 'from-cache');
  assert.deepEqual(portal.stages(notice.notice), ['received', 'invalidated', 'refreshed']);
});
