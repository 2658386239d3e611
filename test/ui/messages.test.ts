import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { cast, type Cast } from '#test/support/people.ts';
import { freshPassword, proven, signedIn } from '#test/support/scenes.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { closeBrowser, sceneAt, signInAt } from './watched-browser.ts';

let stack: TestStack;
let people: Cast;

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
  await toldOfFactors(people);
  // What other scenes told her would be counted here too.
  const helena = await signedIn(stack.run, people, 'helena.voss');
  for (;;) {
    const { body } = await helena.get<{ items: { id: string }[] }>('/api/v1/messages?unread=true');
    if (body.items.length === 0) break;
    for (const { id } of body.items) await helena.post(`/api/v1/messages/${id}/readings`, {});
  }
});
/** Until everybody was told of the factors that they were given. */
async function toldOfFactors({ sql }: Cast): Promise<void> {
  while ((await sql('SELECT 1 FROM factor_telling WHERE done_at IS NULL LIMIT 1')).length > 0) await setTimeout(100);
}

after(async () => {
  await closeBrowser();
  await people?.close();
});

test('a manager who is signed in is told that a password was changed, live, and marks it as read', () =>
  sceneAt(stack.run, async (watched) => {
    await signInAt(watched, people, 'helena.voss', '/console/messages');
    const { page } = watched;
    await page.getByRole('heading', { name: 'Messages' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'I have read it' }).count(), 0);

    const { who } = await proven(stack.run, people, 'fatima.noor');
    assert.equal((await who.choose(freshPassword())).status, 202);
    assert.equal((await who.until('done', 'refused')).state, 'done');

    // Live: nobody touched the page.
    const message = page.getByRole('article', { name: 'The password of Fatima Noor was changed' }).first();
    await message.getByRole('button', { name: 'I have read it' }).waitFor();
    await message.getByText('You are told because you are the manager.').waitFor();
    await page.getByRole('link', { name: /Messages 1/ }).waitFor();
    await watched.axe('a message that is new');
    await watched.picture('console-messages');

    await message.getByRole('button', { name: 'I have read it' }).click();
    await message.getByText('Marked as read on').waitFor();
    await page.getByRole('link', { name: /Messages 1/ }).waitFor({ state: 'detached' });
    await watched.axe('a message that was read');
  }));
