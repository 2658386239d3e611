import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newDevice } from '#test/support/device.ts';
import { cast, type Cast } from '#test/support/people.ts';
import { signedIn } from '#test/support/scenes.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, sceneAt, signInAt, type WatchedPage } from './watched-browser.ts';

let stack: TestStack;
let people: Cast;
before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
});
after(async () => {
  await closeBrowser();
  await people?.close();
});
const inBrowser = (scene: (watched: WatchedPage) => Promise<void>) => sceneAt(stack.run, scene);

test('an officer makes a ticket that is shown once, sees the device come in and what it remembers, and revokes it', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    const device = await newDevice(stack.run, 'shown.bank.test');
    const held = await people.key('quentin.roux', await signedIn(stack.run, people, 'quentin.roux'));
    await plugIn(page, { holds: { key: held, rpId: people.page.rpId } });
    await signInAt(watched, people, 'quentin.roux', '/console/devices');
    await page.getByRole('heading', { level: 1, name: 'Devices' }).waitFor();
    await watched.axe('the list of devices');
    const form = page.getByRole('region', { name: 'Let a device in' });
    await form.getByLabel('Full host name').fill('Shown.bank.test');
    await form.getByLabel(/^Reason/).fill('a new laptop for the counter');
    await form.getByRole('button', { name: 'Make a ticket' }).click();
    await page.getByRole('heading', { name: 'Ticket for shown.bank.test' }).waitFor();
    await watched.axe('a ticket');
    const ticket = /[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/.exec((await page.locator('output').allTextContents()).join(' '))?.[0] ?? '';
    await page.getByRole('button', { name: 'I have passed it on' }).click();
    assert.equal((await page.content()).includes(ticket), false);

    assert.equal((await device.enrol(ticket)).status, 201);
    await device.report([{ sid: 'S-1-5-21-1-2-3-1105', name: 'alice.moreau' }]);
    // It comes up by itself, without a reload.
    const table = page.getByRole('table', { name: 'Devices' });
    await table.getByRole('link', { name: 'shown.bank.test' }).click();
    await page.getByRole('heading', { level: 1, name: 'shown.bank.test' }).waitFor();
    await page.getByRole('table', { name: 'Passwords it remembers' }).getByText('alice.moreau').waitFor();
    await page.getByText(device.keyHash).waitFor();
    await watched.axe('a device');
    await watched.picture('console-device');

    const revoke = page.getByRole('region', { name: 'Revoke this device' });
    await revoke.getByLabel(/^Reason/).fill('it was handed back');
    await revoke.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Revoked', { exact: true }).waitFor();
    assert.equal((await device.ask('GET', '')).body['code'], 'device-revoked');
    await watched.axe('a revoked device');
    device.close();
  }));
