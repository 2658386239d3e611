import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guidDn } from '#activities/directory/entry.ts';
import { replaceAttribute } from '#test/directory/change.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { freshPassword } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { keepPicture } from './keep-picture.ts';
import { inspect } from './portal-visitor.ts';
import { useStaffAtPortal } from './staff-at-portal.ts';

const { world, someone, newVisitor } = useStaffAtPortal(1);
const rules = `rules:${privilegedRule}
  - id: standard
    when: { protected: false }
    accept: [{ name: a known password and the authenticator, proofs: [known-password], factors: [totp] }]
    approvals: []`;

test('whoever has to change the password at the next sign-in proves with it who they are and sets another', async () => {
  const who = someone(0);
  await replaceAttribute(world.directory, guidDn(await world.people.guid(who.account)), 'pwdLastSet', '0');
  assert.equal((await world.people.bind(who.account, who.password)).answer, 'must-change');
  await underPolicy(world.stack, rules, async () => {
    const { page, press, close, foreign, complaints } = await newVisitor();
    await page.getByLabel('Your account name').fill(who.account);
    await press('Continue');
    await page.getByLabel('The password that I still know').check();
    assert.equal(await page.getByLabel('Your code').isVisible(), false);
    await press('Continue');
    await page.getByRole('link', { name: 'Enter the password of your account.' }).waitFor();
    await page.getByLabel('Your present password').fill('Not-The-Password-1');
    await press('Continue');
    await page.getByRole('link', { name: /^That was not accepted/ }).waitFor();
    await inspect(page);
    assert.equal(await page.getByLabel('Your present password').inputValue(), '', 'what was typed is not shown again');
    await keepPicture(page, 'prove-by-password');
    await page.getByLabel('The password that I still know').check();
    await page.getByLabel('Your present password').fill(who.password);
    await press('Continue');
    await page.getByLabel('Digits from your app or token').fill(who.code());
    await press('Continue');
    const password = freshPassword();
    await page.getByRole('textbox', { name: 'New password' }).fill(password);
    await press('Set my new password');
    await page.getByRole('heading', { level: 1, name: 'Your password is changed' }).waitFor({ timeout: 60_000 });
    assert.equal((await world.people.bind(who.account, password)).answer, 'ok');
    assert.deepEqual([foreign, complaints], [[], []]);
    await close();
  });
});
