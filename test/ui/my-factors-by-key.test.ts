import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appShows } from '#test/support/app-shows.ts';
import { keepPicture } from './keep-picture.ts';
import { keyboardOf } from './keyboard-of.ts';
import { inspect } from './portal-visitor.ts';
import { useStaffAtPortal } from './staff-at-portal.ts';
import { plugIn } from './virtual-key.ts';

const { world, someone, origin, newVisitor, heading, later } = useStaffAtPortal(1);

test('by keyboard alone somebody whose phone is lost signs in with their security key, puts a new app in its place and prints new codes', async () => {
  const who = someone(0);
  const visitor = await newVisitor();
  const { page, press } = visitor;
  const { keyboard, tabTo, fill, enter } = keyboardOf(page);
  const password = async () => {
    await page.goto(`${origin()}/factors`);
    await fill('account', who.account);
    await fill('password', who.password);
    await enter();
    await heading(page, 'Confirm that it is you');
  };

  const key = await plugIn(page);
  await password();
  await page.getByLabel('Digits from your app or token').fill(who.code());
  await press('Continue');
  await later();
  await page.goto(`${origin()}/factors/app`);
  await heading(page, 'Add an app');
  assert.equal(await page.getByRole('button', { name: 'Use a security key instead' }).count(), 0, 'who has no key is not asked for one');
  await page.goto(`${origin()}/factors/key`);
  await page.getByLabel('A name for the key').fill('blue key');
  await page.getByLabel('Digits from your app').fill(who.code());
  await page.getByLabel('A printed recovery code').fill(who.recoveryCode());
  await press('Add this key');
  await page.getByText('The security key is added.').waitFor();
  await press('Sign out and keep nothing on this computer');

  await password();
  await inspect(page);
  await keepPicture(page, 'factors-confirm-key');
  await key.knowsOwner(false);
  await tabTo('Use a security key instead');
  await keyboard.press('Enter');
  await page.getByText('The key was not used').waitFor();
  await inspect(page);
  await key.knowsOwner(true);
  await keyboard.press('Enter');
  await heading(page, 'My factors');

  await tabTo('Rename, replace or remove Authenticator app from the help desk');
  await enter();
  await inspect(page);
  await keepPicture(page, 'factor-change-key');
  await page.getByRole('link', { name: 'Put a new app in the place of this one.' }).click();
  await heading(page, 'Replace an app');
  await inspect(page);
  const secret = ((await page.locator('.key').textContent()) ?? '').replaceAll(' ', '');
  const app = () => appShows({ secret });
  await fill('name', 'new phone');
  await fill('newDigits', '000000');
  await tabTo('Use a security key instead');
  await enter();
  await heading(page, 'Replace an app');
  assert.match(await page.title(), /^Error: /, 'the digits of the new app were wrong');
  await inspect(page);
  await fill('newDigits', app());
  await tabTo('Use a security key instead');
  await keepPicture(page, 'factor-replace-key');
  await enter();
  await page.getByText('The new app has taken the place of the one before').waitFor();

  await tabTo('Make new recovery codes');
  await enter();
  await heading(page, 'New recovery codes');
  await inspect(page);
  await tabTo('Use a security key instead');
  await enter();
  await page.getByText('Your new recovery codes count from now on.').waitFor();
  await page.getByText('You have 10 recovery codes left').waitFor();

  const rows = await world.people.sql<{ name: string; binding: string | null; ended: boolean }>(
    'SELECT name, binding, ended_at IS NOT NULL AS ended FROM totp WHERE account_guid = $1::uuid ORDER BY enrolled_at',
    [await world.people.guid(who.account)],
  );
  assert.deepEqual(rows, [
    { name: '', binding: null, ended: true },
    { name: 'new phone', binding: 'confirmed', ended: false },
  ]);
  assert.deepEqual([visitor.foreign, visitor.complaints], [[], []]);
  await visitor.close();
});
