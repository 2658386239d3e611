import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pinPublisher } from '#ops/pin-publisher.ts';
import { demoPolicyFile, putPolicyInForce } from '#ops/setup/policy.ts';
import { pin, pinnedPublishers } from '#ops/setup/publishers.ts';
import { cast, type Cast } from '#test/support/people.ts';
import { signedIn } from '#test/support/scenes.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, sceneAt, signInAt, type WatchedPage } from './watched-browser.ts';

let stack: TestStack;
let people: Cast;
const ADMINISTRATORS = ['lena.fischer', 'oskar.lindqvist'] as const;

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
  for (const account of ADMINISTRATORS) {
    const http = await signedIn(stack.run, people, account);
    await people.key(account, http);
    await pinPublisher(stack.state, account);
  }
});
after(async () => {
  await closeBrowser();
  if (stack) {
    pin(stack.state, { ...pinnedPublishers(stack.state), publishers: [] });
    await putPolicyInForce(stack.state, demoPolicyFile, { type: 'service', name: 'test' });
  }
  await people?.close();
});

/** Signs in with the key that the person registered plugged in. */
async function enter(watched: WatchedPage, account: string): Promise<void> {
  await signInAt(watched, people, account);
  const http = await signedIn(stack.run, people, account);
  await plugIn(watched.page, { holds: { key: await people.key(account, http), rpId: people.page.rpId } });
}

test('one administrator writes and signs a version, another reads what it changes and publishes it', async () => {
  let address = '';
  await sceneAt(stack.run, async (watched) => {
    const { page } = watched;
    await enter(watched, 'lena.fischer');
    await page.getByRole('link', { name: 'Policy' }).click();
    await page.getByRole('heading', { level: 1, name: 'Policy' }).waitFor();
    const text = page.getByLabel('The policy (YAML)');
    const begun = await text.inputValue();
    await text.fill(begun.replace('minLength: 10', 'minLength: 6'));
    await page.getByRole('button', { name: 'Check it' }).click();
    await page.getByText(/line \d+, password, minLength: NIST/).waitFor();
    await watched.axe('a policy with a fault');
    await text.fill(begun.replace('minLength: 10', 'minLength: 12'));
    await page.getByRole('button', { name: 'Check it' }).click();
    await page.getByText('Nothing is wrong with it').waitFor();
    await page.getByRole('button', { name: 'Keep it, to be signed' }).click();
    await page.getByRole('heading', { name: 'What it changes against the version in force' }).waitFor();
    await page.getByRole('button', { name: 'Sign it as a draft with my key' }).click();
    await page.getByText('The draft is signed.').waitFor();
    await page.getByText('You drafted this version, so another administrator publishes it.').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Publish it with my key' }).isDisabled());
    await watched.axe('a drafted version');
    await watched.picture('console-policy-draft');
    address = new URL(page.url()).pathname;
  });
  await sceneAt(stack.run, async (watched) => {
    const { page } = watched;
    await enter(watched, 'oskar.lindqvist');
    await page.getByRole('link', { name: 'Policy' }).click();
    await page.goto(new URL(address, page.url()).href);
    await page.getByText('+ ', { exact: false }).filter({ hasText: 'minLength: 12' }).first().waitFor();
    await page.getByRole('button', { name: 'Publish it with my key' }).click();
    await page.getByText('The version is in force').waitFor();
    await watched.axe('a published version');
    await watched.picture('console-policy-published');
  });
});
