import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { cast, type Cast } from '#test/support/people.ts';
import { proven, signedIn } from '#test/support/scenes.ts';
import { confirmAct, proposeAct } from '#test/support/signing.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, sceneAt, signInAt, type WatchedPage } from './watched-browser.ts';

let stack: TestStack;
let people: Cast;

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
});
after(async () => {
  await closeBrowser();
  // A scene that failed half-way must not stop the resets of the others.
  const [priya, quentin] = [await officer('priya.menon'), await officer('quentin.roux')];
  const standing = await quentin.http.get<{ halted: string }>('/api/v1/joint-acts');
  if (standing.body.halted !== 'nothing') {
    const proposed = await proposeAct(priya, { halts: 'nothing' }, 'the scene is over');
    await confirmAct(quentin, proposed.body.id, { halts: 'nothing' }, 'the scene is over');
  }
  await people?.close();
});

async function officer(account: string) {
  const http = await signedIn(stack.run, people, account);
  return { http, key: await people.key(account, http), page: people.page };
}

/** Signs in with the officer's own key plugged in. */
async function atWork(watched: WatchedPage, account: string, address: string): Promise<void> {
  const { key, page } = await officer(account);
  await signInAt(watched, people, account, address);
  await plugIn(watched.page, { holds: { key, rpId: page.rpId } });
}

/** Types the reason in the form that has this button, and a code when one is given, and presses it. */
async function confirm(page: Page, button: string | RegExp, reason: string, code?: string): Promise<void> {
  const form = page.locator('form').filter({ has: page.getByRole('button', { name: button }) });
  await form.getByLabel('Reason').fill(reason);
  if (code !== undefined) await form.getByLabel('A fresh code from your authenticator').fill(code);
  await form.getByRole('button', { name: button }).click();
}

test('one officer proposes a stop and cannot confirm it, another does, everybody sees it, and they lift it', () =>
  sceneAt(stack.run, async (first) =>
    sceneAt(stack.run, async (second) => {
      await atWork(first, 'priya.menon', '/console/officers');
      const { page } = first;
      await page.getByText('Nothing is stopped.').waitFor();
      const propose = page.getByRole('button', { name: 'Propose it to a second officer' });
      assert.equal(await propose.isDisabled(), true);
      await page.getByText('Choose first what to propose.').waitFor();
      await page.getByLabel('Stop resets of protected accounts').check();
      await page.getByText('You sign it with your security key').first().waitFor();
      await confirm(page, 'Propose it to a second officer', 'Two reset requests that nobody made, within an hour.');
      await page.getByText('Your proposal is recorded.').waitFor();
      await page.getByText('You proposed this yourself, so a second security officer has to confirm it.').waitFor();
      const own = page.getByRole('button', { name: 'Confirm: Stop resets of protected accounts' });
      assert.equal(await own.isDisabled(), true);
      await first.axe('a proposal of one’s own');

      await atWork(second, 'quentin.roux', '/console/officers');
      await second.page.getByText('Two reset requests that nobody made').waitFor();
      await second.axe('a proposal of another officer');
      await second.picture('console-officers');
      await confirm(second.page, 'Confirm: Stop resets of protected accounts', 'I called both people.');
      await second.page.getByText('Emergency stop: resets of protected accounts wait').waitFor();
      await second.page.getByText('Confirmed by Quentin Roux').first().waitFor();
      await second.axe('an emergency stop');

      await page.getByText('Emergency stop: resets of protected accounts wait').waitFor();
      const useCode = page.getByRole('button', { name: 'I do not have my key with me: use a code' });
      await page.getByLabel('Stop every reset').check();
      await useCode.waitFor();
      await page.getByLabel('Lift the emergency stop').check();
      assert.equal(await useCode.count(), 0, 'a code lifts nothing');
      await confirm(page, 'Propose it to a second officer', 'It was a test of the bank’s own.');
      await confirm(second.page, 'Confirm: Lift the emergency stop', 'Agreed.');
      await page.getByText('Nothing is stopped.').waitFor();
    }),
  ));

test('an officer locks a reset on its page, which then says who did and why', () =>
  sceneAt(stack.run, async (watched) => {
    const { who } = await proven(stack.run, people, 'goran.petrovic');
    const [row] = await people.sql<{ id: string }>('SELECT id FROM reset WHERE reference = $1', [who.reference]);
    assert.ok(row);
    await atWork(watched, 'quentin.roux', `/console/resets/${row.id}/show`);
    const { page } = watched;
    await page.getByRole('heading', { name: 'Lock this reset' }).waitFor();
    await watched.axe('a reset that may be locked');
    await confirm(page, 'Lock this reset for good', 'He is on leave and knows nothing of it.');
    await page.getByText('Locked by Quentin Roux').waitFor();
    await page.getByText('Reason: He is on leave and knows nothing of it.').waitFor();
    await watched.axe('a locked reset');
    await watched.picture('console-locked');
    assert.equal((await who.look()).body.next.code, 'reset-locked');
  }));

const dayFromNow = (days: number): string => {
  const day = new Date();
  day.setDate(day.getDate() + days);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`;
};

test('two officers hand over for a manager who cannot: not to one of themselves, and she sees it and ends it', () =>
  sceneAt(stack.run, async (first) =>
    sceneAt(stack.run, async (second) => {
      await atWork(first, 'priya.menon', '/console/officers');
      const { page } = first;
      const form = page.getByRole('region', { name: 'Hand over for somebody who is away' });
      const button = 'Propose to hand over';
      await form.getByText('Say first who is away').waitFor();
      await form.getByLabel('Who is away').fill('ines.duarte');
      await form.getByLabel('First day').fill(dayFromNow(0));
      await form.getByLabel('Last day').fill(dayFromNow(6));
      const standIn = form.getByLabel('Who decides in their place?');
      await standIn.fill('priya.menon');
      await confirm(page, button, 'She is in hospital.');
      await form.getByText('Nobody gives themselves the right to decide').waitFor();
      await standIn.fill('helena.voss');
      await first.axe('a delegation for somebody else');
      await first.picture('console-officers-delegate');
      await confirm(page, button, 'She is in hospital.');
      await form.getByText('Your proposal is recorded.').waitFor();

      await atWork(second, 'quentin.roux', '/console/officers');
      await second.page.getByText('Who decides meanwhile: Helena Voß (helena.voss)').first().waitFor();
      await second.axe('a delegation that waits for a second officer');
      await second.picture('console-officers-delegation');
      await confirm(second.page, 'Confirm: Hand over the decisions of Inês Duarte', 'Her team called me.');
      await second.page.getByRole('region', { name: 'Earlier' }).getByText('Who decides meanwhile: Helena Voß').first().waitFor();

      await sceneAt(stack.run, async (away) => {
        await atWork(away, 'ines.duarte', '/console/delegations');
        const mine = away.page.getByRole('region', { name: 'You have handed over' });
        await mine.getByText('Made by two security officers: Priya Menon, Quentin Roux.').first().waitFor();
        await away.axe('a delegation that officers made');
        await away.picture('console-delegations-by-officers');
        await mine.getByRole('button', { name: 'Withdraw what you handed over to Helena Voß' }).first().click();
        await away.page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
        await away.page.getByText('The delegation has ended.').waitFor();
      });
    }),
  ));
