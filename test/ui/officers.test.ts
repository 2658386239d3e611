import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { cast, type Cast } from '#test/support/people.ts';
import { proven, signedIn } from '#test/support/scenes.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { closeBrowser, sceneAt, signInAt } from './watched-browser.ts';

let stack: TestStack;
let people: Cast;

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
});
after(async () => {
  await closeBrowser();
  // A scene that failed half-way must not stop the resets of the others.
  const quentin = await signedIn(stack.run, people, 'quentin.roux');
  const standing = await quentin.get<{ halted: string }>('/api/v1/joint-acts');
  if (standing.body.halted !== 'nothing') {
    const priya = await signedIn(stack.run, people, 'priya.menon');
    const lift = { halts: 'nothing', reason: 'the scene is over' };
    const proposed = await priya.post<{ id: string }>('/api/v1/joint-acts', { ...lift, totp: await people.code('priya.menon') });
    const path = `/api/v1/joint-acts/${proposed.body.id}/confirmations`;
    await quentin.post(path, { ...lift, totp: await people.code('quentin.roux') });
  }
  await people?.close();
});

/** Types reason and code of the form that has this button, and presses it. */
async function confirm(page: Page, who: string, button: string | RegExp, reason: string): Promise<void> {
  const form = page.locator('form').filter({ has: page.getByRole('button', { name: button }) });
  await form.getByLabel('Reason').fill(reason);
  await form.getByLabel('A fresh code from your authenticator').fill(await people.code(who));
  await form.getByRole('button', { name: button }).click();
}

test('one officer proposes a stop and cannot confirm it, another does, everybody sees it, and they lift it', () =>
  sceneAt(stack.run, async (first) =>
    sceneAt(stack.run, async (second) => {
      await signInAt(first, people, 'priya.menon', '/console/officers');
      const { page } = first;
      await page.getByText('Nothing is stopped.').waitFor();
      const propose = page.getByRole('button', { name: 'Propose it to a second officer' });
      assert.equal(await propose.isDisabled(), true);
      await page.getByText('Choose first what to propose.').waitFor();
      await page.getByLabel('Stop resets of protected accounts').check();
      await confirm(page, 'priya.menon', 'Propose it to a second officer', 'Two reset requests that nobody made, within an hour.');
      await page.getByText('Your proposal is recorded.').waitFor();
      await page.getByText('You proposed this yourself, so a second security officer has to confirm it.').waitFor();
      const own = page.getByRole('button', { name: 'Confirm: Stop resets of protected accounts' });
      assert.equal(await own.isDisabled(), true);
      await first.axe('a proposal of one’s own');

      await signInAt(second, people, 'quentin.roux', '/console/officers');
      await second.page.getByText('Two reset requests that nobody made').waitFor();
      await second.axe('a proposal of another officer');
      await second.picture('console-officers');
      await confirm(second.page, 'quentin.roux', 'Confirm: Stop resets of protected accounts', 'I called both people.');
      await second.page.getByText('Emergency stop: resets of protected accounts wait').waitFor();
      await second.page.getByText('Confirmed by Quentin Roux').first().waitFor();
      await second.axe('an emergency stop');

      await page.getByText('Emergency stop: resets of protected accounts wait').waitFor();
      await page.getByLabel('Lift the emergency stop').check();
      await confirm(page, 'priya.menon', 'Propose it to a second officer', 'It was a test of the bank’s own.');
      await confirm(second.page, 'quentin.roux', 'Confirm: Lift the emergency stop', 'Agreed.');
      await page.getByText('Nothing is stopped.').waitFor();
    }),
  ));

test('an officer locks a reset on its page, which then says who did and why', () =>
  sceneAt(stack.run, async (watched) => {
    const { who } = await proven(stack.run, people, 'goran.petrovic');
    const [row] = await people.sql<{ id: string }>('SELECT id FROM reset WHERE reference = $1', [who.reference]);
    assert.ok(row);
    await signInAt(watched, people, 'quentin.roux', `/console/resets/${row.id}/show`);
    const { page } = watched;
    await page.getByRole('heading', { name: 'Lock this reset' }).waitFor();
    await watched.axe('a reset that may be locked');
    await confirm(page, 'quentin.roux', 'Lock this reset for good', 'He is on leave and knows nothing of it.');
    await page.getByText('Locked by Quentin Roux').waitFor();
    await page.getByText('Reason: He is on leave and knows nothing of it.').waitFor();
    await watched.axe('a locked reset');
    await watched.picture('console-locked');
    assert.equal((await who.look()).body.next.code, 'reset-locked');
  }));
