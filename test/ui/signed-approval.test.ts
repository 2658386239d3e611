import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast, type Cast } from '#test/support/people.ts';
import { freshPassword, inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, signInAt, watchedPage } from './watched-browser.ts';

let stack: TestStack;
let people: Cast;
const OFFICER = 'priya.menon';

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
  await people.forgetKeys(OFFICER);
});
after(async () => {
  await closeBrowser();
  // As if the scene had never been: whoever begins anew with codes counts as having replaced their factors.
  await people?.forgetKeys(OFFICER);
  await people?.close();
});

test('a privileged reset is approved by two people on two security keys; who has none is led to registering one first', async () => {
  const { who } = await proven(stack.run, people, 'rosa.klein');
  const manager = await watchedPage(stack.run);
  const officer = await watchedPage(stack.run);
  try {
    const held = await people.key('ines.duarte', await signedIn(stack.run, people, 'ines.duarte'));
    await plugIn(manager.page, { holds: { key: held, rpId: people.page.rpId } });
    const first = await inboxItem(await signedIn(stack.run, people, 'ines.duarte'), who.reference);
    assert.ok(first);
    await signInAt(manager, people, 'ines.duarte', `/console/approvals/${first.id}/show`);
    await manager.page.getByLabel('Approve').check();
    await manager.page.getByLabel('Reason').fill('She called me from her desk');
    await manager.picture('console-signed-decision');
    await manager.axe('a decision to be signed');
    await manager.page.getByRole('button', { name: 'Approve with your security key' }).click();
    await manager.page.getByRole('heading', { name: 'Your decision is recorded' }).waitFor();

    const { page } = officer;
    const second = await inboxItem(await signedIn(stack.run, people, OFFICER), who.reference);
    assert.ok(second);
    await signInAt(officer, people, OFFICER, `/console/approvals/${second.id}/show`);
    await page.getByText('You have no security key yet').waitFor();
    assert.equal(await page.getByLabel('Reason').count(), 0, 'nothing to fill in that could not be sent');
    await officer.axe('a decision without a key');
    await page.getByRole('link', { name: 'Register your key' }).click();
    await plugIn(page);
    await page.getByLabel('A name for it').fill('my first key');
    await page.getByLabel('Code from your authenticator').fill(await people.code(OFFICER));
    await page.getByLabel('Recovery code').fill(await people.recoveryCode(OFFICER));
    await page.getByRole('button', { name: 'Register this key' }).click();
    await page.getByText('The key is registered.').waitFor();
    await officer.axe('a key registered for a decision');
    await page.getByRole('link', { name: 'Back to the decision' }).click();
    await page.getByLabel('Approve').check();
    await page.getByLabel('Reason').fill('The manager and I have spoken');
    await page.getByRole('button', { name: 'Approve with your security key' }).click();
    await page.getByRole('heading', { name: 'Your decision is recorded' }).waitFor();

    assert.equal((await who.until('choosing-password', 'refused')).state, 'choosing-password');
    assert.equal((await who.choose(freshPassword())).status, 202);
    assert.equal((await who.until('done', 'refused')).state, 'done', 'the writer has checked both signatures by itself');
    const decided = await people.sql<{ body: string }>(
      `SELECT a.body FROM attestation a JOIN reset r ON r.id = a.reset_id WHERE r.reference = $1 AND a.kind = 'decision' ORDER BY a.at`,
      [who.reference],
    );
    const signed = decided.map(({ body }) => JSON.parse(body) as { method: string; credential: string; person: string });
    assert.deepEqual(
      signed.map(({ method, person }) => [method, person]),
      [
        ['passkey', await people.guid('ines.duarte')],
        ['passkey', await people.guid(OFFICER)],
      ],
    );
    assert.notEqual(signed[0]?.credential, signed[1]?.credential);
    assert.deepEqual([...manager.strays, ...officer.strays], []);
  } finally {
    await manager.close();
    await officer.close();
  }
});
