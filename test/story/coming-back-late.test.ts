import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REFUSALS, type RefusalCode } from '#domain/refusals.ts';
import type { Answer } from '#test/support/http-client.ts';
import { claimant, decide, freshPassword, inboxItem, proven, signedIn, type Claimant, type Moved } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

/** The claimant of a parked reset goes away, it ends meanwhile, and they come back with reference and a fresh code. */
const world = useWorld();
const ACCOUNT = 'rosa.klein';

function back(reference: string, value: string): { browser: Claimant; answer: Promise<Answer<Moved & { reference: string }>> } {
  const browser = claimant(world.stack.run);
  browser.reference = reference;
  return { browser, answer: browser.http.post('/api/v1/portal/resume', { reference, factor: 'totp', value }) };
}

/** Comes back and is told the end in the domain's words; the browser that was left behind loses the reset. */
async function learns(who: Claimant, account: string, state: string, code: RefusalCode): Promise<void> {
  const { browser, answer } = back(who.reference, await world.people.code(account));
  const { status, body, text } = await answer;
  assert.equal(status, 200, text);
  assert.deepEqual([body.next.step, body.next.code, body.next.message], ['refused', code, REFUSALS[code].words]);
  assert.equal((await browser.look()).body.state, state);
  assert.equal((await who.look()).status, 404);
  browser.close();
  who.close();
}

test('denied while away', async () => {
  const { who } = await proven(world.stack.run, world.people, ACCOUNT);
  const ines = await signedIn(world.stack.run, world.people, 'ines.duarte');
  const item = await inboxItem(ines, who.reference);
  assert.ok(item);
  assert.equal((await decide(ines, world.people, 'ines.duarte', item.id, 'deny')).status, 200);
  const wrong = await back(who.reference, world.people.wrongCode(ACCOUNT)).answer;
  assert.deepEqual([wrong.status, wrong.body.code], [422, 'resume-refused']);
  await learns(who, ACCOUNT, 'refused', 'approval-denied');
  ines.close();
});

test('expired while away, because nobody decided', async () => {
  const { who } = await proven(world.stack.run, world.people, ACCOUNT);
  await world.temporal.skip(await world.resetId(who.reference), 24 * 3600 + 60);
  await who.until('expired');
  await learns(who, ACCOUNT, 'expired', 'approval-expired');
});

test('cancelled, and taken over by a newer one', async () => {
  const older = await proven(world.stack.run, world.people, ACCOUNT);
  const newer = await proven(world.stack.run, world.people, ACCOUNT);
  await older.who.until('refused');
  assert.equal((await newer.who.cancel()).status, 200);
  await learns(older.who, ACCOUNT, 'refused', 'superseded');
  await learns(newer.who, ACCOUNT, 'cancelled', 'reset-cancelled');
});

test('finished elsewhere: who comes back reads that the password is changed, and can change nothing more', async () => {
  const { who } = await proven(world.stack.run, world.people, 'goran.petrovic');
  const elsewhere = back(who.reference, await world.people.code('goran.petrovic'));
  assert.equal((await elsewhere.answer).status, 200);
  const password = freshPassword();
  assert.equal((await elsewhere.browser.choose(password)).status, 202);
  assert.equal((await elsewhere.browser.until('done', 'refused')).state, 'done');

  const { browser, answer } = back(who.reference, await world.people.code('goran.petrovic'));
  const { status, body, text } = await answer;
  assert.deepEqual([status, body.next.step], [200, 'done'], text);
  assert.equal((await browser.choose(freshPassword())).status, 409);
  assert.equal((await world.people.bind('goran.petrovic', password)).answer, 'ok');
  for (const one of [who, elsewhere.browser, browser]) one.close();
});

test('the portal tells it too, on its own pages', async () => {
  const { who } = await proven(world.stack.run, world.people, ACCOUNT);
  assert.equal((await who.cancel()).status, 200);
  const { http } = claimant(world.stack.run);
  const field = (page: string, name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? '';
  const form = (await http.get('/reset/resume')).text;
  const sent = new URLSearchParams({
    nonce: field(form, 'nonce'),
    token: field(form, 'token'),
    reference: who.reference,
    digits: await world.people.code(ACCOUNT),
  });
  const answer = await http.raw('POST', '/reset/resume', sent.toString(), { 'content-type': 'application/x-www-form-urlencoded' });
  assert.deepEqual([answer.status, answer.headers.location], [303, `/reset/${who.reference}`]);
  const { text } = await http.get(`/reset/${who.reference}`);
  assert.match(text, /<h1>This reset is cancelled<\/h1>/);
  assert.ok(text.includes(REFUSALS['reset-cancelled'].words));
  for (const one of [who.http, http]) one.close();
});
