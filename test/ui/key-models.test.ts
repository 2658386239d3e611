import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import type { Page } from 'playwright-core';
import { demoPolicyFile, putPolicyInForce } from '#ops/setup/policy.ts';
import { countersign } from '#test/support/countersign.ts';
import { aPublisher, fidoList, pem } from '#test/support/fido-list.ts';
import { cast, type Cast } from '#test/support/people.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, sceneAt, signInAt, type WatchedPage } from './watched-browser.ts';

let stack: TestStack;
let people: Cast;
const WHO = 'priya.menon';
/** What Chromium's virtual authenticators say they are. */
const MODEL = '01020304-0506-0708-0102-030405060708';
const folder = mkdtempSync(join(tmpdir(), 'countersign-models-'));
const by = { type: 'service', name: 'test' } as const;
const publisher = await aPublisher();

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
  await people.forgetKeys(WHO);
});
after(async () => {
  await closeBrowser();
  await putPolicyInForce(stack.state, demoPolicyFile, by);
  await people?.forgetKeys(WHO);
  await people?.close();
  rmSync(folder, { recursive: true });
});

const underPasskeys = (passkeys: string): Promise<string> => {
  const file = join(folder, 'policy.yaml');
  writeFileSync(file, `${readFileSync(demoPolicyFile, 'utf8')}\npasskeys: ${passkeys}\n`);
  return putPolicyInForce(stack.state, file, by);
};

/** Brings a list by the operator's command; answers what it said. */
let number = 0;
async function bring(models: Parameters<typeof fidoList>[1]['models']): Promise<string> {
  number += 1;
  const file = join(folder, 'list.jwt');
  writeFileSync(file, fidoList(publisher, { number, models }));
  const { code, stdout, stderr } = await countersign(stack.state, 'metadata', 'import', file);
  assert.equal(code, 0, stderr);
  return stdout;
}

/**
 * Chromium's virtual authenticators make themselves a new certificate for each key. Of each key that the page is about to
 * register, the list of this test names the certificate first, as the maker's list would name the maker's.
 */
async function listWhatIsRegistered(page: Page): Promise<void> {
  await page.route('**/api/v1/passkeys', async (route) => {
    const sent = route.request().postDataJSON() as { registration?: { response: { attestationObject: string } } } | null;
    const object = sent?.registration?.response.attestationObject;
    if (object !== undefined) {
      const x5c = decodeAttestationObject(new Uint8Array(Buffer.from(object, 'base64url')))
        .get('attStmt')
        .get('x5c');
      await bring([{ aaguid: MODEL, roots: x5c ?? [] }]);
    }
    await route.continue();
  });
}

async function register({ page }: WatchedPage, name: string): Promise<void> {
  await page.getByLabel('A name for it').fill(name);
  await page.getByLabel('Code from your authenticator').fill(await people.code(WHO));
  await page.getByLabel('Recovery code').fill(await people.recoveryCode(WHO));
  await page.getByRole('button', { name: 'Register this key' }).click();
}

test('only keys that prove an allowed model are registered, from usb and of the computer itself; a model that is reported stops them', () =>
  sceneAt(stack.run, async (watched) => {
    const { page } = watched;
    await signInAt(watched, people, WHO, '/console/security-keys');
    await page.getByRole('heading', { level: 1, name: 'Security keys' }).waitFor();
    const root = join(folder, 'root.pem');
    writeFileSync(root, pem(publisher.root));
    assert.equal((await countersign(stack.state, 'metadata', 'trust', '--root', root)).code, 0);
    await listWhatIsRegistered(page);
    const other = 'ee882879-721c-4913-9775-3dfcce97072a';

    await underPasskeys(`{ attestation: required, models: [${other}] }`);
    await bring([{ aaguid: MODEL }]);
    const usb = await plugIn(page);
    await register(watched, 'of another model');
    await page.getByText('is not of a model that your organisation takes').waitFor();
    await watched.axe('a key of a model that is not taken');
    await watched.picture('console-key-model');

    await underPasskeys(`{ attestation: required, models: [${MODEL}] }`);
    await page.reload();
    await register(watched, 'usb key');
    await page.getByRole('listitem').filter({ hasText: 'usb key' }).waitFor();
    await usb.knowsOwner(false);
    await page.getByLabel('A name for it').fill('without a PIN');
    await page.getByRole('button', { name: 'Register this key' }).click();
    await page.getByText('The key was not used').waitFor();
    await usb.knowsOwner(true);

    const rows = await people.sql<{ name: string; model: string }>(
      'SELECT name, model FROM passkey WHERE account_guid = $1::uuid AND disabled_at IS NULL',
      [await people.guid(WHO)],
    );
    assert.deepEqual(
      rows.map(({ name, model }) => [name, (JSON.parse(model) as { metadata: { number: number } }).metadata.number]),
      [['usb key', 3]],
    );
    const held = await countersign(stack.state, 'metadata', 'keys');
    assert.match(held.stdout, new RegExp(`${MODEL}  Kiesel Key 1`));

    assert.match(await bring([{ aaguid: MODEL, statuses: ['USER_KEY_REMOTE_COMPROMISE'] }]), /1 key of people here/);
    await page.reload();
    await page.getByRole('button', { name: 'Remove usb key' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('A weakness of this model of security key was reported').waitFor();
    await watched.axe('a key of a model that was reported');
    await watched.picture('console-key-compromised');
    await bring([{ aaguid: MODEL }]);
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('The key is removed.').waitFor();
    await usb.takeOut();

    const synced = await plugIn(page, { transport: 'internal', synced: true });
    await page.reload();
    await register(watched, 'cloud key');
    await page.getByText('This passkey can be copied to other devices').waitFor();
    await synced.takeOut();
    await plugIn(page, { transport: 'internal' });
    await register(watched, 'this computer');
    await page.getByRole('listitem').filter({ hasText: 'this computer' }).waitFor();
  }));
