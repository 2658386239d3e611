import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { cast, type Cast } from '#test/support/people.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, sceneAt, signInAt, type WatchedPage } from './watched-browser.ts';

/** A 1280 pixel screen at 400 % (WCAG 2.2 SC 1.4.10), where nothing is touched but the keyboard. */
const AT_400 = { width: 320, height: 256 };
const KEY_OF = 'helena.voss';
let stack: TestStack;
let people: Cast;
before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
  await people.forgetKeys(KEY_OF);
});
after(async () => {
  await closeBrowser();
  await people?.forgetKeys(KEY_OF);
  await people?.close();
});

async function fits({ page, axe }: WatchedPage, where: string): Promise<void> {
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= AT_400.width, `${where} scrolls sideways`);
  await axe(`${where} at 400 %`);
}

/** Goes on by the tabulator key to the control of this name; what nobody can reach so is found here. */
async function tabTo(page: Page, role: 'button' | 'textbox' | 'checkbox', name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name }).first();
  await wanted.waitFor();
  for (let n = 0; n < 80; n++) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((node) => node === document.activeElement)) return;
  }
  assert.fail(`nobody comes to "${String(name)}" by keyboard`);
}

test('by keyboard and at 400 % somebody registers a security key at the console and removes it', () =>
  sceneAt(
    stack.run,
    async (watched) => {
      const { page } = watched;
      await signInAt(watched, people, KEY_OF, '/console/security-keys');
      await page.getByText('You have no key yet.').waitFor();
      await fits(watched, 'the keys of somebody who has none');
      await plugIn(page);
      await tabTo(page, 'textbox', 'A name for it');
      await page.keyboard.type('blue key');
      await tabTo(page, 'textbox', 'Code from your authenticator');
      await page.keyboard.type(await people.code(KEY_OF));
      await tabTo(page, 'textbox', 'Recovery code');
      await page.keyboard.type(await people.recoveryCode(KEY_OF));
      await page.keyboard.press('Enter');
      await page.getByText('The key is registered.').waitFor();
      await fits(watched, 'one key');
      await watched.picture('console-keys-400');
      await tabTo(page, 'button', 'Remove blue key');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').getByText('You confirm with one of your keys').waitFor();
      await fits(watched, 'the question before a key is removed');
      await tabTo(page, 'button', 'Remove');
      await page.keyboard.press('Enter');
      await page.getByText('The key is removed.').waitFor();
    },
    AT_400,
  ));

test('by keyboard and at 400 % the help desk issues a code', () =>
  sceneAt(
    stack.run,
    async (watched) => {
      const { page } = watched;
      await signInAt(watched, people, 'jonas.berg', '/console/help-desk');
      await tabTo(page, 'textbox', 'Account of the person');
      await page.keyboard.type('bilal.osman');
      await tabTo(page, 'checkbox', /Photo identity card/);
      await page.keyboard.press('Space');
      await tabTo(page, 'checkbox', /Employee card/);
      await page.keyboard.press('Space');
      await fits(watched, 'the help desk');
      await tabTo(page, 'button', 'Issue a code');
      await page.keyboard.press('Enter');
      await page.locator('[data-issued-code]').waitFor();
      await fits(watched, 'an issued code');
      await watched.picture('console-issued-code-400');
      await tabTo(page, 'button', 'I have handed it over');
      await page.keyboard.press('Enter');
      await page.locator('[data-issued-code]').waitFor({ state: 'detached' });
    },
    AT_400,
  ));
