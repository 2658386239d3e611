import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Hired } from '#test/support/hired.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { freshPassword } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { keepPicture } from './keep-picture.ts';
import { inspect, type Visitor } from './portal-visitor.ts';
import { useStaffAtPortal } from './staff-at-portal.ts';
import { plugIn, type VirtualKey } from './virtual-key.ts';

const { world, someone, origin, newVisitor, heading, later, signInToFactors } = useStaffAtPortal(3);

/** Everybody who is not protected gets in by a recovery code and this. */
const rules = (passkeys: string, factor: string) => `passkeys: ${passkeys}
rules:
${privilegedRule}
  - id: standard
    when: { protected: false }
    accept: [{ name: by ${factor}, proofs: [recovery-code], factors: [${factor}] }]
    approvals: []`;

/** Signs in to My factors and adds the key that is plugged in. */
async function addKey(visitor: Visitor, who: Hired, says?: RegExp): Promise<void> {
  const { page, press } = visitor;
  await later();
  await signInToFactors(visitor, who);
  await later();
  await page.getByRole('link', { name: 'Add a security key' }).click();
  await heading(page, 'Add a security key');
  await page.getByLabel('A name for the key').fill('my key');
  await page.getByLabel('Digits from your app').fill(who.code());
  await page.getByLabel('A printed recovery code').fill(who.recoveryCode());
  await press('Add this key');
  await heading(page, 'My factors');
  await page.getByText('The security key is added.').waitFor();
  if (says) await page.getByText(says).waitFor();
  await inspect(page);
}

/** Up to the page that asks for what somebody holds, where the key is used. */
async function useKey({ page, press }: Visitor, who: Hired): Promise<void> {
  await page.goto(origin());
  await page.getByLabel('Your account name').fill(who.account);
  await press('Continue');
  await page.getByLabel('A printed recovery code').check();
  await page.getByLabel('Your code').fill(who.recoveryCode());
  await press('Continue');
  await heading(page, 'Confirm with what you hold');
  await inspect(page);
  await press('Use your security key');
}

interface Scene {
  who: number;
  passkeys: string;
  factor: string;
  /** What My factors says of it. */
  says?: RegExp;
  plug: (page: Page) => Promise<VirtualKey>;
}

/** Adds a key, resets the password with it, and leaves nothing but what the page and the directory say. */
async function played({ who: number, passkeys, factor, says, plug }: Scene): Promise<void> {
  await underPolicy(world.stack, rules(passkeys, factor), async () => {
    const who = someone(number);
    const visitor = await newVisitor();
    await plug(visitor.page);
    await addKey(visitor, who, says);
    await keepPicture(visitor.page, `portal-factors-${factor}`);
    await visitor.page.getByRole('button', { name: /^Sign out/ }).click();
    await useKey(visitor, who);
    await visitor.page.getByLabel('New password').fill(freshPassword());
    await visitor.press('Set my new password');
    await heading(visitor.page, 'Your password is changed');
    assert.deepEqual([visitor.foreign, visitor.complaints], [[], []]);
    await visitor.close();
  });
}

test('a passkey of the computer itself is added at the portal, and its owner resets their password with it', () =>
  played({ who: 0, passkeys: '{}', factor: 'passkey', plug: (page) => plugIn(page, { transport: 'internal' }) }));

test('a passkey that can be copied does where the policy names it', () =>
  played({
    who: 1,
    passkeys: '{ synced: where-named }',
    factor: 'synced-passkey',
    says: /It can be copied to other devices, so it counts only when you reset/,
    plug: (page) => plugIn(page, { transport: 'internal', synced: true }),
  }));

test('a key that stays in one device does where one that can be copied would be enough', () =>
  played({ who: 2, passkeys: '{ synced: where-named }', factor: 'synced-passkey', plug: (page) => plugIn(page) }));
