import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { appShows } from '#test/support/app-shows.ts';
import { hire, type Hired } from '#test/support/hired.ts';
import { inboxItem, signedIn } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';
import { helpDesk, issued, lostAfter, managerDecides, managerOf, referenceOn } from '../story/lost-factors.ts';
import { keepPicture } from './keep-picture.ts';
import { inspect, openBrowser, visit, type Visitor } from './portal-visitor.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, signInAt, watchedPage } from './watched-browser.ts';

let browser: Browser;
let staff: { hired: Hired[]; dismiss: () => Promise<void> };
const world = useWorld(async (there) => void (staff = await hire(there, 'Staff', 2)));
before(async () => void (browser = await openBrowser()));
after(async () => {
  await browser?.close();
  await closeBrowser();
  await staff?.dismiss();
});

const origin = () => new URL(world.stack.run.portal).origin;
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor({ timeout: 60_000 });
const someone = (n: number): Hired => staff.hired[n] ?? assert.fail('nobody was hired');

/** By keyboard from the first page to the wait for the manager. */
async function saysLost({ page, press }: Visitor, { account }: Hired): Promise<string> {
  const desk = await helpDesk(world);
  await page.getByLabel('Your account name').fill(account);
  await press('Continue');
  await page.getByLabel('A code from the help desk').check();
  await page.getByLabel('Your code').fill(await issued(desk, account));
  await press('Continue');
  await heading(page, 'Confirm with what you hold');
  await page.getByText('I have lost everything that makes codes').press('Enter');
  const button = page.getByRole('button', { name: 'Yes, all are lost: ask for new ones' });
  await button.waitFor();
  await inspect(page);
  await keepPicture(page, 'portal-lost');
  await button.focus();
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  await heading(page, 'Waiting for your manager');
  desk.close();
  return referenceOn(await page.content());
}

test('by keyboard somebody who has lost everything asks, waits, comes back and sets up a new app; every page is clean, also on a small screen', async () => {
  const who = await visit(browser, origin(), { viewport: { width: 360, height: 1100 } });
  const { page, press } = who;
  const reference = await underPolicy(world.stack, lostAfter('20s'), () => saysLost(who, someone(0)));
  await inspect(page);
  await keepPicture(page, 'portal-lost-approval');
  const manager = await managerOf(world);
  await managerDecides(world, manager, reference);
  await heading(page, 'Approved: now there is a wait');
  await inspect(page);
  await keepPicture(page, 'portal-lost-wait');
  await heading(page, 'Your new factors can be set up');
  await inspect(page);
  await keepPicture(page, 'portal-lost-come-back');
  const desk = await helpDesk(world);
  await page.getByLabel('Fresh code from the help desk').fill(await issued(desk, someone(0).account));
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  await heading(page, 'Set up your new factors');
  await inspect(page);
  await press('I have both: let them count');
  assert.match(await who.title(), /^Error: /);
  await inspect(page);
  const secret = ((await page.locator('.key').textContent()) ?? '').replaceAll(' ', '');
  assert.equal(await page.locator('.codes li').count(), 10);
  await keepPicture(page, 'portal-lost-new-factors');
  await page.getByLabel('A name for the app').fill('new phone');
  await page.getByLabel('Digits that the new app shows').fill(appShows({ secret }));
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  await heading(page, 'Your factors are replaced');
  await inspect(page);
  await keepPicture(page, 'portal-lost-done');
  assert.deepEqual([who.foreign, who.complaints], [[], []]);
  for (const http of [manager, desk]) http.close();
  await who.close();
});

test('an approver sees that every factor is to be replaced; whose account it is stops it under My factors with the password', async () => {
  const thief = await visit(browser, origin());
  const reference = await underPolicy(world.stack, lostAfter('3d'), () => saysLost(thief, someone(1)));
  const manager = await watchedPage(world.stack.run);
  const { page } = manager;
  const http = await signedIn(world.stack.run, world.people, 'ines.duarte');
  await plugIn(page, { holds: { key: await world.people.key('ines.duarte', http), rpId: world.people.page.rpId } });
  const item = (await inboxItem(http, reference)) ?? assert.fail('she is not asked');
  await signInAt(manager, world.people, 'ines.duarte', `/console/approvals/${item.id}/show`);
  await page.getByRole('heading', { level: 1, name: /^Replace every factor of Temporary temp\./ }).waitFor();
  await page.getByText('New factors after losing all').first().waitFor();
  await page.getByLabel('Approve').check();
  await page.getByLabel('Reason').fill('I spoke to her on the telephone');
  await manager.picture('console-lost-decision');
  await manager.axe('a decision about lost factors');
  await page.getByRole('button', { name: 'Approve with your security key' }).click();
  await page.getByRole('heading', { name: 'Your decision is recorded' }).waitFor();
  await heading(thief.page, 'Approved: now there is a wait');
  await page.goto(new URL(`/console/resets/${item.resetId}/show`, page.url()).href);
  await page.getByText('waits: the holder can object').first().waitFor();
  await manager.picture('console-lost-reset');
  await manager.axe('a reset that replaces lost factors');

  const holder = await visit(browser, `${origin()}/factors`);
  await holder.page.getByLabel('Your account name').fill(someone(1).account);
  await holder.page.getByLabel('Your password').fill(someone(1).password);
  await holder.press('Continue');
  await holder.page.getByRole('heading', { name: 'Somebody asked to replace everything that makes codes for you' }).waitFor();
  await inspect(holder.page);
  await keepPicture(holder.page, 'portal-lost-objection');
  await holder.press('It was not me: stop it now');
  await holder.page.getByText('It is stopped for good').waitFor();
  await inspect(holder.page);
  await heading(thief.page, 'This was stopped');
  await inspect(thief.page);
  await keepPicture(thief.page, 'portal-lost-stopped');
  for (const one of [thief, holder]) await one.close();
  http.close();
});
