import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast, type Cast } from '#test/support/people.ts';
import { freshPassword, proven, signedIn } from '#test/support/scenes.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, sceneAt, signInAt, type WatchedPage } from './watched-browser.ts';

let stack: TestStack;
let people: Cast;

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
});
after(async () => {
  await closeBrowser();
  await people?.close();
});

/** Signs in with the person's own key plugged in. */
async function atWork(watched: WatchedPage, account: string, address: string): Promise<void> {
  const key = await people.key(account, await signedIn(stack.run, people, account));
  await signInAt(watched, people, account, address);
  await plugIn(watched.page, { holds: { key, rpId: people.page.rpId } });
}

const SIGN = 'Sign break-glass with your security key';

test('two officers let a reset go on that nobody approved; everybody is told, and a third person closes the review', async () => {
  const { who } = await proven(stack.run, people, 'rosa.klein');
  const [row] = await people.sql<{ id: string }>('SELECT id FROM reset WHERE reference = $1', [who.reference]);
  assert.ok(row);
  const address = `/console/resets/${row.id}/show`;
  await sceneAt(stack.run, async (first) => {
    await atWork(first, 'priya.menon', address);
    const { page } = first;
    await page.getByRole('heading', { name: 'Break-glass' }).waitFor();
    await page.getByRole('button', { name: SIGN }).click();
    await page.getByText('Say why: whoever reviews this reads it.').waitFor();
    const form = page.locator('form').filter({ has: page.getByRole('button', { name: SIGN }) });
    await form.getByLabel('Reason').fill('Her manager is on a plane, and the payments run at five.');
    await first.axe('break-glass to be signed');
    await first.picture('console-break-glass');
    await page.getByRole('button', { name: SIGN }).click();
    await page.getByText('Your signature is recorded.').waitFor();
    await page.getByText('Begun. Another security officer has to sign before anything changes.').waitFor();
    assert.match((await who.look()).body.next.message, /two security officers may let it go on/);
  });
  await sceneAt(stack.run, async (approver) => {
    await signInAt(approver, people, 'ines.duarte', address);
    await approver.page.getByText('Signed by Priya Menon').waitFor();
    const [stage] = await people.sql<{ id: string }>('SELECT id FROM approval WHERE reset_id = $1::uuid AND stage = 0', [row.id]);
    await approver.page.goto(`/console/approvals/${stage?.id}/show`);
    await approver.page.getByText('Break-glass has begun').waitFor();
    await approver.axe('a decision while break-glass has begun');
    await approver.picture('console-break-glass-approver');
  });
  await sceneAt(stack.run, async (second) => {
    await atWork(second, 'quentin.roux', address);
    const { page } = second;
    await page.getByText('Reason: Her manager is on a plane, and the payments run at five.').waitFor();
    const form = page.locator('form').filter({ has: page.getByRole('button', { name: SIGN }) });
    await form.getByLabel('Reason').fill('I called her on the number in the directory.');
    await page.getByRole('button', { name: SIGN }).click();
    await page.getByText('Signed by enough officers.').waitFor();
    await second.axe('break-glass that was given');
    await second.picture('console-break-glass-given');
  });
  assert.equal((await who.until('choosing-password', 'refused')).state, 'choosing-password');
  assert.equal((await who.choose(freshPassword())).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done', 'the writer has checked both signatures by itself');
  const [started] = await people.sql<{ body: string }>(`SELECT body FROM leaf WHERE reset_id = $1::uuid AND type = 'write.started'`, [
    row.id,
  ]);
  assert.equal((JSON.parse(started?.body ?? '{}') as { do: Record<string, unknown> }).do['by'], 'break-glass');

  await sceneAt(stack.run, async (officer) => {
    await signInAt(officer, people, 'quentin.roux', '/console/reviews');
    await officer.page.getByText('You took part in this reset yourself').first().waitFor();
    await officer.picture('console-review-not-mine');
    await officer.page.goto('/console/alarms');
    await officer.page.getByText('Break-glass lets a reset go on').first().waitFor();
    await officer.axe('alarms of break-glass');
    await officer.picture('console-break-glass-alarms');
  });
  await sceneAt(stack.run, async (third) => {
    await atWork(third, 'lena.fischer', '/console/reviews');
    const { page } = third;
    await page.getByRole('heading', { name: 'Break-glass for Rosa Klein' }).first().waitFor();
    await third.axe('an open review');
    await third.picture('console-reviews');
    // Others may be open, or closed by her before.
    const review = page.getByRole('listitem').filter({ has: page.locator(`a[href$="/resets/${row.id}/show"]`) });
    await review.getByLabel('It was justified').check();
    await review.getByLabel('What you found').fill('The flight and the call are as they said.');
    await review.getByRole('button', { name: 'Close the review with your security key' }).click();
    await review.getByText('Closed by Lena Fischer').waitFor();
    const open = await people.sql<{ state: string }>('SELECT state FROM review WHERE reset_id = $1::uuid', [row.id]);
    assert.deepEqual(open, [{ state: 'closed' }]);
    await third.axe('a closed review');
  });
});
