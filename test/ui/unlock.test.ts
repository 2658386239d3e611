import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Directory } from '#activities/directory/connect.ts';
import { asAdministrator } from '#test/support/directory.ts';
import { cast, type Cast } from '#test/support/people.ts';
import { letIn, lockOut } from '#test/support/lock-out.ts';
import { inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { keepPicture } from './keep-picture.ts';
import { inspect, openBrowser, visit, type Visitor } from './portal-visitor.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, signInAt, watchedPage } from './watched-browser.ts';

let stack: TestStack;
let people: Cast;
let browser: Browser;
let directory: Directory;

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
  directory = asAdministrator(stack.state);
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await closeBrowser();
  await directory?.close();
  await people?.close();
});

const lock = async (name: string): Promise<void> => lockOut(directory, await people.guid(name));

const heading = (who: Visitor, name: string) => who.page.getByRole('heading', { level: 1, name });

async function upTo(who: Visitor, account: string): Promise<void> {
  const { page, press } = who;
  await page.getByLabel('Your account name').fill(account);
  await press('Continue');
  await page.getByLabel('A printed recovery code').check();
  await page.getByLabel('Your code').fill(await people.recoveryCode(account));
  await press('Continue');
  await page.getByLabel('Digits from your app or token').fill(await people.code(account));
  await press('Continue');
}

test('who is locked out chooses by keyboard to be unlocked only, and is told to sign in with the password they have', async () => {
  await lock('bilal.osman');
  const who = await visit(browser, new URL(stack.run.portal).origin, { viewport: { width: 360, height: 1100 } });
  const { page, press, title } = who;
  await upTo(who, 'bilal.osman');
  await heading(who, 'Your account is locked').waitFor();
  await inspect(page);
  await page.reload();
  await heading(who, 'Your account is locked').waitFor();
  await press('Continue');
  assert.match(await title(), /^Error: /);
  await inspect(page);
  await page.getByRole('link', { name: 'Choose what shall be done.' }).press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'operation');
  await page.keyboard.press('Space');
  assert.equal(await page.getByLabel('Set a new password').isChecked(), true);
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.getByLabel('Only unlock my account').isChecked(), true);
  await keepPicture(page, 'portal-choice');
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  await heading(who, 'Your account is unlocked').waitFor({ timeout: 60_000 });
  await page.getByText('Sign in with the password you have; it was not changed.').waitFor();
  await keepPicture(page, 'portal-unlocked');
  await inspect(page);
  assert.deepEqual([who.foreign, who.complaints], [[], []]);
  await who.close();
});

test('without JavaScript the same choice works and moves on by itself', async () => {
  await lock('bilal.osman');
  const who = await visit(browser, new URL(stack.run.portal).origin, { javaScriptEnabled: false });
  await upTo(who, 'bilal.osman');
  await who.page.getByLabel('Only unlock my account').check();
  await who.press('Continue');
  await heading(who, 'Your account is unlocked').waitFor({ timeout: 60_000 });
  await who.close();
});

test('an approver sees on the page, and signs, that the account is to be unlocked only', async () => {
  await lock('rosa.klein');
  const { who } = await proven(stack.run, people, 'rosa.klein');
  assert.equal((await who.operate('unlock')).body.next.for, 'manager');
  const manager = await watchedPage(stack.run);
  const { page } = manager;
  const http = await signedIn(stack.run, people, 'ines.duarte');
  await plugIn(page, { holds: { key: await people.key('ines.duarte', http), rpId: people.page.rpId } });
  const item = await inboxItem(http, who.reference);
  assert.ok(item);
  await signInAt(manager, people, 'ines.duarte', `/console/approvals/${item.id}/show`);
  await page.getByRole('heading', { level: 1, name: 'Unlock the account of Rosa Klein?' }).waitFor();
  await page.getByText(/^Unlock the account of Rosa Klein \(/).waitFor();
  await page.getByText('Unlock only: the password stays').first().waitFor();
  await page.getByLabel('Approve').check();
  await page.getByLabel('Reason').fill('She mistyped it after the weekend');
  await manager.picture('console-unlock-decision');
  await manager.axe('a decision about an unlock');
  await page.getByRole('button', { name: 'Approve with your security key' }).click();
  await page.getByRole('heading', { name: 'Your decision is recorded' }).waitFor();
  await page.goto(new URL(`/console/resets/${item.resetId}/show`, page.url()).href);
  await page.getByText('Unlock only: the password stays').first().waitFor();
  await manager.picture('console-unlock-reset');
  await manager.axe('a reset that only unlocks');
  await who.cancel();
  await letIn(directory, await people.guid('rosa.klein'));
});
