import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { pinPublisher } from '#ops/pin-publisher.ts';
import { demoPolicyFile, putPolicyInForce } from '#ops/setup/policy.ts';
import { pin, pinnedPublishers } from '#ops/setup/publishers.ts';
import { cast, type Cast } from '#test/support/people.ts';
import { signedIn } from '#test/support/scenes.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, sceneAt, signInAt, type WatchedPage } from './watched-browser.ts';
import { edited } from '#test/support/policies.ts';

const begun = readFileSync(demoPolicyFile, 'utf8');
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

/** The setting under the cursor is explained, and a name that is begun is completed by what may stand there. */
async function completesAndExplains(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Home');
  await page.getByRole('textbox', { name: 'The policy (YAML)' }).getByText('serves', { exact: true }).click();
  await page.getByText('Accounts elsewhere are never reset.').waitFor();
  await page.keyboard.press('Home');
  await page.keyboard.insertText('net');
  await page.keyboard.press('Control+Space');
  await page.getByRole('option', { name: /networks/ }).waitFor();
  await page.keyboard.press('Escape');
  for (const _ of 'net') await page.keyboard.press('Backspace');
  await page.getByText('Nothing is wrong with it').waitFor();
}

test('one administrator writes and signs a version, another reads what it changes and publishes it', async () => {
  let address = '';
  await sceneAt(stack.run, async (watched) => {
    const { page } = watched;
    await enter(watched, 'lena.fischer');
    await page.getByRole('link', { name: 'Policy' }).click();
    await page.getByRole('heading', { level: 1, name: 'Policy' }).waitFor();
    const text = page.getByRole('textbox', { name: 'The policy (YAML)' });
    await text.waitFor();
    const write = async (changed: string) => {
      await text.focus();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.insertText(changed);
    };
    await write(edited(begun, ['minLength: 10', 'minLength: 6']));
    await page
      .getByRole('listitem')
      .filter({ hasText: /line \d+, password, minLength: NIST/ })
      .waitFor();
    await page.locator('.cm-lint-marker-error').first().waitFor();
    await watched.axe('a policy with a fault');
    await write(edited(begun, ['minLength: 10', 'minLength: 12'], [/rule: standard, may: .*, approvers: 0/, 'rule: privileged']));
    await page.getByText('✗ red').waitFor();
    await page.getByText(/Line \d+: Expected the rule "privileged", and it is the rule "standard"\./).waitFor();
    await watched.axe('a policy with a red test');
    await watched.picture('console-policy-editor');
    await write(edited(begun, ['minLength: 10', 'minLength: 12']));
    await page.getByText('Nothing is wrong with it').waitFor();
    await completesAndExplains(page);
    await page.keyboard.press('Tab');
    assert.equal(await text.evaluate((editor) => editor.contains(document.activeElement)), false, 'Tab leaves the editor');
    await page.getByRole('button', { name: 'Keep it, to be signed' }).click();
    await page.getByRole('heading', { name: 'What it changes against the version in force' }).waitFor();
    const draft = page.getByRole('button', { name: 'Sign it as a draft with my key' });
    assert.ok(await draft.isDisabled(), 'nobody has looked whom it affects');
    await page.getByRole('button', { name: 'Look through the directory' }).click();
    await page.getByText(/accounts would be asked for something else/).waitFor();
    await page.getByRole('button', { name: 'Show who: standard → standard' }).click();
    await page.getByText(/alice\.moreau/).waitFor();
    await watched.axe('whom a version affects');
    await watched.picture('console-policy-affected');
    await draft.click();
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
    await page.getByText(/accounts would be asked for something else/).waitFor();
    await page.getByText(/Its author signed over a comparison: \d+ asked for something else/).waitFor();
    await page.getByRole('button', { name: 'Publish it with my key' }).click();
    await page.getByText('The version is in force').waitFor();
    await page.getByText(/Its publisher signed over a comparison: \d+ asked for something else/).waitFor();
    await watched.axe('a published version');
    await watched.picture('console-policy-published');
    await page.getByText('This was looked up before the version was in force').waitFor();
    await page.getByRole('button', { name: 'Look through the directory again' }).click();
    await page.getByText('This was looked up before the version was in force').waitFor({ state: 'detached' });
    await page.getByRole('table', { name: 'By organisational unit' }).getByRole('row').filter({ hasText: 'OU=Staff' }).first().waitFor();
    await page.getByRole('button', { name: /^Show who: For .* nobody could approve/ }).click();
    await page.getByText('tomas.vrba').waitFor();
    await watched.axe('who could reset now');
    await watched.picture('console-policy-readiness');
  });
});

test('before anybody signs, a version is tried on one account, and its calendars say when stages fall due', async () => {
  const text = edited(
    begun,
    [
      'rules:\n',
      "calendars:\n  office:\n    zone: Europe/Zurich\n    hours: { mon: [{ from: '08:00', to: '18:00' }], tue: [{ from: '08:00', to: '18:00' }] }\n    holidays: [2026-12-07]\n\nrules:\n",
    ],
    ['by: { relation: manager } }', 'by: { relation: manager }, remind: [2h], expire: 16h, calendar: office }'],
  );
  const http = await signedIn(stack.run, people, 'lena.fischer');
  const kept = await http.post<{ sha256: string }>('/api/v1/policies', { text });
  assert.equal(kept.status, 201, kept.text);
  await sceneAt(stack.run, async (watched) => {
    const { page } = watched;
    await enter(watched, 'lena.fischer');
    await page.goto(new URL(`/console/policies/${kept.body.sha256}`, page.url()).href);
    await page.getByRole('link', { name: 'Try it on one account' }).click();
    await page.getByRole('textbox', { name: 'Account' }).fill('samir');
    await page.getByRole('button', { name: 'Look it up' }).click();
    await page.getByRole('button', { name: 'Samir Khan (samir.khan)' }).click();
    await page.getByRole('heading', { name: 'The rule: privileged' }).waitFor();
    await page.getByRole('listitem').filter({ hasText: 'Quentin Roux' }).first().waitFor();
    await page
      .getByText(
        'When the password was changed or the account unlocked: the account’s holder, the security officers and the approvers who decided',
      )
      .waitFor();
    await page.getByText('Different people can fill all stages.').waitFor();
    await page.getByText('By the calendar office').waitFor();
    await watched.axe('a version tried on one account');
    await watched.picture('console-policy-simulator');
    await page.getByRole('link', { name: 'Back to the version' }).click();
    await page.getByRole('link', { name: 'Calendars' }).click();
    // A Friday: the office opens on Monday, but that one is a holiday, so that two hours end on Tuesday at 10 in Zurich.
    await page.getByLabel('A stage opens at (UTC)').fill('2026-12-04T12:00');
    await page.getByRole('row').filter({ hasText: 'office' }).getByText('8 Dec 2026').first().waitFor();
    await page.getByRole('table', { name: 'December' }).getByTitle('2026-12-07: holiday').waitFor();
    await watched.axe('the calendars of a version');
    await watched.picture('console-policy-calendars');
  });
});
