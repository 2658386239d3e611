import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast, type Cast } from '#test/support/people.ts';
import { decide, freshPassword, inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, sceneAt, signInAt, type WatchedPage } from './watched-browser.ts';

const [MANAGER, STAND_IN] = ['ines.duarte', 'helena.voss'] as const;
let stack: TestStack;
let people: Cast;

const forget = () => Promise.all([MANAGER, STAND_IN].map((account) => people.forgetKeys(account)));

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
  await people.sql('DELETE FROM delegation');
  await forget();
});
after(async () => {
  await closeBrowser();
  // As if the scene had never been: whoever begins anew with codes counts as having replaced their factors.
  await people?.sql('DELETE FROM delegation');
  await forget();
  await people?.close();
});

const heading = ({ page }: WatchedPage, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const menu = ({ page }: WatchedPage, name: string) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name });

/** Signs in and registers a key that is plugged in, by the two codes. */
async function signedInWithKey(watched: WatchedPage, account: string): Promise<void> {
  const { page } = watched;
  await signInAt(watched, people, account, '/console/security-keys');
  await heading(watched, 'Security keys').waitFor();
  await plugIn(page);
  await page.getByLabel('A name for it').fill('my key');
  await page.getByLabel('Code from your authenticator').fill(await people.code(account));
  await page.getByLabel('Recovery code').fill(await people.recoveryCode(account));
  await page.getByRole('button', { name: 'Register this key' }).click();
  await page.getByText('The key is registered.').waitFor();
}

const dayFromNow = (days: number): string => {
  const day = new Date();
  day.setDate(day.getDate() + days);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`;
};

test('a manager goes on leave while a request waits: her stand-in approves with her own key, and every page says in whose place', () =>
  sceneAt(stack.run, async (away) => {
    const { who } = await proven(stack.run, people, 'samir.khan');
    const { page } = away;
    await signedInWithKey(away, MANAGER);
    await menu(away, 'Delegations').click();
    await heading(away, 'Delegations').waitFor();
    await page.getByText('You have handed over nothing.').waitFor();
    await page.getByRole('button', { name: 'Hand over' }).click();
    await page.getByText('Enter the name of an account.').waitFor();
    await page.getByText('Enter a first and a last day').waitFor();
    await away.axe('an unfinished delegation');
    const handOver = async (account: string) => {
      await page.getByLabel('Who decides in your place?').fill(account);
      await page.getByLabel('First day').fill(dayFromNow(0));
      await page.getByLabel('Last day').fill(dayFromNow(13));
      await page.getByRole('button', { name: 'Hand over' }).click();
    };
    await handOver('alice.moreau');
    await page.getByText('That person cannot approve here').waitFor();
    await away.axe('a refused delegation');
    await handOver(STAND_IN);
    await page.getByText('Your delegation is recorded.').waitFor();
    const mine = page.getByRole('region', { name: 'You have handed over' });
    await mine.getByText('To Helena Voß').waitFor();
    await mine.getByText('runs now').waitFor();
    await away.axe('the delegations');
    await away.picture('console-delegations');

    await sceneAt(stack.run, async (here) => {
      await signedInWithKey(here, STAND_IN);
      await menu(here, 'Inbox').click();
      const row = here.page.getByRole('table', { name: 'Waiting for you' }).getByRole('row').filter({ hasText: 'Samir Khan' });
      await row.getByText('for Inês Duarte, who is away until').waitFor();
      await here.axe('an inbox with what was handed over');
      await here.picture('console-inbox-delegated');
      await row.getByRole('link', { name: 'Samir Khan' }).click();
      await here.page.getByText('You decide in the place of Inês Duarte').waitFor();
      await here.page.getByText(/^Decided in the place of Inês Duarte \([0-9a-f-]{36}\), who delegated it until/).waitFor();
      await here.page.getByLabel('Approve').check();
      await here.page.getByLabel('Reason').fill('Inês is on leave, I spoke to Samir');
      await here.axe('a decision in the place of another');
      await here.picture('console-decision-delegated');
      await here.page.getByRole('button', { name: 'Approve with your security key' }).click();
      await here.page.getByRole('heading', { name: 'Your decision is recorded' }).waitFor();
      await here.page.getByRole('link', { name: 'See the whole reset' }).first().click();
      await heading(here, /Reset of/).waitFor();
      await here.page
        .getByRole('region', { name: 'Approvals' })
        .getByText(/approved by Helena Voß on behalf of Inês Duarte/)
        .waitFor();
      await here.axe('a reset that was approved in the place of another');
    });

    assert.equal((await who.look()).body.next.for, 'security-officer');
    await mine.getByRole('button', { name: 'Withdraw what you handed over to Helena Voß' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText('The delegation has ended.').waitFor();
    await mine.getByText('withdrawn', { exact: true }).waitFor();
    // What was decided under it no longer counts: the writer finds it, and the claimant reads what is meant for a claimant.
    const quentin = await signedIn(stack.run, people, 'quentin.roux');
    const item = await inboxItem(quentin, who.reference);
    assert.ok(item);
    assert.equal((await decide(quentin, people, 'quentin.roux', item.id, 'approve')).status, 200);
    await who.until('choosing-password', 'refused');
    assert.equal((await who.choose(freshPassword())).status, 202);
    const { next } = await who.until('refused', 'done');
    assert.equal(next.code, 'approval-void');
    assert.match(next.message, /^An approval of this reset no longer counted .* Your password is unchanged\./);
    await page.goto(`/console/resets/${item.resetId}/show`);
    await page.getByText('It ended because of: delegation-over').waitFor();
    await page.getByText('The claimant read: “An approval of this reset no longer counted').waitFor();
  }));
