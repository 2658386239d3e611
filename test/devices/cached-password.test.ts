import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceLab } from '../support/device-lab.ts';
import { patiently } from '../support/patiently.ts';

/**
 * What happens where no agent runs: the control of everything that the other files of this folder show.
 *
 * @alone SSSD takes itself for offline by time limits of its own.
 */
const lab = await deviceLab(['laptop-1']);
const [laptop] = lab.devices;
assert.ok(laptop);
const OLD = lab.bank.passwordOf('alice.moreau');
const NEW = 'Harbour-Lantern-41';

test('off the net a device lets the old password in after a reset, and refuses the new one', async () => {
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', OLD), 'online'), 180);
  laptop.plug(false);
  assert.equal(await laptop.login('alice.moreau', OLD), 'from-cache');
  await lab.reset('alice.moreau', NEW);
  assert.equal(await laptop.login('alice.moreau', OLD), 'from-cache');
  assert.equal(await laptop.login('alice.moreau', NEW), 'refused');
});

test('being on the net again changes nothing about that, nor does what SSSD brings to empty its cache', async () => {
  laptop.plug(true);
  await laptop.must(['sss_cache', '-u', 'alice.moreau']);
  await laptop.must(['sss_cache', '-E']);
  laptop.plug(false);
  assert.equal(await laptop.login('alice.moreau', OLD), 'from-cache');
  assert.equal(await laptop.login('alice.moreau', NEW), 'refused');
});

test('one login with the new password while a controller is reached ends it', async () => {
  laptop.plug(true);
  await laptop.must(['sh', '-c', 'kill -USR2 "$(cat /run/sssd.pid)"']);
  // SSSD takes about a second to notice.
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', NEW), 'online'), 180);
  laptop.plug(false);
  assert.equal(await laptop.login('alice.moreau', OLD), 'refused');
  assert.equal(await laptop.login('alice.moreau', NEW), 'from-cache');
});
