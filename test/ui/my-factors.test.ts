import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { FACTORS_COOKIE } from '#portal/cookies.ts';
import { SESSION_COOKIE } from '#api/cookies.ts';
import { appShows } from '#test/support/app-shows.ts';
import type { Hired } from '#test/support/hired.ts';
import { httpClient } from '#test/support/http-client.ts';
import { claimant, freshPassword, newSource } from '#test/support/scenes.ts';
import { keepPicture } from './keep-picture.ts';
import { keyboardOf } from './keyboard-of.ts';
import { inspect, type Visitor } from './portal-visitor.ts';
import { useStaffAtPortal } from './staff-at-portal.ts';

const { world, someone, origin, newVisitor, heading, later } = useStaffAtPortal(3);

async function signIn({ page, press }: Visitor, who: Hired): Promise<void> {
  await page.goto(`${origin()}/factors`);
  await page.getByLabel('Your account name').fill(who.account);
  await page.getByLabel('Your password').fill(who.password);
  await press('Continue');
  await heading(page, 'Confirm that it is you');
  await page.getByLabel('Digits from your app or token').fill(who.code());
  await press('Continue');
  await heading(page, 'My factors');
}

/** What an app makes that took the key from the page. */
async function scanned(page: Page): Promise<() => string> {
  const secret = ((await page.locator('.key').textContent()) ?? '').replaceAll(' ', '');
  return () => appShows({ secret });
}

test('by keyboard alone somebody signs in, adds an app, makes new recovery codes and removes the app before; every page is clean', async () => {
  const [who, visitor] = [someone(0), await newVisitor()];
  const { page } = visitor;
  const { tabTo, fill, enter } = keyboardOf(page);

  await tabTo('My factors');
  await enter();
  await heading(page, 'Sign in to My factors');
  await inspect(page);
  await fill('account', who.account);
  await fill('password', who.password);
  await enter();
  await heading(page, 'Confirm that it is you');
  await inspect(page);
  await fill('digits', who.code());
  await enter();
  await heading(page, 'My factors');
  await inspect(page);
  await later();

  await tabTo('Add an app');
  await enter();
  await heading(page, 'Add an app');
  await inspect(page);
  const app = await scanned(page);
  await fill('name', 'work phone');
  await fill('newDigits', '000000');
  await fill('digits', who.code());
  await enter();
  assert.match(await page.title(), /^Error: /);
  await inspect(page);
  assert.equal((await scanned(page))(), app(), 'whoever has scanned the key goes on with it');
  await keepPicture(page, 'factor-app');
  await later();
  await fill('newDigits', app());
  await fill('digits', who.code());
  await enter();
  await page.getByText('The app is added. It counts from now on.').waitFor();
  await page.getByText('An authenticator app was added').first().waitFor();
  await inspect(page);
  await keepPicture(page, 'my-factors');
  await later();

  await tabTo('Make new recovery codes');
  await enter();
  await heading(page, 'New recovery codes');
  await inspect(page);
  const codes = await page.locator('.codes li').allTextContents();
  assert.equal(codes.length, 10);
  await page.emulateMedia({ media: 'print' });
  await keepPicture(page, 'factor-codes-printed');
  assert.equal(await page.locator('form').isVisible(), false, 'the sheet has the codes and no form');
  assert.equal(await page.locator('.codes').isVisible(), true);
  await page.emulateMedia({ media: 'screen' });
  await keepPicture(page, 'factor-codes');
  await fill('digits', app());
  await enter();
  await page.getByText('Your new recovery codes count from now on.').waitFor();
  await page.getByText('You have 10 recovery codes left').waitFor();
  assert.doesNotMatch(await page.content(), new RegExp(codes[0] ?? 'none'));
  await page.goBack();
  assert.doesNotMatch(await page.content(), new RegExp(codes[0] ?? 'none'), 'they are shown once');
  await page.goto(`${origin()}/factors`);
  await later();

  await tabTo('Rename, replace or remove Authenticator app from the help desk');
  await enter();
  await heading(page, 'Authenticator app from the help desk');
  await inspect(page);
  await keepPicture(page, 'factor-change');
  await fill('digits', app());
  await enter();
  await page.getByText('It is removed and counts no more').waitFor();

  const reset = claimant(world.stack.run);
  await reset.name(who.account);
  assert.equal((await reset.prove(who.recoveryCode())).status, 422, 'the sheet before counts no more');
  assert.equal((await reset.prove(codes[3] ?? '')).status, 200);
  await later();
  assert.equal((await reset.factor(who.code())).status, 422, 'nor does the app that was removed');
  assert.equal((await reset.factor(app())).status, 200);
  assert.deepEqual([visitor.foreign, visitor.complaints], [[], []]);
  await visitor.close();
});

test('an app that is put in the place of a lost one stops a reset that is parked behind the old one', async () => {
  const [who, visitor] = [someone(1), await newVisitor()];
  const thief = claimant(world.stack.run);
  await thief.name(who.account);
  assert.equal((await thief.prove(who.recoveryCode())).status, 200);
  assert.equal((await thief.factor(who.code())).status, 200);
  await later();

  const { page, press } = visitor;
  await signIn(visitor, who);
  await later();
  await page.getByRole('link', { name: /^Rename, replace or remove/ }).click();
  await page.getByRole('link', { name: 'Put a new app in the place of this one.' }).click();
  await heading(page, 'Replace an app');
  await inspect(page);
  const app = await scanned(page);
  await page.getByLabel('A name for the app').fill('new phone');
  await page.getByLabel('Digits that the new app shows').fill(app());
  await page.getByLabel('Digits from the app or token that you have already').fill(who.code());
  await press('Replace the app');
  await page.getByText('The new app has taken the place of the one before').waitFor();

  assert.equal((await thief.choose(freshPassword())).status, 202);
  const end = await thief.until('done', 'refused');
  assert.deepEqual([end.state, end.next.code], ['refused', 'factor-revoked']);
  assert.equal((await world.people.bind(who.account, who.password)).answer, 'ok', 'the password is unchanged');
  await visitor.close();
});

test('unknown and real names, and wrong passwords, are turned away in the same words', async () => {
  const said: string[] = [];
  for (const [account, password] of [
    ['no.body', 'Some-Words-1234'],
    [someone(2).account, 'Some-Words-1234'],
  ] as const) {
    const { page, press, close } = await newVisitor();
    await page.goto(`${origin()}/factors/sign-in`);
    await page.getByLabel('Your account name').fill(account);
    await page.getByLabel('Your password').fill(password);
    await press('Continue');
    said.push((await page.locator('.error-summary').innerText()).trim());
    await inspect(page);
    await close();
  }
  assert.equal(said[0], said[1]);
});

test('before the second step nothing is shown but the way to a first app, and a session of one door opens no other', async () => {
  const [who, visitor] = [someone(2), await newVisitor()];
  const { page, press, context } = visitor;
  await page.goto(`${origin()}/factors/codes`);
  await heading(page, 'Sign in to My factors');
  await page.getByLabel('Your account name').fill(who.account);
  await page.getByLabel('Your password').fill(who.password);
  await press('Continue');
  for (const path of ['/factors', '/factors/app', '/factors/codes']) {
    await page.goto(`${origin()}${path}`);
    await heading(page, 'Confirm that it is you');
  }
  await page.getByRole('link', { name: 'set up your first app' }).click();
  await heading(page, 'Set up your first app');
  await inspect(page);
  const app = await scanned(page);
  await page.getByLabel('A name for the app').fill('thief');
  await page.getByLabel('Digits that the new app shows').fill(app());
  await page.getByLabel('Code from the help desk').fill('ABCD-EFGH-JKMN-PQRS');
  await press('Add the app');
  await page.getByRole('link', { name: /The code from the help desk was not accepted/ }).waitFor();

  await page.goto(`${origin()}/factors/confirm`);
  await page.getByLabel('Digits from your app or token').fill(who.code());
  await press('Continue');
  await heading(page, 'My factors');
  const cookie = (await context.cookies()).find(({ name }) => name === FACTORS_COOKIE);
  assert.ok(cookie);
  const http = httpClient(world.stack.run, newSource());
  const elsewhere = await http.raw('GET', '/api/v1/session', undefined, { cookie: `${SESSION_COOKIE}=${cookie.value}` });
  assert.equal(elsewhere.status, 401, 'at the console it is none');
  const here = await http.raw('GET', '/factors', undefined, { cookie: `${FACTORS_COOKIE}=${'A'.repeat(43)}` });
  assert.equal(here.headers['location'], '/factors/sign-in');
  await press('Sign out and keep nothing on this computer');
  const after = await http.raw('GET', '/factors', undefined, { cookie: `${FACTORS_COOKIE}=${cookie.value}` });
  assert.equal(after.headers['location'], '/factors/sign-in', 'once signed out it opens nothing');
  await visitor.close();
});
