import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { findAccount } from '#activities/directory/find-account.ts';
import { CLIENT_AUTHENTICATION, SMART_CARD_LOGON } from '#test/support/card-authority.ts';
import { cardBank } from '#test/support/card-bank.ts';
import { cardBrowser } from '#test/support/card-browser.ts';
import { aCard, PIN } from '#test/support/card.ts';
import { freshPassword } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { keepPicture } from './keep-picture.ts';
import { inspect } from './portal-visitor.ts';

const cards = await cardBank();
const world = useWorld(cards.trusted);
const rules = `rules:${privilegedRule}
  - id: cards
    when: { protected: false }
    accept: [{ name: a code and the smart card, proofs: [recovery-code], factors: [smart-card] }]
    approvals: []`;

test('in Chromium a person puts in a smart card whose key cannot leave it, types its PIN, and has a new password', async () => {
  const { stack, people, directory } = world;
  const card = await aCard(cards.folder);
  const goran = await findAccount(directory, 'goran.petrovic');
  assert.ok(goran);
  // Browsers offer for TLS only what is issued for it.
  const purposes = [SMART_CARD_LOGON, CLIENT_AUTHENTICATION];
  await card.hold((await cards.issuing.issue({ spki: card.spki, sid: goran.sid, subject: 'CN=Goran Petrović', purposes })).der);
  const here = await cardBrowser(cards.folder, stack.run.cards);
  after(() => here.close());
  const page = await here.context.newPage();
  const strays: string[] = [];
  here.context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && ![new URL(stack.run.portal).origin, stack.run.cards].includes(origin)) strays.push(request.url());
  });

  await underPolicy(stack, rules, async () => {
    await page.goto(stack.run.portal);
    await page.getByLabel('Your account name').fill('goran.petrovic');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('A printed recovery code').check();
    await page.getByLabel('Your code').fill(await people.recoveryCode('goran.petrovic'));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Confirm with what you hold' }).waitFor();
    await inspect(page);
    await keepPicture(page, 'portal-factor-card');

    await Promise.all([here.typePin(PIN), page.getByRole('link', { name: 'Use your smart card' }).click()]);
    await page.getByRole('heading', { name: 'Your smart card was read' }).waitFor();
    assert.match(await page.locator('main').innerText(), /Goran Petrović/);
    await inspect(page);
    await keepPicture(page, 'card-listener');

    // By keyboard: the button is the first thing there.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Choose your new password' }).waitFor();
    const password = freshPassword();
    await page.getByRole('textbox', { name: 'New password' }).fill(password);
    await page.getByRole('button', { name: 'Set my new password' }).click();
    await page.getByRole('heading', { name: 'Your password is changed' }).waitFor({ timeout: 60_000 });
    assert.equal((await people.bind('goran.petrovic', password)).answer, 'ok');
  });
  assert.deepEqual(strays, []);
});
