import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formVisitor } from '#test/support/portal-forms.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { keepPicture } from './keep-picture.ts';
import { inspect } from './portal-visitor.ts';
import { useStaffAtPortal } from './staff-at-portal.ts';
import { plugIn } from './virtual-key.ts';

const { world, someone, origin, newVisitor, heading, later, signInToFactors } = useStaffAtPortal(1);
const rules = `rules:
${privilegedRule}
  - id: standard
    when: { protected: false }
    accept: [{ name: a code and a key, proofs: [recovery-code], factors: [passkey] }]
    approvals: [{ label: security-officer, by: { group: CS-Security-Officers } }]`;

test('whoever proved themselves with a key comes back to the parked reset with it, in a browser that holds nothing', () =>
  underPolicy(world.stack, rules, async () => {
    const who = someone(0);
    const visitor = await newVisitor();
    const { page, press } = visitor;
    await signInToFactors(visitor, who);
    await later();
    await page.getByRole('link', { name: 'Add a security key' }).click();
    const key = await plugIn(page);
    await page.getByLabel('A name for the key').fill('blue key');
    await page.getByLabel('Digits from your app').fill(who.code());
    await page.getByLabel('A printed recovery code').fill(who.recoveryCode());
    await press('Add this key');
    await heading(page, 'My factors');

    await page.goto(origin());
    await page.getByLabel('Your account name').fill(who.account);
    await press('Continue');
    await page.getByLabel('A printed recovery code').check();
    await page.getByLabel('Your code').fill(who.recoveryCode());
    await press('Continue');
    await press('Use your security key');
    await page.getByText('or with the security key or smart card that you used here').waitFor();
    const reference = /\/reset\/([0-9A-Z-]{14})/.exec(page.url())?.[1] ?? '';

    await page.context().clearCookies();
    await page.goto(`${origin()}/reset/resume`);
    await inspect(page);
    await keepPicture(page, 'portal-resume');
    await page.getByRole('button', { name: 'Use a security key or a smart card' }).click();
    await page.getByRole('link', { name: 'Enter the reference of your reset.' }).waitFor();
    await page.getByLabel('Reference of your reset').fill(reference.toLowerCase());
    await later();
    await page.getByLabel('Digits from your app or token').fill(who.code());
    await press('Come back to my reset');
    await page.getByRole('link', { name: /If you showed a security key or a smart card before/ }).waitFor();
    await page.getByRole('button', { name: 'Use a security key or a smart card' }).click();
    await heading(page, 'Come back with a key or card');
    await inspect(page);
    await keepPicture(page, 'portal-return');
    await key.knowsOwner(false);
    await page.getByRole('button', { name: 'Use your security key' }).click();
    await page.getByText('The key was not used').waitFor();
    await key.knowsOwner(true);
    await press('Use your security key');
    await page.getByText('or with the security key or smart card that you used here').waitFor();
    assert.ok(page.url().endsWith(`/reset/${reference}`));

    // Another reference, with the same key: a reset that is somebody's or nobody's looks and ends the same.
    await page.context().clearCookies();
    await page.goto(`${origin()}/reset/0000-0000-0000/return`);
    await heading(page, 'Come back with a key or card');
    await press('Use your security key');
    await page.getByText('The reference and what you showed were not accepted together.').first().waitFor();
    await inspect(page);
    await page.goto(`${origin()}/reset/${reference}/return`);
    await press('Use your security key');
    await page.getByText('Cancel this reset', { exact: true }).click();
    await press('Yes, cancel this reset');
    assert.deepEqual([visitor.foreign, visitor.complaints], [[], []]);
    await visitor.close();
  }));

test('the page of a reference that is nobody’s differs in nothing but what is random', async () => {
  const stranger = formVisitor(world.stack.run);
  const plain = (page: string) => {
    const asked = JSON.parse((/ data-key="([^"]+)"/.exec(page)?.[1] ?? '').replaceAll('&quot;', '"').replaceAll('&#34;', '"')) as {
      get: Record<string, unknown>;
    };
    assert.match(String(asked.get['challenge']), /^[\w-]{43}$/);
    return page
      .replaceAll(String(asked.get['challenge']), 'CHALLENGE')
      .replaceAll(/[\w-]{22}\.[\w-]{43}/g, 'HANDLE')
      .replaceAll(/value="[^"]*"/g, 'VALUE')
      .replaceAll(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/g, 'REFERENCE');
  };
  await stranger.open('/');
  await stranger.send('/reset', { account: 'goran.petrovic' });
  const [, reference = ''] = /([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})/.exec(stranger.page()) ?? [];
  const other = formVisitor(world.stack.run);
  await other.open(`/reset/${reference}/return`);
  const theirs = plain(other.page());
  await other.open('/reset/ZZZZ-ZZZZ-ZZZZ/return');
  assert.equal(plain(other.page()), theirs);
});
