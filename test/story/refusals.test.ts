import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast, type Cast } from '#test/support/people.ts';
import { claimant, freshPassword, proven } from '#test/support/scenes.ts';
import { asAdministrator, passwordVersion } from '#test/support/directory.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { server, type Server } from '#test/support/temporal.ts';

let stack: TestStack;
let people: Cast;
let temporal: Server;

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
  temporal = await server(stack.run);
});
after(async () => {
  await temporal?.close();
  await people?.close();
});

async function idOf(reference: string): Promise<string> {
  const [row] = await people.sql<{ id: string }>('SELECT id FROM reset WHERE reference = $1', [reference]);
  return row?.id ?? '';
}

for (const [account, code] of [['dora.lind', 'account-disabled'], ['emil.novak', 'account-expired']] as const) {
  test(`${account} is told ${code}, and only behind proof and factor`, async () => {
    const who = claimant(stack.run);
    assert.equal((await who.name(account)).body.next.step, 'prove');
    assert.equal((await who.prove(await people.recoveryCode(account))).body.next.step, 'factor');
    const factor = await who.factor(await people.code(account));
    assert.equal(factor.body.code, code, factor.text);
    assert.equal((await who.look()).body.state, 'refused');
    assert.equal((await who.choose(freshPassword())).status, 409);
  });
}

test('after five wrong proofs the reset ends in the same words for somebody and for nobody', async () => {
  const ends = [];
  for (const account of ['alice.moreau', 'nobody.at.all']) {
    const who = claimant(stack.run);
    await who.name(account);
    for (let i = 0; i < 4; i++) {
      const answer = await who.prove('0000-0000-0000-0000');
      assert.deepEqual([answer.status, answer.body.code], [422, 'proof-not-accepted']);
    }
    const last = await who.prove('0000-0000-0000-0000');
    const look = await who.look();
    ends.push({ status: last.status, code: last.body.code, state: look.body.state, next: look.body.next });
  }
  assert.deepEqual(ends[0], ends[1]);
  assert.equal(ends[0]?.code, 'not-accepted');
});

test('a reset that nobody proves expires after ten minutes', async () => {
  const who = claimant(stack.run);
  await who.name('alice.moreau');
  await temporal.skip(await idOf(who.reference), 601);
  assert.equal((await who.until('expired')).next.code, 'reset-expired');
  assert.equal((await who.prove(await people.recoveryCode('goran.petrovic'))).status, 409);
});

test('a step that is not open is refused and leaves the reset as it is', async () => {
  const who = claimant(stack.run);
  await who.name('alice.moreau');
  assert.deepEqual([(await who.factor('123456')).body.code, (await who.choose(freshPassword())).body.code], ['not-now', 'not-now']);
  assert.equal((await who.look()).body.state, 'proving');
  assert.equal((await who.cancel()).status, 200);
  assert.equal((await who.look()).body.state, 'cancelled');
});

test('a newer reset that is proven as well takes the account over', async () => {
  const older = await proven(stack.run, people, 'goran.petrovic');
  const newer = await proven(stack.run, people, 'goran.petrovic');
  assert.equal((await older.who.until('refused')).next.code, 'superseded');
  const password = freshPassword();
  assert.equal((await newer.who.choose(password)).status, 202);
  assert.equal((await newer.who.until('done', 'refused')).state, 'done');
  assert.equal((await people.bind('goran.petrovic', password)).answer, 'ok');
});

test('another browser cannot look at a reset or move it', async () => {
  const who = claimant(stack.run);
  await who.name('alice.moreau');
  const other = claimant(stack.run);
  other.reference = who.reference;
  for (const answer of [await other.look(), await other.prove('0000-0000-0000-0000'), await other.cancel()]) {
    assert.deepEqual([answer.status, (answer.body as { code?: string }).code], [404, 'wrong-browser']);
  }
  const unknown = claimant(stack.run);
  unknown.reference = '0000-0000-0000';
  assert.equal((await unknown.look()).text, (await other.look()).text, 'a reference that does not exist answers the same');
});

test('a sealed password is erased by its time even when the reset is terminated', async () => {
  const directory = asAdministrator(stack.state);
  const version = await passwordVersion(directory, 'bilal.osman');
  const { who } = await proven(stack.run, people, 'bilal.osman');
  await stack.kill('writer-staff', 'SIGKILL');
  try {
    assert.equal((await who.choose(freshPassword())).status, 202);
    const reset = await idOf(who.reference);
    await temporal.terminate(reset);
    assert.equal((await people.sql('SELECT 1 FROM sealed WHERE subject = $1', [reset])).length, 1);
    await people.sql(`UPDATE sealed SET expires_at = now() - interval '1 second' WHERE subject = $1`, [reset]);
    await stack.restart('worker'); // sweeps at its start
    for (let rows = 1; rows > 0; ) rows = (await people.sql('SELECT 1 FROM sealed WHERE subject = $1', [reset])).length;
  } finally {
    await stack.restart('writer-staff');
  }
  assert.equal(await passwordVersion(directory, 'bilal.osman'), version, 'the directory was never asked');
  await directory.close();
});
