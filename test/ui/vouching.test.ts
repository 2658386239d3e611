import assert from 'node:assert/strict';
import { test } from 'node:test';
import { privilegedRule } from '#test/support/policies.ts';
import { freshPassword } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { keepPicture } from './keep-picture.ts';
import { inspect } from './portal-visitor.ts';
import { useStaffAtPortal } from './staff-at-portal.ts';

const { world, someone, origin, newVisitor, later } = useStaffAtPortal(2);
const rules = `rules:${privilegedRule}
  - id: standard
    when: { protected: false }
    accept: [{ name: a colleague and the authenticator, proofs: [vouching], factors: [totp] }]
    vouchers: [{ relation: manager }, { relation: same-unit }]
    approvals: []`;

test('a person without any code is vouched for by a colleague at their own computer and gets back to work', async () => {
  const [lost, colleague] = [someone(0), someone(1)];
  await underPolicy(world.stack, rules, async () => {
    const [one, two] = [await newVisitor(), await newVisitor()];
    await one.page.getByLabel('Your account name').fill(lost.account);
    await one.press('Continue');
    await inspect(one.page);
    await one.page.getByLabel('A colleague who vouches for me').check();
    assert.equal(await one.page.getByLabel('Your code').isVisible(), false, 'only what belongs to the chosen way is asked for');
    await inspect(one.page);
    await keepPicture(one.page, 'prove-by-vouching');
    const code = (await one.page.locator('.request-code').textContent()) ?? '';
    assert.match(code, /^[0-9A-Z]{3}-[0-9A-Z]{3}$/);
    await one.page.getByLabel('Account name of your colleague').fill(colleague.account);
    await one.press('Continue');
    await one.page.getByRole('link', { name: /A colleague has to vouch first/ }).waitFor();
    assert.equal(await one.page.locator('.request-code').textContent(), code);

    await two.page.goto(`${origin()}/factors`);
    await two.page.getByLabel('Your account name').fill(colleague.account);
    await two.page.getByLabel('Your password').fill(colleague.password);
    await two.press('Continue');
    await two.page.getByLabel('Digits from your app or token').fill(colleague.code());
    await two.press('Continue');
    await two.page.getByRole('link', { name: 'Vouch for a colleague' }).click();
    await two.page.getByRole('heading', { level: 1, name: 'Vouch for a colleague' }).waitFor();
    await inspect(two.page);
    await later();
    await two.page.getByLabel('Account name of the person beside you').fill(lost.account);
    await two.page.getByLabel('Request code on their screen').fill('K7Q-2XD');
    await two.page.getByLabel('Digits from the app or token that you have already').fill(colleague.code());
    await two.press('I see this person and vouch for them');
    await two.page.getByRole('link', { name: /No open request has this account and this request code together/ }).waitFor();
    await inspect(two.page);
    await two.page.getByLabel('Request code on their screen').fill(code.toLowerCase());
    await two.page.getByLabel('Digits from the app or token that you have already').fill(colleague.code());
    await keepPicture(two.page, 'vouch');
    await two.press('I see this person and vouch for them');
    await two.page.getByText('You have vouched.').waitFor();
    await inspect(two.page);

    await one.page.getByLabel('A colleague who vouches for me').check();
    await one.page.getByLabel('Account name of your colleague').fill(colleague.account);
    await one.press('Continue');
    await one.page.getByLabel('Digits from your app or token').fill(lost.code());
    await one.press('Continue');
    const password = freshPassword();
    await one.page.getByRole('textbox', { name: 'New password' }).fill(password);
    await one.press('Set my new password');
    await one.page.getByRole('heading', { level: 1, name: /changed/i }).waitFor();
    assert.equal((await world.people.bind(lost.account, password)).answer, 'ok');
    assert.deepEqual([one.foreign, one.complaints, two.foreign, two.complaints], [[], [], [], []]);
    await one.close();
    await two.close();
  });
});
