import assert from 'node:assert/strict';
import { cast } from '#test/support/people.ts';
import { useStack } from '#test/support/stack.ts';
import { closeBrowser, signInAt, watchedPage } from '#test/ui/watched-browser.ts';

/** Run inside the sealed namespace: pages of portal and console in Chromium; none may ask for anything of another origin. */
const stack = await useStack();
const people = await cast(stack.state);
const watched = await watchedPage(stack.run);
const { page, strays } = watched;

await page.goto('/');
await page.getByLabel('Your account name').fill('bilal.osman');
await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Continue' }).click()]);

await signInAt(watched, people, 'mateo.silva');
for (const address of ['/console/resets', '/console/audit', '/console/approvals']) {
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).waitFor();
}
// Longer than react-admin waits before its telemetry, which asks for an image of its makers when it is on.
await page.waitForFunction(() => performance.now() > 2000);
assert.deepEqual(strays, [], 'a page asked for something of another origin');

await watched.close();
await closeBrowser();
await people.close();
