import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { demoPolicyFile, putPolicyInForce } from '#ops/setup/policy.ts';
import { appShows } from '#test/support/app-shows.ts';
import { openBranch, type Newcomer } from '#test/support/hired.ts';
import { edited } from '#test/support/policies.ts';
import { useWorld } from '#test/support/world.ts';
import { keepPicture } from './keep-picture.ts';
import { keyboardOf } from './keyboard-of.ts';
import { inspect, openBrowser, visit } from './portal-visitor.ts';

let branch: Awaited<ReturnType<typeof openBranch>>;
let browser: Browser;
let folder = '';
const world = useWorld(async (opened) => {
  branch = await openBranch(opened, 2);
});
const actor = { type: 'service', name: 'test' } as const;

/** The demo's policy with these conditions, put in force as the operator does it. */
async function letFirstAppsIn(conditions: string): Promise<void> {
  const file = join(folder, 'policy.yaml');
  const networks = 'networks: { here: [127.0.0.0/8, "::1/128"], elsewhere: [192.0.2.0/24] }';
  writeFileSync(file, edited(readFileSync(demoPolicyFile, 'utf8'), [/^rules:/m, `${networks}\nfirstFactor:\n${conditions}\nrules:`]));
  await putPolicyInForce(world.stack.state, file, actor);
}
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'first-factor-'));
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await branch?.dismiss();
  await putPolicyInForce(world.stack.state, demoPolicyFile, actor);
  rmSync(folder, { recursive: true, force: true });
});

const someone = (n: number): Newcomer => branch.people[n] ?? assert.fail();
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

/** Of one page, by keyboard alone. */
function atKeyboard(page: Page) {
  const hands = keyboardOf(page);
  return {
    ...hands,
    follow: async (name: string) => {
      await hands.tabTo(name);
      await hands.enter();
    },
  };
}

async function signIn(page: Page, who: Newcomer): Promise<ReturnType<typeof atKeyboard>> {
  const hands = atKeyboard(page);
  await page.goto(`${new URL(world.stack.run.portal).origin}/factors`);
  await heading(page, 'Sign in to My factors');
  await hands.fill('account', who.account);
  await hands.fill('password', who.password);
  await hands.enter();
  await heading(page, 'Confirm that it is you');
  return hands;
}
const LINK = 'set up your first app with your password';

test('where no condition is written, nobody is offered a first app with the password alone', async () => {
  const visitor = await visit(browser, new URL(world.stack.run.portal).origin);
  await signIn(visitor.page, someone(0));
  assert.equal(await visitor.page.getByRole('link', { name: LINK }).count(), 0);
  await visitor.close();
});

test('by keyboard alone somebody new sets up a first app with the password, after a slip in it, and signs in with what it shows', async () => {
  await letFirstAppsIn('  - { name: new at the counter, when: { protected: false, networks: [here] }, youngerThan: 1d }');
  const [who, visitor] = [someone(0), await visit(browser, new URL(world.stack.run.portal).origin)];
  const { page } = visitor;
  const hands = await signIn(page, who);
  await inspect(page);
  await hands.follow(LINK);
  await heading(page, 'Set up your first app');
  await inspect(page);
  await keepPicture(page, 'first-app-with-password');
  const secret = ((await page.locator('.key').textContent()) ?? '').replaceAll(' ', '');
  const send = async (password: string) => {
    await hands.fill('name', 'my phone');
    await hands.fill('newDigits', appShows({ secret }));
    await hands.fill('password', password);
    await hands.enter();
  };
  await send('Not-The-Password-1');
  await page.getByText('Your app was not set up.').first().waitFor();
  await inspect(page);
  assert.equal(((await page.locator('.key').textContent()) ?? '').replaceAll(' ', ''), secret, 'the same key, so nothing is scanned again');
  await send(who.password);
  await heading(page, 'Confirm that it is you');
  await page.getByText('Your app is set up.').waitFor();
  await inspect(page);
  // As if half a minute had passed for this one app.
  const [app] = await world.people.sql<{ id: string }>(
    `UPDATE totp SET last_step = NULL WHERE id = (SELECT id FROM totp ORDER BY enrolled_at DESC LIMIT 1) RETURNING id::text`,
  );
  await world.people.sql('UPDATE burn SET consumed = NULL WHERE consumed LIKE $1', [`totp:${app?.id}:%`]);
  await hands.fill('digits', appShows({ secret }));
  await hands.enter();
  await heading(page, 'My factors');
  await page.getByText('my phone').first().waitFor();
  assert.deepEqual([visitor.foreign, visitor.complaints], [[], []]);
  await visitor.close();
});

test('from elsewhere than the policy says the right password is answered with the words of a wrong one', async () => {
  await letFirstAppsIn('  - { name: new elsewhere, when: { protected: false, networks: [elsewhere] } }');
  const [who, visitor] = [someone(1), await visit(browser, new URL(world.stack.run.portal).origin)];
  const { page } = visitor;
  const hands = await signIn(page, who);
  await hands.follow(LINK);
  await heading(page, 'Set up your first app');
  const secret = ((await page.locator('.key').textContent()) ?? '').replaceAll(' ', '');
  await hands.fill('name', 'my phone');
  await hands.fill('newDigits', appShows({ secret }));
  await hands.fill('password', who.password);
  await hands.enter();
  await page.getByText('Your app was not set up.').first().waitFor();
  await visitor.close();
});
