import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast, type Cast } from '#test/support/people.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, sceneAt, signInAt } from './watched-browser.ts';

let stack: TestStack;
let people: Cast;
const WHO = 'priya.menon';
/** Other files register keys of hers too. */
const began = new Date();

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
  await people.forgetKeys(WHO);
});
after(async () => {
  await closeBrowser();
  // As if the scene had never been: whoever begins anew with codes counts as having replaced their factors.
  await people?.forgetKeys(WHO);
  await people?.close();
});

test('a security officer registers a key by two codes, removes it with itself, and reads why each of the others is not taken', () =>
  sceneAt(stack.run, async (watched) => {
    const { page } = watched;
    await signInAt(watched, people, WHO);
    await page.getByRole('button', { name: /^Your session/ }).click();
    await page.getByRole('menuitem', { name: 'Security keys' }).click();
    await page.getByRole('heading', { level: 1, name: 'Security keys' }).waitFor();
    await page.getByText('You have no key yet.').waitFor();
    await watched.axe('the keys of somebody who has none');
    const register = page.getByRole('button', { name: 'Register this key' });
    const type = async (recoveryCode: string) => {
      await page.getByLabel('Code from your authenticator').fill(await people.code(WHO));
      await page.getByLabel('Recovery code').fill(recoveryCode);
      await register.click();
    };
    await register.click();
    await page.getByText('Give the key a name.').waitFor();
    await page.getByLabel('A name for it').fill('cloud key');

    const synced = await plugIn(page, { synced: true });
    await type(await people.recoveryCode(WHO));
    await page.getByText('This passkey can be copied to other devices').waitFor();
    await synced.takeOut();
    const blue = await plugIn(page);
    await page.getByLabel('A name for it').fill('blue key');
    await blue.knowsOwner(false);
    await type('AAAA-BBBB-CCCC-DDDD');
    await page.getByText('The key was not used').waitFor();
    await blue.knowsOwner(true);
    await type('AAAA-BBBB-CCCC-DDDD');
    await page.getByText('were not accepted together').waitFor();
    await page.getByText('you need not touch it once more').waitFor();
    await watched.axe('a refused key');
    await type(await people.recoveryCode(WHO));
    await page.getByText('The key is registered.').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'blue key' }).waitFor();

    await page.getByLabel('A name for it').fill('the same again');
    await register.click();
    await page.getByText('This key is registered already.').waitFor();
    await watched.axe('one key');
    await watched.picture('console-keys');

    await page.getByRole('button', { name: 'Remove blue key' }).click();
    await page.getByRole('dialog').getByText('You confirm with one of your keys').waitFor();
    await watched.axe('the question before a key is removed');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('The key is removed.').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'blue key' }).waitFor({ state: 'detached' });
    await blue.takeOut();

    const rows = await people.sql<{ name: string; binding: string; ended: boolean }>(
      'SELECT name, binding, disabled_at IS NOT NULL AS ended FROM passkey WHERE account_guid = $1::uuid ORDER BY enrolled_at',
      [await people.guid(WHO)],
    );
    assert.deepEqual(rows, [{ name: 'blue key', binding: 'first', ended: true }]);
    const leaves = await people.sql<{ type: string; outcome: string; reason: string | null }>(
      `SELECT type, outcome, reason FROM leaf WHERE actor = $1 AND type ~ '^(authenticator|enrolment)' AND at > $2 ORDER BY seq`,
      [await people.guid(WHO), began],
    );
    assert.deepEqual(
      leaves.map(({ type, reason }) => `${type} ${reason ?? ''}`.trim()),
      ['enrolment.refused passkey-synced', 'enrolment.refused codes-not-accepted', 'authenticator.enrolled', 'authenticator.removed'],
    );
  }));
