import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { cast, type Cast } from '#test/support/people.ts';
import { decide, freshPassword, inboxItem, signedIn } from '#test/support/scenes.ts';
import { kinit } from '#test/support/kerberos.ts';
import { keepPicture } from './keep-picture.ts';
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

async function nameAccount({ page, press }: Visitor, account: string): Promise<void> {
  await page.getByLabel('Your account name').fill(account);
  await press('Continue');
}
async function showCode({ page, press }: Visitor, code: string): Promise<void> {
  await page.getByLabel('A printed recovery code').check();
  await page.getByLabel('Your code').fill(code);
  await press('Continue');
}
async function showDigits({ page, press }: Visitor, digits: string): Promise<void> {
  await page.getByLabel('Digits from your app or token').fill(digits);
  await press('Continue');
}
async function proven(who: Visitor, account: string): Promise<void> {
  await nameAccount(who, account);
  await showCode(who, await people.recoveryCode(account));
  await showDigits(who, await people.code(account));
}
const heading = (who: Visitor, name: string) => who.page.getByRole('heading', { level: 1, name });
const done = (who: Visitor) => heading(who, 'Your password is changed').waitFor({ timeout: 60_000 });
const spaced = (code: string) => ` ${code.toLowerCase().replaceAll('-', ' ')} `;

test('a standard reset in a browser: every page is clean, survives reload and Back and says what is wrong', async () => {
  const who = await visit(browser, origin, { viewport: { width: 360, height: 740 } });
  const { page, press, title } = who;
  /** Whatever the person does with the browser's own buttons, the same step is shown again and nothing is sent twice. */
  const survives = async (step: string) => {
    await page.reload();
    await heading(who, step).waitFor();
    await page.goBack();
    await page.goForward();
    await heading(who, step).waitFor();
  };
  await inspect(page);
  await press('Continue');
  assert.equal(await title(), 'Error: Set a new password – Password reset');
  await inspect(page);
  await nameAccount(who, 'bilal.osman');

  await heading(who, 'Show that it is you').waitFor();
  await inspect(page);
  await survives('Show that it is you');
  await press('Continue');
  assert.match(await title(), /^Error: /);
  assert.equal(await page.evaluate(() => document.activeElement?.className), 'error-summary');
  await inspect(page);
  await page.reload();
  assert.doesNotMatch(await title(), /^Error: /);
  await showCode(who, '0000-0000-0000-0000');
  await page.getByRole('link', { name: 'That was not accepted.' }).click();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'code');
  assert.equal(await page.getByLabel('Your code').inputValue(), '');
  await showCode(who, spaced(await people.recoveryCode('bilal.osman')));

  await heading(who, 'Confirm with what you hold').waitFor();
  await inspect(page);
  await survives('Confirm with what you hold');
  await showDigits(who, people.wrongCode('bilal.osman'));
  assert.match(await title(), /^Error: /);
  await inspect(page);
  const digits = await people.code('bilal.osman');
  await showDigits(who, `${digits.slice(0, 3)} ${digits.slice(3)}`);

  await heading(who, 'Choose your new password').waitFor();
  await inspect(page);
  await survives('Choose your new password');
  const field = page.getByRole('textbox', { name: 'New password' });
  await field.fill('short');
  await page.getByRole('button', { name: 'Show password' }).click();
  assert.equal(await field.getAttribute('type'), 'text');
  await press('Set my new password');
  assert.match(await title(), /^Error: /);
  assert.equal(await field.inputValue(), '');
  await inspect(page);
  const password = freshPassword();
  await field.fill(password);
  await keepPicture(page, 'portal');
  await press('Set my new password');

  await done(who);
  await inspect(page);
  await page.reload();
  await done(who);
  // Who was told is known a moment later than that it is done; until then the page says whom the policy names.
  await page.getByText(/^Your manager (is being|was) told\.$/).waitFor();
  while ((await page.getByText('Your manager was told.').count()) === 0) await page.reload();
  await inspect(page);
  await keepPicture(page, 'portal-done');
  assert.match(await page.getByText('On paper:').locator('..').innerText(), /You have [a-z0-9]+ recovery codes? left/);
  assert.equal((await people.bind('bilal.osman', password)).answer, 'ok');

  await press('Finish');
  await heading(who, 'Set a new password').waitFor();
  assert.ok(!(await who.context.cookies()).some(({ name }) => name.endsWith('-reset')), 'nothing is left for the next person');
  assert.deepEqual(who.foreign, []);
  assert.deepEqual(who.complaints, []);
  await who.close();
});

test('without JavaScript the same reset works, shows the password on request and moves on by itself', async () => {
  const who = await visit(browser, origin, { javaScriptEnabled: false });
  const { page, press } = who;
  await proven(who, 'goran.petrovic');
  const field = page.getByRole('textbox', { name: 'New password' });
  await Promise.all([page.waitForEvent('load'), page.getByRole('link', { name: 'Show what I type' }).click()]);
  assert.equal(await field.getAttribute('type'), 'text');
  const password = freshPassword();
  await field.fill(password);
  await press('Set my new password');
  await done(who);
  assert.equal((await people.bind('goran.petrovic', password)).answer, 'ok');
  await who.close();
});

test('the keyboard alone is enough, and all pages of a reset with what they load weigh at most 60 kB', async () => {
  const who = await visit(browser, origin);
  const { keyboard } = who.page;
  /** Goes on with Tab until the focus stands on what the person looks for, which must be seen to have it. */
  const tabTo = async (id: string) => {
    for (let i = 0; i < 25; i += 1) {
      await keyboard.press('Tab');
      const at = await who.page.evaluate(() => ({
        id: document.activeElement?.id,
        outline: getComputedStyle(document.activeElement ?? document.body).outlineStyle,
      }));
      if (at.id === id) return assert.equal(at.outline, 'solid', `the focus on ${id} can be seen`);
    }
    assert.fail(`${id} cannot be reached with Tab`);
  };
  const enter = () => Promise.all([who.page.waitForEvent('load'), keyboard.press('Enter')]);
  await keyboard.press('Tab');
  assert.equal(await who.page.evaluate(() => document.activeElement?.textContent), 'Skip to the main content');
  await tabTo('account');
  await keyboard.type('fatima.noor');
  await enter();
  await tabTo('proof');
  await keyboard.press('Space');
  await tabTo('code');
  await keyboard.type(await people.recoveryCode('fatima.noor'));
  await enter();
  await tabTo('digits');
  await keyboard.type(await people.code('fatima.noor'));
  await enter();
  await tabTo('password');
  const password = freshPassword();
  await keyboard.type(password);
  await enter();
  await done(who);
  assert.equal((await people.bind('fatima.noor', password)).answer, 'ok');
  assert.ok(who.bytes() <= 60_000, `a whole reset took ${who.bytes()} bytes`);
  await who.close();
});

test('a privileged claimant sees by role whom they wait for, comes back in another browser, and the page moves on with each approval', async () => {
  const first = await visit(browser, origin);
  await proven(first, 'samir.khan');
  await heading(first, 'Waiting for your manager').waitFor();
  await inspect(first.page);
  assert.doesNotMatch((await first.page.textContent('main')) ?? '', /ines|duarte|samir|khan/i);
  const reference = (await first.page.locator('.reference-code').textContent()) ?? '';
  await first.page.getByText(/^[0-9A-Z]{3}-[0-9A-Z]{3}$/).waitFor();

  const second = await visit(browser, origin);
  await second.page.goto(`${origin}/reset/${reference.toLowerCase()}`);
  await heading(second, 'Come back to a reset').waitFor();
  await second.page.getByLabel('Digits from your app or token').fill(people.wrongCode('samir.khan'));
  await second.press('Come back to my reset');
  assert.match(await second.title(), /^Error: /);
  assert.equal(await second.page.getByLabel('Reference of your reset').inputValue(), reference);
  await second.page.getByLabel('Digits from your app or token').fill(await people.code('samir.khan'));
  await second.press('Come back to my reset');
  await heading(second, 'Waiting for your manager').waitFor();

  await first.page.goto(`${origin}/reset/${reference}`);
  await heading(first, 'Come back to a reset').waitFor();
  await inspect(first.page);

  for (const [approver, then] of [
    ['ines.duarte', 'Waiting for a security officer'],
    ['quentin.roux', 'Choose your new password'],
  ] as const) {
    const console = await signedIn(stack.run, people, approver);
    const item = await inboxItem(console, reference);
    assert.equal((await decide(console, people, approver, item?.id ?? 'none', 'approve')).status, 200);
    await heading(second, then).waitFor({ timeout: 30_000 });
    console.close();
  }
  await second.press('Leave and keep nothing on this computer');
  await second.page.goto(`${origin}/reset/${reference}`);
  await heading(second, 'Come back to a reset').waitFor();
  await second.page.getByLabel('Digits from your app or token').fill(await people.code('samir.khan'));
  await second.press('Come back to my reset');
  await heading(second, 'Choose your new password').waitFor();
  const password = freshPassword();
  await second.page.getByRole('textbox', { name: 'New password' }).fill(password);
  await second.press('Set my new password');
  await done(second);
  assert.equal((await people.bind('samir.khan', password)).answer, 'ok');
  assert.equal((await kinit(stack.state, 'samir.khan', password)).ok, true);
  assert.equal((await kinit(stack.state, 'samir.khan', people.password('samir.khan'))).ok, false, 'Kerberos refuses the old one');
  await Promise.all([first.close(), second.close()]);
});

test('a name that nobody has is answered in the same words, page by page', async () => {
  const pages: string[][] = [];
  for (const account of ['chen.wei', 'nobody.at-all']) {
    const who = await visit(browser, origin);
    const seen: string[] = [];
    const note = async () =>
      seen.push(
        `${await who.title()}\n${await who.page.innerText('body')}`
          .replace(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/g, 'REFERENCE')
          .replace(/\b[0-9A-Z]{3}-[0-9A-Z]{3}\b/g, 'REQUEST-CODE'),
      );
    await nameAccount(who, account);
    await note();
    await showCode(who, 'ZZZZ-ZZZZ-ZZZZ-ZZZZ');
    await note();
    await showCode(who, '0000-1111-2222-3333');
    await note();
    pages.push(seen);
    await who.page.getByText('Cancel this reset').first().click();
    await who.press('Yes, cancel this reset');
    await heading(who, 'This reset is cancelled').waitFor();
    await who.close();
  }
  assert.deepEqual(pages[0], pages[1]);
});

test('a form sent twice counts once, and a form that is not ours is not carried out', async () => {
  const who = await visit(browser, origin);
  const { context, page } = who;
  const send = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    context.request.post(`${origin}/reset`, { form, headers, maxRedirects: 0 });
  const fields = async () => ({
    nonce: await page.locator('[name=nonce]').first().inputValue(),
    token: await page.locator('[name=token]').first().inputValue(),
    account: 'alice.moreau',
  });

  const form = await fields();
  const [one, two] = [await send(form), await send(form)];
  assert.equal(one.status(), 303);
  assert.equal(two.headers()['location'], one.headers()['location']);

  assert.equal((await send({ ...form, token: form.token.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) })).status(), 403);
  assert.equal((await send({ ...form, nonce: 'A'.repeat(22) })).status(), 403);
  assert.equal((await send(form, { 'Sec-Fetch-Site': 'cross-site' })).status(), 403);
  assert.equal((await send(form, { Origin: 'https://elsewhere.test' })).status(), 403);
  assert.equal((await send({ ...form, extra: 'field' })).status(), 400);
  for (const account of ['*)(objectClass=*', 'a'.repeat(10_000), 'a\0b'])
    assert.equal((await send({ ...form, account })).headers()['location'], '/');
  assert.equal((await send({ ...form, account: 'a'.repeat(20_000) })).status(), 413);
  assert.equal((await context.request.post(`${origin}/reset`, { data: form, maxRedirects: 0 })).status(), 415);
  await who.close();
});
