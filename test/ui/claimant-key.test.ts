import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPassword } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { keepPicture } from './keep-picture.ts';
import { inspect, type Visitor } from './portal-visitor.ts';
import { useStaffAtPortal } from './staff-at-portal.ts';
import { plugIn } from './virtual-key.ts';

const { world, someone, origin, newVisitor, heading, later, signInToFactors } = useStaffAtPortal(1);

/** Up to the page that asks for what somebody holds. */
async function upToFactor({ page, press }: Visitor, account: string, recoveryCode: string): Promise<void> {
  await page.goto(origin());
  await page.getByLabel('Your account name').fill(account);
  await press('Continue');
  await page.getByLabel('A printed recovery code').check();
  await page.getByLabel('Your code').fill(recoveryCode);
  await press('Continue');
}

const rules = `rules:
${privilegedRule}
  - id: standard
    when: { protected: false }
    accept: [{ name: a code and a key, proofs: [recovery-code], factors: [passkey] }]
    approvals: []`;

test('somebody adds a security key under My factors and resets their password with it; a key without PIN and a synced one are refused', () =>
  underPolicy(world.stack, rules, async () => {
    const who = someone(0);
    const visitor = await newVisitor();
    const { page, press } = visitor;
    await signInToFactors(visitor, who);
    await later();

    await page.getByRole('link', { name: 'Add a security key' }).click();
    await heading(page, 'Add a security key');
    await inspect(page);
    await keepPicture(page, 'portal-add-key');
    const fill = async () => {
      await page.getByLabel('A name for the key').fill('blue key');
      await page.getByLabel('Digits from your app').fill(who.code());
      await page.getByLabel('A printed recovery code').fill(who.recoveryCode());
    };
    const synced = await plugIn(page, { synced: true });
    await fill();
    await press('Add this key');
    await page.getByText('This passkey can be copied to other devices').first().waitFor();
    await synced.takeOut();
    const blue = await plugIn(page);
    await blue.knowsOwner(false);
    await fill();
    await page.getByRole('button', { name: 'Add this key' }).click();
    await page.getByText('The key was not used').waitFor();
    await inspect(page);
    await blue.knowsOwner(true);
    await press('Add this key');
    await heading(page, 'My factors');
    await page.getByText('The security key is added.').waitFor();
    await inspect(page);
    await keepPicture(page, 'portal-factors-with-key');
    await page.getByRole('button', { name: /^Sign out/ }).click();

    await upToFactor(visitor, who.account, who.recoveryCode());
    await heading(page, 'Confirm with what you hold');
    await inspect(page);
    await keepPicture(page, 'portal-factor-key');
    await blue.knowsOwner(false);
    await page.getByRole('button', { name: 'Use your security key' }).click();
    await page.getByText('The key was not used').waitFor();
    await blue.knowsOwner(true);
    await press('Use your security key');
    await page.getByLabel('New password').fill(freshPassword());
    await press('Set my new password');
    await heading(page, 'Your password is changed');
    assert.deepEqual([visitor.foreign, visitor.complaints], [[], []]);
    await visitor.close();
  }));
