import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { generateSync } from 'otplib';
import type { Page } from 'playwright-core';
import { openBranch, type Newcomer } from '#test/support/hired.ts';
import { signedIn } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';
import { keepPicture } from './keep-picture.ts';
import { inspect } from './portal-visitor.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, sceneAt, signInAt, type WatchedPage } from './watched-browser.ts';

let branch: Awaited<ReturnType<typeof openBranch>>;
const world = useWorld(async (opened) => {
  branch = await openBranch(opened, 3);
});
after(async () => {
  await closeBrowser();
  await branch?.dismiss();
});

/** Of this run alone: other scenes have campaigns too. */
const NAME = `A branch that opens ${randomBytes(3).toString('hex')}`;
const someone = (n: number): Newcomer => {
  const found = branch.people[n];
  assert.ok(found);
  return found;
};

/** Signs in with the person's own key plugged in. */
async function atWork(watched: WatchedPage, account: string): Promise<void> {
  const http = await signedIn(world.stack.run, world.people, account);
  const key = await world.people.key(account, http);
  await signInAt(watched, world.people, account, '/console/campaigns');
  await plugIn(watched.page, { holds: { key, rpId: world.people.page.rpId } });
}

async function confirm(page: Page, button: string | RegExp, reason: string): Promise<void> {
  const form = page.locator('form').filter({ has: page.getByRole('button', { name: button }) });
  await form.getByLabel('Reason').fill(reason);
  await form.getByRole('button', { name: button }).press('Enter');
}

const inDays = (days: number): string => {
  const day = new Date();
  day.setDate(day.getDate() + days);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`;
};

async function pictureOnPaper({ page, axe, picture }: WatchedPage): Promise<void> {
  await page.emulateMedia({ media: 'print' });
  await picture('campaign-letter-on-paper');
  const folder = process.env['COUNTERSIGN_PICTURES'];
  if (folder) await page.pdf({ path: join(folder, 'campaign-letters.pdf'), preferCSSPageSize: true });
  await page.emulateMedia({ media: 'screen' });
  await axe('the letters');
}

/** Signs in at the portal and goes where a first app is set up; answers what the app shows. */
async function atFirstApp(page: Page, who: Newcomer, letterWaits: boolean): Promise<() => string> {
  await page.context().clearCookies();
  await page.goto('/factors');
  await page.getByLabel('Your account name').fill(who.account);
  await page.getByLabel('Your password').fill(who.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Confirm that it is you' }).waitFor();
  assert.equal(await page.getByRole('heading', { name: 'A letter was made for you' }).count(), letterWaits ? 1 : 0);
  await inspect(page);
  await page.getByRole('link', { name: 'set up your first app' }).first().press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Set up your first app' }).waitFor();
  const secret = ((await page.locator('.key').textContent()) ?? '').replaceAll(' ', '');
  return () => generateSync({ secret, epoch: Math.floor(Date.now() / 1000) });
}

async function sendFirstApp(page: Page, app: () => string, ticket: string): Promise<void> {
  await page.getByLabel('A name for the app').fill('my phone');
  await page.getByLabel('Digits that the new app shows').fill(app());
  await page.getByLabel('Code from the help desk or from your letter').fill(ticket);
  await page.keyboard.press('Enter');
}

/** As if half a minute had passed for this person's app: what it showed is taken again. */
async function nextDigits(account: string): Promise<void> {
  const [row] = await world.people.sql<{ id: string }>('SELECT account_guid::text AS id FROM campaign_person WHERE account_name = $1', [
    account,
  ]);
  const apps = await world.people.sql<{ id: string }>('UPDATE totp SET last_step = NULL WHERE account_guid = $1::uuid RETURNING id::text', [
    row?.id,
  ]);
  for (const { id } of apps) await world.people.sql('UPDATE burn SET consumed = NULL WHERE consumed LIKE $1', [`totp:${id}:%`]);
}

/** In which tables a text stands, in whatever column. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await world.people.sql<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await world.people.sql(`SELECT 1 FROM ${name} AS t WHERE t::text LIKE $1 LIMIT 1`, [`%${text}%`]);
    if (rows.length > 0) found.push(name);
  }
  return found;
}

test('two administrators make a campaign by keyboard, its letters are printed once, one of them is used, made anew or dies with the campaign', () =>
  sceneAt(world.stack.run, async (first) =>
    sceneAt(world.stack.run, async (second) =>
      sceneAt(world.stack.run, async ({ page: portal }) => {
        await atWork(first, 'lena.fischer');
        const { page } = first;
        await page.getByText('Say first how it is called and until when.').waitFor();
        await page.getByLabel('Name of the campaign').focus();
        await page.keyboard.type(NAME);
        await page.keyboard.press('Tab');
        await page.keyboard.type(branch.unit);
        await page.keyboard.press('Tab');
        await page.keyboard.press('Tab');
        assert.ok(
          await page.getByLabel('Everybody who never had an authenticator or a key').evaluate((one) => one === document.activeElement),
        );
        await page.getByLabel('Last day').fill(inDays(20));
        await first.axe('a campaign that is made');
        await first.picture('campaign-make');
        await confirm(page, 'Propose this campaign', 'The branch opens on Monday.');
        await page.getByText('Your campaign is recorded.').waitFor();
        await page.getByText('You made this campaign yourself, so another person has to approve it.').waitFor();
        assert.equal(await page.getByRole('button', { name: `Confirm: Approve the campaign ${NAME}` }).isDisabled(), true);

        await atWork(second, 'oskar.lindqvist');
        const { page: desk } = second;
        await desk.getByText('People who would get a letter: 3').waitFor();
        await second.axe('a campaign that waits');
        await second.picture('campaign-waits');
        await confirm(desk, `Confirm: Approve the campaign ${NAME}`, 'I know of the branch.');
        await desk.getByRole('link', { name: NAME }).press('Enter');
        await desk.getByRole('heading', { level: 1, name: NAME }).waitFor();
        await desk.getByText('0 of 3 used their letter; 3 still have nothing').waitFor();
        await second.axe('a campaign without letters');

        await confirm(desk, 'Make the letters', 'The head of the branch hands them out.');
        await desk.getByRole('heading', { level: 1, name: '3 letters, shown this once' }).waitFor({ timeout: 60_000 });
        const letter = (who: Newcomer) => desk.getByRole('article').filter({ hasText: `Account name: ${who.account}` });
        const ticket = async (who: Newcomer) => (await letter(who).locator('[data-ticket]').innerText()).trim();
        const tickets = await Promise.all(branch.people.map(ticket));
        assert.equal(new Set(tickets).size, 3);
        for (const one of tickets) assert.match(one, /^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
        assert.match(await letter(someone(0)).innerText(), /Department: Branch [0-9a-f]{6}/);
        await pictureOnPaper(second);
        for (const one of tickets) {
          assert.deepEqual(await tablesWith(one), []);
          assert.deepEqual(await tablesWith(one.replaceAll('-', '')), []);
          assert.ok(!desk.url().includes(one));
        }
        await desk.getByRole('button', { name: 'They are printed: take them off the screen' }).press('Enter');
        await desk.getByRole('heading', { level: 1, name: NAME }).waitFor();
        assert.equal(await desk.locator('[data-ticket]').count(), 0);
        await desk.getByText('Letters were made').waitFor();
        assert.equal(await desk.getByRole('button', { name: 'Make the letters' }).count(), 0, 'they are made once');

        const app = await atFirstApp(portal, someone(0), true);
        await sendFirstApp(portal, app, tickets[1] ?? '');
        await portal.getByRole('link', { name: /The code from your letter was not accepted/ }).waitFor();
        await sendFirstApp(portal, app, tickets[0] ?? '');
        await portal.getByText('Your app is set up.').waitFor();
        await nextDigits(someone(0).account);
        await portal.getByLabel('Digits from your app or token').fill(app());
        await portal.keyboard.press('Enter');
        await portal.getByRole('heading', { name: 'You have one thing only to confirm with' }).waitFor();
        await inspect(portal);
        await keepPicture(portal, 'portal-one-way-in');

        await desk.reload();
        await desk.getByText('1 of 3 used their letter; 2 still have nothing').waitFor();
        await desk.getByRole('button', { name: `New letter for Temporary ${someone(1).account}` }).press('Enter');
        await confirm(desk, /Make the letter of .* anew/, 'It was lost on the way.');
        await desk.getByRole('heading', { level: 1, name: '1 letter, shown this once' }).waitFor({ timeout: 60_000 });
        assert.notEqual(await ticket(someone(1)), tickets[1]);
        const anew = await ticket(someone(1));
        await desk.getByRole('button', { name: 'They are printed: take them off the screen' }).press('Enter');
        await second.axe('a campaign that runs');
        await second.picture('campaign-runs');

        await page.getByRole('link', { name: NAME }).press('Enter');
        await page.getByRole('heading', { level: 1, name: NAME }).waitFor();
        assert.equal(await page.getByRole('button', { name: /New letter for/ }).count(), 0, 'whoever made it makes no letters');
        await confirm(page, 'Close the campaign', 'The branch opens later.');
        await page.getByText('Closed before its time').waitFor();
        await first.axe('a closed campaign');
        const late = await atFirstApp(portal, someone(1), false);
        await sendFirstApp(portal, late, anew);
        await portal.getByRole('link', { name: /The code from your letter was not accepted/ }).waitFor();
      }),
    ),
  ));
