import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast, type Cast } from '#test/support/people.ts';
import { claimant, signedIn } from '#test/support/scenes.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { closeBrowser, sceneAt, signInAt } from './watched-browser.ts';

let stack: TestStack;
let people: Cast;

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
  // What other scenes left open would be counted here too.
  const officer = await signedIn(stack.run, people, 'priya.menon');
  const { body } = await officer.get<{ items: { id: string; acknowledged: unknown[] }[] }>('/api/v1/alarms');
  for (const { id, acknowledged } of body.items)
    if (acknowledged.length === 0) await officer.post(`/api/v1/alarms/${id}/acknowledgements`, {});
});
after(async () => {
  await closeBrowser();
  await people?.close();
});

test('when nobody can approve a reset, an officer who is signed in is alarmed, reads why, and says that they have looked', () =>
  sceneAt(stack.run, async (watched) => {
    await signInAt(watched, people, 'quentin.roux', '/console/alarms');
    const { page } = watched;
    await page.getByText('No alarm is open.').waitFor();
    const who = claimant(stack.run);
    await who.name('tomas.vrba');
    await who.prove(await people.recoveryCode('tomas.vrba'));
    assert.equal((await who.factor(await people.code('tomas.vrba'))).body.code, 'no-approver');

    // Live: nobody touched the page.
    const alarm = page.getByRole('article', { name: 'Nobody could approve a reset' }).first();
    await alarm.getByText('Account: Tomáš Vrba').waitFor();
    await page.getByText('One alarm that nobody has looked at yet.').waitFor();
    assert.equal(await page.getByRole('link', { name: /Alarms 1/ }).count(), 1, 'the menu counts it');
    await watched.axe('an open alarm');
    await watched.picture('console-alarms');

    await alarm.getByRole('button', { name: 'I have looked at it' }).click();
    await page.getByText('No alarm is open.').waitFor();
    await page.getByText('Looked at by quentin.roux').first().waitFor();
    await page.getByText('One alarm that nobody has looked at yet.').waitFor({ state: 'detached' });
    await watched.axe('an alarm that was looked at');
    await page.getByRole('link', { name: 'Open the reset' }).first().click();
    await page.getByText('Officers and administrators were alarmed').first().waitFor();
  }));
