import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { appShows } from '#test/support/app-shows.ts';
import type { Hired } from '#test/support/hired.ts';
import { claimant, freshPassword, signedIn } from '#test/support/scenes.ts';
import { keepPicture } from './keep-picture.ts';
import { keyboardOf } from './keyboard-of.ts';
import { inspect, type Visitor } from './portal-visitor.ts';
import { useStaffAtPortal } from './staff-at-portal.ts';
import { plugIn } from './virtual-key.ts';

const { world, someone, origin, newVisitor, heading, later } = useStaffAtPortal(2);

/** The first step of the sign-in. */
async function password({ page, press }: Visitor, who: Hired): Promise<void> {
  await page.goto(`${origin()}/factors`);
  await page.getByLabel('Your account name').fill(who.account);
  await page.getByLabel('Your password').fill(who.password);
  await press('Continue');
  await heading(page, 'Confirm that it is you');
}

async function signIn(visitor: Visitor, who: Hired, code = who.code()): Promise<void> {
  await password(visitor, who);
  await visitor.page.getByLabel('Digits from your app or token').fill(code);
  await visitor.press('Continue');
  await heading(visitor.page, 'My factors');
  await later();
}

/** Fills the page of a new app, and answers what the app makes. */
async function scan(page: Page, name: string): Promise<() => string> {
  const secret = ((await page.locator('.key').textContent()) ?? '').replaceAll(' ', '');
  const app = () => appShows({ secret });
  await page.getByLabel('A name for the app').fill(name);
  await page.getByLabel('Digits that the new app shows').fill(app());
  return app;
}

async function issued(account: string): Promise<string> {
  const desk = await signedIn(world.stack.run, world.people, 'jonas.berg');
  const answer = await desk.post<{ code: string }>('/api/v1/issued-codes', { account, checked: ['photo-id', 'known-in-person'] });
  desk.close();
  assert.equal(answer.status, 201, answer.text);
  return answer.body.code;
}

test('somebody else put an app in the place of the owner’s: by password and keyboard it is frozen, stops their reset, and the help desk settles it', async () => {
  const who = someone(0);
  const impostor = await newVisitor();
  await signIn(impostor, who);
  await impostor.page.getByRole('link', { name: /^Rename, replace or remove/ }).click();
  await impostor.page.getByRole('link', { name: 'Put a new app in the place of this one.' }).click();
  await heading(impostor.page, 'Replace an app');
  const theirs = await scan(impostor.page, 'another phone');
  await impostor.page.getByLabel('Digits from the app or token that you have already').fill(who.code());
  await impostor.press('Replace the app');
  await impostor.page.getByText('The new app has taken the place of the one before').waitFor();
  await impostor.close();
  await later();
  const reset = claimant(world.stack.run);
  await reset.name(who.account);
  assert.equal((await reset.prove(who.recoveryCode())).status, 200);
  assert.equal((await reset.factor(theirs())).status, 200);

  const owner = await newVisitor();
  const { page } = owner;
  const { tabTo, enter } = keyboardOf(page);
  await password(owner, who);
  await page.getByRole('heading', { name: 'Changed in your name' }).waitFor();
  await inspect(page);
  await keepPicture(page, 'factors-disputed');
  await tabTo(/^Was it not you\?/);
  await enter();
  await heading(page, 'Freeze what was added');
  await inspect(page);
  await keepPicture(page, 'factor-freeze');
  await tabTo('It was not me: freeze it now');
  await enter();
  await page.getByText('It is frozen: it counts nowhere').waitFor();
  await inspect(page);
  await keepPicture(page, 'factors-frozen');
  assert.equal((await reset.choose(freshPassword())).status, 202);
  const end = await reset.until('done', 'refused');
  assert.deepEqual([end.state, end.next.code], ['refused', 'factor-revoked']);

  await tabTo(/^Have settled/);
  await enter();
  await heading(page, 'Settle what is frozen');
  await page.keyboard.press('Tab');
  await page.getByLabel('Code from the help desk').fill('ABCD-EFGH-JKMN-PQRS');
  await owner.press('It is lost or not mine: end it for good');
  await page.getByRole('link', { name: /The code from the help desk was not accepted/ }).waitFor();
  await inspect(page);
  await keepPicture(page, 'factor-settle');
  await page.getByLabel('Code from the help desk').fill(await issued(who.account));
  await owner.press('It is lost or not mine: end it for good');
  await page.getByText('It has ended for good and counts nowhere any more.').waitFor();
  await page.getByRole('link', { name: 'set up your first app' }).click();
  await heading(page, 'Set up your first app');
  const mine = await scan(page, 'my phone');
  await page.getByLabel('Code from the help desk').fill(await issued(who.account));
  await owner.press('Add the app');
  await page.getByText('Your app is set up.').waitFor();
  await later();
  await page.getByLabel('Digits from your app or token').fill(mine());
  await owner.press('Continue');
  await heading(page, 'My factors');
  await page.getByText('A factor was frozen').waitFor();
  await inspect(page);
  const alarms = await world.people.sql<{ n: number }>(
    `SELECT count(*)::int AS n FROM alarm JOIN totp ON totp.id::text = alarm.subject WHERE alarm.kind = 'factor-objected' AND totp.account_guid = $1::uuid`,
    [await world.people.guid(who.account)],
  );
  assert.equal(alarms[0]?.n, 1);
  assert.deepEqual([owner.foreign, owner.complaints], [[], []]);
  await owner.close();
});

test('a key gets another name and says its last use; an app that is lost is frozen by digits of another one', async () => {
  const who = someone(1);
  const visitor = await newVisitor();
  const { page, press } = visitor;
  await plugIn(page);
  await signIn(visitor, who);
  await page.goto(`${origin()}/factors/key`);
  await page.getByLabel('A name for the key').fill('blue key');
  await page.getByLabel('Digits from your app').fill(who.code());
  await page.getByLabel('A printed recovery code').fill(who.recoveryCode());
  await press('Add this key');
  await page.getByText('The security key is added.').waitFor();
  await page.getByRole('link', { name: 'Rename, remove or freeze blue key' }).click();
  await heading(page, 'blue key');
  await inspect(page);
  await keepPicture(page, 'factor-key');
  await page.getByLabel('A name for the key').fill('red key');
  await press('Rename');
  await page.getByText('It has its new name.').waitFor();

  await page.getByRole('link', { name: 'Add an app' }).click();
  await heading(page, 'Add an app');
  const app = await scan(page, 'tablet');
  await press('Use a security key instead');
  await page.getByText('The app is added.').waitFor();
  await page
    .getByRole('listitem')
    .filter({ hasText: 'red key' })
    .getByText(/Last used .+ from the address/)
    .waitFor();
  await later();
  await page.getByRole('link', { name: 'Rename, replace or remove Authenticator app from the help desk' }).click();
  await page.getByRole('link', { name: 'Freeze it.' }).click();
  await heading(page, 'Freeze Authenticator app from the help desk');
  await inspect(page);
  await press('I have lost it: freeze it now');
  await page.getByRole('link', { name: 'Enter the digits from your authenticator app or token.' }).waitFor();
  await inspect(page);
  await page.getByLabel('Digits from the app or token that you have already').fill(app());
  await press('I have lost it: freeze it now');
  await page.getByText('It is frozen: it counts nowhere').waitFor();
  await page.getByText(/^Frozen since/).waitFor();
  await inspect(page);
  await keepPicture(page, 'my-factors-frozen');
  assert.deepEqual([visitor.foreign, visitor.complaints], [[], []]);
  await visitor.close();
});
