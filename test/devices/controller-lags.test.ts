import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labWithAgent } from '../support/lab-with-agent.ts';
import { patiently } from '../support/patiently.ts';

/** @alone SSSD takes itself for offline by time limits of its own. */
const { lab, laptop, portal, agent, notice } = await labWithAgent();
const OLD = lab.bank.passwordOf('alice.moreau');
const NEW = 'Harbour-Lantern-41';

test('a controller that has not heard of the reset confirms the old password, and that is not taken for the new one', async () => {
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', OLD), 'online'), 180);
  assert.match(laptop.read('/var/lib/sss/pubconf/kdcinfo.BANK.TEST'), new RegExp(`^${lab.controller.address}`));
  // The reset was written at another controller, and has not come to this one.
  const reset = await notice('alice.moreau', new Date());
  portal.tell(reset);
  await portal.said(reset.notice, 'invalidated');
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', OLD), 'online'), 180);
  await patiently(async () => assert.ok(agent.log().some(({ event }) => event === 'controller-lags')));
  assert.deepEqual(portal.stages(reset.notice), ['received', 'invalidated']);

  await lab.reset('alice.moreau', NEW);
  await patiently(async () => assert.equal((await laptop.cached('alice.moreau'))['cachedPassword'], undefined));
  laptop.plug(false);
  assert.equal(await laptop.login('alice.moreau', OLD), 'refused');
  laptop.plug(true);
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', NEW), 'online'));
  await portal.said(reset.notice, 'refreshed');
  assert.deepEqual(portal.stages(reset.notice), ['received', 'invalidated', 'refreshed']);
});
