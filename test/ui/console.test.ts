import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { cast, type Cast } from '#test/support/people.ts';
import { decide, inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, sceneAt, signInAt, watchedPage, type WatchedPage } from './watched-browser.ts';

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

const heading = ({ page }: WatchedPage, name: string | RegExp) => page.getByRole('heading', { level: 1, name });

test('sign-in tells nothing: a wrong password, an unknown account and one without a role read the same, and the address asked for is kept', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    const words: (string | null)[] = [];
    await page.goto('/console/audit?filter=%7B%22outcome%22%3A%22denied%22%7D');
    await watched.axe('sign-in');
    const tried = [
      ['mateo.silva', 'not the password'],
      ['nobody.at.all', 'not the password'],
      ['alice.moreau', people.password('alice.moreau')],
    ] as const;
    for (const [account, password] of tried) {
      await page.getByLabel('Account name').fill(account);
      await page.getByLabel('Directory password').fill(password);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('There is a problem').waitFor();
      words.push(await page.getByRole('alert').textContent());
      assert.match(await page.title(), /^Error: /);
      assert.equal(await page.getByLabel('Directory password').inputValue(), '', 'nothing typed stays for the next person');
    }
    assert.deepEqual(new Set(words).size, 1);
    await watched.axe('a refused sign-in');

    await page.getByLabel('Account name').fill('mateo.silva');
    await page.getByLabel('Directory password').fill(people.password('mateo.silva'));
    await page.keyboard.press('Enter');
    await page.getByLabel('Code from your authenticator').fill(people.wrongCode('mateo.silva'));
    await page.keyboard.press('Enter');
    await page.getByText('There is a problem').waitFor();
    await watched.axe('a refused code');
    await page.getByLabel('Code from your authenticator').fill(await people.code('mateo.silva'));
    await page.keyboard.press('Enter');
    await heading(watched, 'Audit').waitFor();
    assert.match(page.url(), /audit\?filter=.*denied/);
  }));

test('an approver reads who, from where and why, is refused a key that does not know them, approves, and sees it in the reset as it happens', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    const { who } = await proven(stack.run, people, 'samir.khan');
    const held = await people.key('ines.duarte', await signedIn(stack.run, people, 'ines.duarte'));
    const key = await plugIn(page, { holds: { key: held, rpId: people.page.rpId } });
    await signInAt(watched, people, 'ines.duarte');
    await heading(watched, 'Inbox').waitFor();
    const mine = page.getByRole('table', { name: 'Waiting for you' });
    await mine.getByRole('link', { name: 'Samir Khan' }).first().waitFor();
    await page
      .getByRole('navigation', { name: 'Pages' })
      .getByText(/^\d+ waits? for your decision$/)
      .waitFor();
    await watched.axe('the inbox');
    await watched.picture('console-inbox');

    // Single keys act only for whoever wants them.
    await page.keyboard.press('j');
    assert.equal(await page.evaluate(() => document.activeElement?.hasAttribute('data-row')), false);
    await page.getByRole('button', { name: /^Your session/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Keyboard shortcuts' }).click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    assert.equal(await page.evaluate(() => document.activeElement?.hasAttribute('data-row')), true, 'j focuses a row’s link');
    const item = await inboxItem(await signedIn(stack.run, people, 'ines.duarte'), who.reference);
    assert.ok(item);
    await page.locator(`a[href$="/approvals/${item.id}/show"]`).press('Enter');
    await heading(watched, /Samir Khan/).waitFor();
    const known = page.getByRole('region', { name: 'What is known' });
    await known.getByText(who.reference).waitFor();
    await known.getByText('recovery code').waitFor();
    await known.getByText('authenticator (TOTP)').waitFor();
    await known.getByText('Domain Admins').waitFor();
    const { requestCode = '' } = (await who.look()).body.next;
    assert.match(requestCode, /^[0-9A-Z]{3}-[0-9A-Z]{3}$/);
    await known.getByText(`their screen shows ${requestCode} too`).waitFor();
    await watched.picture('console-decision');

    // Nothing is preselected, and Enter decides nothing by itself.
    await page.getByRole('button', { name: 'Record the decision' }).click();
    await page.getByText('Choose approve or deny.').waitFor();
    await watched.axe('an unfinished decision');
    await page.getByLabel('Approve').check();
    await page.getByLabel('Reason').fill('He called me from his desk');
    const signs = page.getByRole('region', { name: 'What you sign' });
    await signs.getByText(`Request code: ${requestCode}.`).waitFor();
    await signs.getByText('Reset the password of Samir Khan').waitFor();
    await key.knowsOwner(false);
    await page.getByRole('button', { name: 'Approve with your security key' }).click();
    await page.getByText('The key was not used').waitFor();
    assert.equal((await who.look()).body.next.for, 'manager', 'nothing is decided without its owner');
    await watched.axe('a refused decision');
    await key.knowsOwner(true);
    await page.getByRole('button', { name: 'Approve with your security key' }).click();
    await page.getByRole('heading', { name: 'Your decision is recorded' }).waitFor();
    await watched.axe('a recorded decision');

    await page.getByRole('link', { name: 'See the whole reset' }).first().click();
    await heading(watched, /Reset of/).waitFor();
    const timeline = page.getByRole('region', { name: 'What happened' });
    await timeline.getByText('An approver approved').waitFor();
    await timeline.getByText('Waits for a security officer, for').waitFor();
    await watched.axe('an open reset');
    await watched.picture('console-reset');

    // The officer decides elsewhere; this page hears of it without being touched.
    const quentin = await signedIn(stack.run, people, 'quentin.roux');
    const second = await inboxItem(quentin, who.reference);
    assert.ok(second);
    assert.equal((await decide(quentin, people, 'quentin.roux', second.id, 'approve')).status, 200);
    await timeline.getByText('Waits for the claimant, for').waitFor();
    assert.equal(await timeline.getByText('An approver approved').count(), 2);
    await page.getByRole('region', { name: 'Approvals' }).getByText('Quentin Roux').waitFor();
    await who.cancel();
    await timeline.getByText('Cancelled by the claimant', { exact: true }).waitFor();
  }));

test('whoever may not decide sees the button shut and the reason in words', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    const { who } = await proven(stack.run, people, 'rosa.klein');
    await signInAt(watched, people, 'mateo.silva', '/console/approvals');
    await page.getByRole('table', { name: 'Waiting for others' }).getByRole('link', { name: 'Rosa Klein' }).first().click();
    await heading(watched, /Rosa Klein/).waitFor();
    await page.getByText('You are not one of the people who may decide this stage.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Record the decision' }).isDisabled(), true);
    await watched.axe('a decision for others');
    // A reset that is over waits for nobody any more, and the page hears of it.
    await who.cancel();
    await page.getByText('never decided').first().waitFor();
    await page.goto('/console/approvals');
    await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
    assert.equal(await page.getByRole('link', { name: 'Rosa Klein' }).count(), 0);
  }));

test('the auditor filters in the address bar, opens a leaf, a history and the CSV, and no page lacks a landmark or a label', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    await signInAt(watched, people, 'mateo.silva');
    await heading(watched, 'Audit').waitFor();
    await page
      .getByRole('button', { name: /Show the leaf/ })
      .first()
      .click();
    await page.getByText('"type"').first().waitFor();
    await watched.axe('the audit');
    await page.getByLabel('Outcome').click();
    await page.getByRole('option', { name: 'passed' }).click();
    await page.waitForURL(/success/);
    const download = page.waitForEvent('download');
    await page.locator('a[href*="outcome=success"]', { hasText: 'Download as CSV' }).click();
    const csv = readFileSync(await (await download).path(), 'utf8');
    assert.match(csv.split('\n')[0] ?? '', /seq.*at.*type.*outcome/);

    await page.getByRole('link', { name: 'Resets' }).click();
    await heading(watched, 'Resets').waitFor();
    await page.getByRole('table').waitFor();
    await watched.axe('the resets');
    await page.getByLabel('State').click();
    await page.getByRole('option', { name: 'cancelled' }).click();
    await page.waitForURL(/cancelled/);
    await page.reload();
    await page.getByRole('table').getByRole('link').first().click();
    await heading(watched, /Reset of/).waitFor();
    await page.getByText('Show the events').click();
    await page.getByText(/^\d+ events$/).waitFor();
    await page.getByText('1. Workflow execution started').click();
    await watched.axe('a closed reset with its history');

    await page.getByRole('button', { name: 'Use the dark theme' }).click();
    await page.getByRole('button', { name: 'Local times' }).click();
    await page
      .getByText(/\d UTC$/)
      .first()
      .waitFor();
    await watched.axe('a reset in the dark theme');
    await page.goto('/console/audit');
    await page.getByRole('table').waitFor();
    await watched.axe('the audit in the dark theme');
    await page.goto('/console/nowhere');
    await heading(watched, 'There is no such page').waitFor();
    await watched.axe('a page that is not there');
  }));

test('the help desk issues a code after two checks, sees it once, and no page of its own shows or takes a password', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    await signInAt(watched, people, 'jonas.berg');
    await heading(watched, 'Help desk').waitFor();
    const issue = page.getByRole('button', { name: 'Issue a code' });
    await page.getByLabel('Account of the person').fill('bilal.osman');
    await page.getByLabel(/Photo identity card/).check();
    assert.equal(await issue.isDisabled(), true, 'one check is not enough');
    await page.getByLabel(/Employee card/).check();
    await watched.axe('the help desk');
    await issue.click();
    const code = page.locator('[data-issued-code]');
    await code.waitFor();
    assert.match((await code.textContent()) ?? '', /^[0-9A-Z-]{8,}$/);
    await watched.axe('an issued code');
    assert.equal(await page.locator('input[type=password]').count(), 0);
    const shown = await code.textContent();
    await page.getByRole('button', { name: 'I have handed it over' }).click();
    assert.equal((await page.content()).includes(shown ?? '-'), false);
    await page.reload();
    await heading(watched, 'Help desk').waitFor();
    assert.equal(await page.locator('[data-issued-code]').count(), 0);
    assert.deepEqual(
      await page.evaluate(() => Object.keys(localStorage)),
      ['RaStoreCountersign.version'],
      'nothing is left in the browser',
    );
  }));

test('a page for other roles says so and signs nobody out; a lost session does, and keeps the address', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    await signInAt(watched, people, 'jonas.berg');
    await heading(watched, 'Help desk').waitFor();
    const menu = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents();
    assert.match(menu.join(), /^Messages[^,]*,Resets,Devices,Help desk$/);
    await page.goto('/console/audit');
    await heading(watched, 'This page is not for your role').waitFor();
    await watched.axe('a page for other roles');
    await page.getByRole('link', { name: 'Go to the start' }).click();
    await heading(watched, 'Help desk').waitFor();
    await page.context().clearCookies();
    await page.getByRole('link', { name: 'Resets' }).click();
    await heading(watched, 'Sign in').waitFor();
  }));

test('a page that nobody touches asks for nothing, so that the idle limit can end its session', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    await page.clock.install();
    await signInAt(watched, people, 'mateo.silva', '/console/resets');
    const sign = page.getByRole('banner').getByRole('status').first();
    await sign.getByText('Live').waitFor();
    await page.clock.fastForward('05:30');
    await sign.getByText('Paused').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.clock.fastForward('20:00');
    await watched.axe('a page at rest');
    assert.deepEqual(asked, []);
    await page.mouse.move(200, 200);
    await page.mouse.move(300, 300);
    await sign.getByText('Live').waitFor();

    // The other limit is absolute, and is announced before it strikes.
    await page.clock.fastForward('07:31:00');
    await page.getByText(/^Your session ends in \d/).waitFor();
    await watched.axe('the end of a session announced');
  }));

test('on a narrow screen every page fits and the menu opens by its button and closes by Escape', async () => {
  const watched = await watchedPage(stack.run, { width: 320, height: 700 });
  const { page } = watched;
  try {
    await signInAt(watched, people, 'mateo.silva', '/console/resets');
    for (const address of ['/console/resets', '/console/audit', '/console/approvals']) {
      await page.goto(address);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
      // Tables scroll in a frame of their own (WCAG 1.4.10 excepts them); the page does not.
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320, `${address} scrolls sideways`);
      await watched.axe(`${address} on a narrow screen`);
    }
    await page.getByRole('button', { name: 'Open the menu' }).click();
    await page.getByRole('dialog').getByRole('link', { name: 'Audit' }).waitFor();
    await watched.axe('the open menu');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    assert.deepEqual(watched.strays, []);
  } finally {
    await watched.close();
  }
});
