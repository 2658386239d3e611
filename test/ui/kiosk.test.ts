import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { cast, type Cast } from '#test/support/people.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { inspect, openBrowser, visit, type Visitor } from './portal-visitor.ts';

let stack: TestStack;
let people: Cast;
let browser: Browser;
let origin: string;

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
  browser = await openBrowser();
  origin = new URL(stack.run.portal).origin;
});
after(async () => {
  await browser?.close();
  await people?.close();
});

const heading = (who: Visitor, name: string) => who.page.getByRole('heading', { level: 1, name }).waitFor();

async function toThePassword(who: Visitor, account: string): Promise<string> {
  const { page, press } = who;
  await page.getByLabel('Your account name').fill(account);
  await press('Continue');
  await page.getByLabel('A printed recovery code').check();
  await page.getByLabel('Your code').fill(await people.recoveryCode(account));
  await press('Continue');
  await page.getByLabel('Digits from your app or token').fill(await people.code(account));
  await press('Continue');
  await heading(who, 'Choose your new password');
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

test('a shared machine that somebody walks away from goes back to its first page, and the next person finds nothing', async () => {
  const who = await visit(browser, origin);
  const { page, context } = who;
  await page.goto(`${origin}/?kiosk`);
  await heading(who, 'Set a new password');
  assert.equal(new URL(page.url()).search, '');
  await page.clock.install();
  const reference = await toThePassword(who, 'bilal.osman');
  await inspect(page);
  await page.clock.fastForward(130_000);
  await page.getByRole('alert').getByText('Are you still there?').waitFor();
  await page.keyboard.press('Shift');
  await page.clock.fastForward(130_000);
  await heading(who, 'Choose your new password');
  await page.clock.fastForward(60_000);
  await heading(who, 'Set a new password');

  const held = (await context.cookies()).map(({ name }) => name).filter((name) => /-(reset|return|factors)$/.test(name));
  assert.deepEqual(held, [], 'the browser holds nobody');
  for (const back of [1, 2, 3]) {
    await page.goBack().catch(() => undefined);
    await heading(who, 'Set a new password');
    const content = await page.content();
    assert.ok(!content.includes(reference) && !content.includes('bilal'), `${back} steps back`);
  }
  await page.goto(`${origin}/reset/${reference}`);
  await heading(who, 'Set a new password');
  assert.ok(!(await page.content()).includes(reference), 'an address in its list of visited pages shows nothing either');
  assert.equal(await page.getByLabel('Your account name').getAttribute('autocomplete'), 'off');
  await context.close();
});

test('without JavaScript what a shared machine holds runs out by itself, and another browser is left alone', async () => {
  const who = await visit(browser, origin, { javaScriptEnabled: false });
  const { page, context } = who;
  const resetCookie = async () => (await context.cookies()).find(({ name }) => name.endsWith('-reset'));
  await page.goto(`${origin}/?kiosk`);
  await page.getByLabel('Your account name').fill('bilal.osman');
  await who.press('Continue');
  await heading(who, 'Show that it is you');
  const left = ((await resetCookie())?.expires ?? 0) - Date.now() / 1000;
  assert.ok(left > 500 && left <= 601, `${left} s`);
  assert.match(await page.content(), /http-equiv="refresh" content="600; url=\/"/);
  await page.goto(origin);
  assert.equal(await resetCookie(), undefined, 'the first page lets go');
  await context.close();

  const other = await visit(browser, origin);
  await other.page.getByLabel('Your account name').fill('bilal.osman');
  await other.press('Continue');
  await heading(other, 'Show that it is you');
  await other.page.goto(origin);
  assert.ok((await other.context.cookies()).some(({ name, expires }) => name.endsWith('-reset') && expires === -1));
  assert.doesNotMatch(await other.page.content(), /data-kiosk/);
  await other.context.close();
});
