import assert from 'node:assert/strict';
import { cast } from '#test/support/people.ts';
import { freshPassword, proven, signedIn } from '#test/support/scenes.ts';
import { useStack } from '#test/support/stack.ts';

/** Run inside the sealed namespace: first pages, a sign-in to the console, and one standard reset to its end. */
const stack = await useStack();
const people = await cast(stack.state);

const auditor = await signedIn(stack.run, people, 'mateo.silva');
for (const page of ['/', '/console/', '/api/v1/openapi.json', '/api/v1/session', '/api/v1/approvals', '/api/v1/resets', '/readyz']) {
  const { status, text } = await auditor.get(page);
  assert.equal(status, 200, `${page}: ${status} ${text.slice(0, 200)}`);
}
const { who } = await proven(stack.run, people, 'alice.moreau');
const password = freshPassword();
assert.equal((await who.choose(password)).status, 202);
assert.equal((await who.until('done', 'refused', 'expired')).state, 'done');
assert.equal((await people.bind('alice.moreau', password)).answer, 'ok');
who.close();
auditor.close();
await people.close();
