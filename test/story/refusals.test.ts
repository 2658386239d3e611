import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimant, freshPassword, proven, signedIn } from '#test/support/scenes.ts';
import { passwordVersion } from '#test/support/directory.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();

for (const [account, code] of [
  ['dora.lind', 'account-disabled'],
  ['emil.novak', 'account-expired'],
] as const) {
  test(`${account} is told ${code}, and only behind proof and factor`, async () => {
    const who = claimant(world.stack.run);
    assert.equal((await who.name(account)).body.next.step, 'prove');
    assert.equal((await who.prove(await world.people.recoveryCode(account))).body.next.step, 'factor');
    const factor = await who.factor(await world.people.code(account));
    assert.equal(factor.body.code, code, factor.text);
    assert.equal((await who.look()).body.state, 'refused');
    assert.equal((await who.choose(freshPassword())).status, 409);
  });
}

test('after five wrong proofs the reset ends in the same words for somebody and for nobody', async () => {
  const ends = [];
  for (const account of ['alice.moreau', 'nobody.at.all']) {
    const who = claimant(world.stack.run);
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
  const who = claimant(world.stack.run);
  await who.name('alice.moreau');
  await world.temporal.skip(await world.resetId(who.reference), 601);
  assert.equal((await who.until('expired')).next.code, 'reset-expired');
  assert.equal((await who.prove(await world.people.recoveryCode('goran.petrovic'))).status, 409);
});

test('a step that is not open is refused and leaves the reset as it is', async () => {
  const who = claimant(world.stack.run);
  await who.name('alice.moreau');
  assert.deepEqual([(await who.factor('123456')).body.code, (await who.choose(freshPassword())).body.code], ['not-now', 'not-now']);
  assert.equal((await who.look()).body.state, 'proving');
  assert.equal((await who.cancel()).status, 200);
  assert.equal((await who.look()).body.state, 'cancelled');
});

test('a newer reset that is proven as well takes the account over', async () => {
  const older = await proven(world.stack.run, world.people, 'goran.petrovic');
  const newer = await proven(world.stack.run, world.people, 'goran.petrovic');
  assert.equal((await older.who.until('refused')).next.code, 'superseded');
  const password = freshPassword();
  assert.equal((await newer.who.choose(password)).status, 202);
  assert.equal((await newer.who.until('done', 'refused')).state, 'done');
  assert.equal((await world.people.bind('goran.petrovic', password)).answer, 'ok');
});

test('another browser cannot look at a reset or move it', async () => {
  const who = claimant(world.stack.run);
  await who.name('alice.moreau');
  const other = claimant(world.stack.run);
  other.reference = who.reference;
  for (const answer of [await other.look(), await other.prove('0000-0000-0000-0000'), await other.cancel()]) {
    assert.deepEqual([answer.status, (answer.body as { code?: string }).code], [404, 'wrong-browser']);
  }
  const unknown = claimant(world.stack.run);
  unknown.reference = '0000-0000-0000';
  assert.equal((await unknown.look()).text, (await other.look()).text, 'a reference that does not exist answers the same');
});

test('a sealed password is erased by its time even when the reset is terminated', async () => {
  const version = await passwordVersion(world.directory, 'bilal.osman');
  const { who } = await proven(world.stack.run, world.people, 'bilal.osman');
  await world.stack.kill('writer-staff', 'SIGKILL');
  try {
    assert.equal((await who.choose(freshPassword())).status, 202);
    const reset = await world.resetId(who.reference);
    await world.temporal.terminate(reset);
    assert.equal((await world.people.sql('SELECT 1 FROM sealed WHERE subject = $1', [reset])).length, 1);
    await world.people.sql(`UPDATE sealed SET expires_at = now() - interval '1 second' WHERE subject = $1`, [reset]);
    await world.stack.restart('worker'); // sweeps at its start
    for (let rows = 1; rows > 0;) rows = (await world.people.sql('SELECT 1 FROM sealed WHERE subject = $1', [reset])).length;
  } finally {
    await world.stack.restart('writer-staff');
  }
  assert.equal(await passwordVersion(world.directory, 'bilal.osman'), version, 'the directory was never asked');
});

test('what the API refuses by itself has its leaf too', async () => {
  const { stack, people } = world;
  const who = claimant(stack.run);
  await who.name('alice.moreau');
  const reset = await world.resetId(who.reference);
  await who.cancel();
  assert.equal((await who.prove('0000-0000-0000-0000')).status, 409);
  assert.equal((await who.choose(freshPassword())).status, 409);
  const rows = await people.sql<{ type: string; reason: string }>(
    `SELECT type, reason FROM leaf WHERE reset_id = $1 AND outcome = 'denied' ORDER BY seq`,
    [reset],
  );
  assert.deepEqual(
    rows.map(({ type, reason }) => `${type} ${reason}`),
    ['reset.not-now reset-ended', 'reset.not-now reset-ended'],
  );
  const resume = { reference: '0000-0000-0000', factor: 'totp', value: '000000' };
  assert.equal((await claimant(stack.run).http.post('/api/v1/portal/resume', resume)).status, 422);
  const [unknown] = await people.sql<{ reason: string }>(`SELECT reason FROM leaf WHERE type = 'resume.checked' ORDER BY seq DESC LIMIT 1`);
  assert.equal(unknown?.reason, 'unknown reference');
  const desk = await signedIn(stack.run, people, 'jonas.berg');
  assert.equal((await desk.get('/api/v1/audit/events')).status, 403);
  const [access] = await people.sql<{ reason: string }>(`SELECT reason FROM leaf WHERE type = 'access.refused' ORDER BY seq DESC LIMIT 1`);
  assert.match(access?.reason ?? '', /audit\/events/);
});
