import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpClient } from '#test/support/http-client.ts';
import { claimant, newSource, proven } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

/**
 * Coming back to a reset that has ended must tell nothing to who holds a reference only: neither whose it was, nor how it ended.
 *
 * @alone How long an answer takes is a part of what it tells.
 */
const world = useWorld();
const ACCOUNT = 'nadia.rahman';

test('wrong code, unknown reference, decoy and a reset that nobody proved are one answer, and it takes as long', async () => {
  const { stack, people } = world;
  const { who } = await proven(stack.run, people, ACCOUNT);
  await who.cancel();
  const named = claimant(stack.run);
  await named.name(ACCOUNT);
  await named.cancel();
  const decoy = claimant(stack.run);
  await decoy.name('nobody.at.all');
  await decoy.cancel();

  const other = httpClient(stack.run, newSource());
  const resume = (reference: string, value: string) => other.post('/api/v1/portal/resume', { reference, factor: 'totp', value });
  const right = await people.code(ACCOUNT);
  const tries = {
    'a wrong code': await resume(who.reference, people.wrongCode(ACCOUNT)),
    'an unknown reference': await resume('0000-0000-0000', right),
    'a decoy': await resume(decoy.reference, right),
    'a decoy with a wrong code': await resume(decoy.reference, '000000'),
    'the right code, where nobody proved anything': await resume(named.reference, right),
    'a wrong code, where nobody proved anything': await resume(named.reference, '000000'),
  };
  const headers = (of: Record<string, unknown>) => Object.keys(of).toSorted();
  for (const [what, { status, text, ms, headers: sent }] of Object.entries(tries)) {
    const first = tries['a wrong code'];
    assert.deepEqual([status, text, headers(sent)], [422, first.text, headers(first.headers)], what);
    assert.ok(ms >= 990 && ms < 3000, `${what}: ${ms} ms`);
    assert.equal(sent['set-cookie'], undefined, what);
  }
  assert.match(tries['a decoy'].text, /"resume-refused"/);
  assert.equal((await resume(who.reference, right)).status, 200, 'the code was burned by none of them');
  for (const one of [who, named, decoy]) one.close();
  other.close();
});

test('tries after the end are counted and recorded, and the right code of somebody else opens nothing', async () => {
  const { stack, people } = world;
  const { who } = await proven(stack.run, people, ACCOUNT);
  await who.cancel();
  const key = `factor:${await people.guid(ACCOUNT)}`;
  const failures = async () => (await people.sql<{ failures: number }>('SELECT failures FROM attempts WHERE key = $1', [key]))[0]?.failures;
  const before = await failures();
  const other = httpClient(stack.run, newSource());
  const resume = async (value: string, idempotencyKey: string) =>
    (await other.post('/api/v1/portal/resume', { reference: who.reference, factor: 'totp', value }, { 'idempotency-key': idempotencyKey }))
      .status;
  assert.equal(await resume(await people.code('goran.petrovic'), 'a'), 422);
  assert.equal(await resume(people.wrongCode(ACCOUNT), 'b'), 422);
  assert.equal(await resume(people.wrongCode(ACCOUNT), 'b'), 422);
  assert.equal(await failures(), (before ?? 0) + 2, 'a repeated request is not a third try');
  const reset = await world.resetId(who.reference);
  const leaves = await people.sql<{ outcome: string }>(`SELECT outcome FROM leaf WHERE reset_id = $1 AND type = 'resume.checked'`, [reset]);
  assert.deepEqual(
    leaves.map(({ outcome }) => outcome),
    ['failure', 'failure'],
  );
  assert.equal((await who.look()).status, 200, 'the browser that holds it still does');
  who.close();
  other.close();
});
