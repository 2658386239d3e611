import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labWithAgent } from '../support/lab-with-agent.ts';
import { CACHE } from '../support/member-device.ts';
import { patiently } from '../support/patiently.ts';

/** @alone SSSD takes itself for offline by time limits of its own. */
const { lab, laptop, portal, agent, notice } = await labWithAgent();
const NEW = 'Harbour-Lantern-41';
const hasPassword = async (account: string): Promise<boolean> => (await laptop.cached(account))['cachedPassword'] !== undefined;

test('while the portal is away, a reset is found by the device itself with the next network', async () => {
  const OLD = lab.bank.passwordOf('alice.moreau');
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', OLD), 'online'), 180);
  await patiently(async () =>
    assert.deepEqual(
      portal.reports.at(-1)?.accounts.map(({ name }) => name),
      ['alice.moreau'],
    ),
  );
  await portal.stop();
  laptop.plug(false);
  const writtenAt = await lab.reset('alice.moreau', NEW);
  assert.equal(await laptop.login('alice.moreau', OLD), 'from-cache');
  assert.equal((await agent.verb('stale-check')).code, 1, 'nothing is known without a controller');
  laptop.plug(true);
  await patiently(async () => assert.equal(await hasPassword('alice.moreau'), false));
  laptop.plug(false);
  assert.equal(await laptop.login('alice.moreau', OLD), 'refused');
  await portal.start();
  laptop.plug(true);
  const late = await notice('alice.moreau', writtenAt);
  portal.tell(late);
  await portal.said(late.notice, 'invalidated');
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', NEW), 'online'), 180);
  await portal.said(late.notice, 'refreshed');
  const { stdout, code } = await agent.verb('stale-check');
  assert.deepEqual({ stdout, code }, { stdout: 'alice.moreau@bank.test fresh\n', code: 0 });
});

test('the tickets of an account go with its password', async () => {
  const { ccacheFile = '' } = await laptop.cached('alice.moreau');
  const ticket = ccacheFile.replace('FILE:', '');
  await laptop.must(['test', '-s', ticket]);
  const reset = await notice('alice.moreau', await lab.reset('alice.moreau', 'Meadow-Compass-73'));
  portal.tell(reset);
  await portal.said(reset.notice, 'invalidated');
  assert.notEqual((await laptop.run(['test', '-e', ticket])).code, 0);
});

test('where policy says so, a device that reaches no controller keeps the old password until it does', async () => {
  const OLD = lab.bank.passwordOf('bilal.osman');
  await patiently(async () => assert.equal(await laptop.login('bilal.osman', OLD), 'online'), 180);
  await laptop.vpn(false);
  const reset = await notice('bilal.osman', await lab.reset('bilal.osman', NEW), { verb: 'deferred' });
  portal.tell(reset);
  assert.equal((await portal.said(reset.notice, 'deferred')).controllerReachable, false);
  assert.equal(await laptop.login('bilal.osman', OLD), 'from-cache');
  await laptop.vpn(true);
  await portal.said(reset.notice, 'invalidated');
  assert.equal(await hasPassword('bilal.osman'), false);
});

test('a cache in a layout that is not known is left alone, and reported', async () => {
  const OLD = lab.bank.passwordOf('goran.petrovic');
  await patiently(async () => assert.equal(await laptop.login('goran.petrovic', OLD), 'online'), 180);
  const version = (of: string): string => `dn: cn=sysdb\nchangetype: modify\nreplace: version\nversion: ${of}\n-\n`;
  await laptop.must(['ldbmodify', '-H', CACHE], { input: version('0.99') });
  const reset = await notice('goran.petrovic', await lab.reset('goran.petrovic', NEW));
  portal.tell(reset);
  assert.equal((await portal.said(reset.notice, 'cannot')).reason, 'unknown-layout');
  assert.equal(await hasPassword('goran.petrovic'), true);
  await patiently(async () => assert.equal(portal.reports.at(-1)?.sssd.layout, 'unknown'));
  await laptop.must(['ldbmodify', '-H', CACHE], { input: version('0.23') });
});
