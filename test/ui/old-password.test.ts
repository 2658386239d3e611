import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minimumLength } from '#test/support/minimum-length.ts';
import { freshPassword } from '#test/support/scenes.ts';
import { keepPicture } from './keep-picture.ts';
import { inspect } from './portal-visitor.ts';
import { useStaffAtPortal } from './staff-at-portal.ts';

const { world, someone, newVisitor } = useStaffAtPortal(1);

test('whoever fears for the old password ticks a box, reads at each step what became of it, and it is refused from then on', async () => {
  const who = someone(0);
  const { page, press, close, foreign, complaints } = await newVisitor();
  await page.getByLabel('Your account name').fill(who.account);
  await press('Continue');
  await page.getByLabel('A printed recovery code').check();
  await page.getByLabel('Your code').fill(who.recoveryCode());
  await press('Continue');
  await page.getByLabel('Digits from your app or token').fill(who.code());
  await press('Continue');
  const box = page.getByRole('checkbox', { name: 'Somebody else may know my old password' });
  await box.check();
  await page.getByRole('textbox', { name: 'New password' }).fill('short');
  await press('Set my new password');
  await page.getByRole('link', { name: /^It is too short/ }).waitFor();
  assert.equal(await box.isChecked(), true, 'the tick is kept, what was typed is not');
  await inspect(page);
  await keepPicture(page, 'choose-old-password');

  await minimumLength(world.directory, 30);
  try {
    await page.getByRole('textbox', { name: 'New password' }).fill(freshPassword());
    await press('Set my new password');
    await page.getByText('Your old password has been ended and works no more').waitFor({ timeout: 60_000 });
  } finally {
    await minimumLength(world.directory, 8);
  }
  assert.equal(await box.count(), 0, 'there is nothing left to end');
  await page.getByText('Cancel this reset', { exact: true }).click();
  await page.getByText('Your old password stays dead').waitFor();
  await inspect(page);

  const password = freshPassword();
  await page.getByRole('textbox', { name: 'New password' }).fill(password);
  await press('Set my new password');
  await page.getByRole('heading', { level: 1, name: 'Your password is changed' }).waitFor({ timeout: 60_000 });
  await page.getByText('Because somebody else may know your old password:').waitFor();
  await inspect(page);
  assert.equal((await world.people.bind(who.account, password)).answer, 'ok');
  assert.equal((await world.people.bind(who.account, who.password)).answer, 'wrong');
  assert.deepEqual([foreign, complaints], [[], []]);
  await close();
});
