import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { codeNow, enrolled, factor, identified, person, prove, seal, useVerifier, type Enrolled, type OpenReset } from './world.ts';

const world = await useVerifier();

/** The claimant comes back after the end. The factor burned the code of this step, so they show the next one, which is good already. */
async function comeBack(reset: OpenReset, value: string, updateId: string = randomUUID()): Promise<string> {
  const sealed = await seal(world, 'resume', reset.reset, { method: 'totp', value, update: updateId });
  const answer = await world.verifier.checkReturn({ ...reset, updateId, sealed });
  return answer.outcome === 'passed' ? (JSON.parse(answer.word.text) as { kind: string }).kind : answer.outcome;
}

async function endedFor(who: Enrolled, seconds = 0): Promise<OpenReset> {
  const reset = await identified(world, who.samAccountName);
  assert.equal(await prove(world, reset, who.recoveryCodes[0]!), 'passed');
  assert.equal(await factor(world, reset, codeNow(who)), 'passed');
  await end(reset, seconds);
  return reset;
}

async function end({ reset }: OpenReset, seconds = 0): Promise<void> {
  await world.superuser
    .$executeRaw`UPDATE reset SET state = 'refused', ended_at = now() - make_interval(secs => ${seconds}) WHERE id = ${reset}::uuid`;
}

const failures = async ({ guid }: Enrolled): Promise<number> =>
  (await world.superuser.attempts.findUnique({ where: { key: `factor:${guid}` } }))?.failures ?? 0;

test('a fresh code earns a word after the end, once, and a retried request learns the same', async () => {
  const alma = await enrolled(world, person('alma'));
  const burned = codeNow(alma);
  const reset = await endedFor(alma);
  const signed = () => world.superuser.attestation.count({ where: { resetId: reset.reset } });
  const before = await signed();
  assert.equal(await comeBack(reset, burned), 'failed', 'the code of the factor is burned');
  const next = codeNow(alma, 1);
  assert.equal(await comeBack(reset, next, 'mine'), 'resumed');
  assert.equal(await comeBack(reset, next, 'mine'), 'resumed');
  assert.equal(await comeBack(reset, next), 'failed');
  assert.equal(await signed(), before, 'nothing is attested that a write could stand on');
  const leaves = await world.superuser.leaf.findMany({ where: { resetId: reset.reset, type: 'resume.checked' }, orderBy: { seq: 'asc' } });
  assert.deepEqual(
    leaves.map(({ outcome, reason }) => `${outcome} ${reason}`),
    ['failure reset-ended', 'success reset-ended', 'failure reset-ended'],
  );
});

test('wrong codes after the end count for the account like all others, up to the same limit', async () => {
  const bela = await enrolled(world, person('bela'));
  const reset = await endedFor(bela);
  assert.equal(await failures(bela), 0);
  for (let i = 1; i <= 20; i++) {
    assert.equal(await comeBack(reset, '000000'), 'failed');
    assert.equal(await failures(bela), i);
  }
  assert.equal(await comeBack(reset, codeNow(bela, 1)), 'failed', 'over the limit of the hour the right one fails too');
});

test('a reset tells how it ended for a day, and not before it ended', async () => {
  const cleo = await enrolled(world, person('cleo'));
  const long = await endedFor(cleo, 86_400 + 5);
  assert.equal(await comeBack(long, codeNow(cleo, 1)), 'failed');
  await world.superuser.$executeRaw`UPDATE reset SET ended_at = NULL WHERE id = ${long.reset}::uuid`;
  assert.equal(await comeBack(long, codeNow(cleo, 1)), 'failed', 'one that is open has its own workflow');
  assert.equal(await failures(cleo), 0, 'nothing was judged, so nothing was counted');
  await end(long, 86_400 - 60);
  assert.equal(await comeBack(long, codeNow(cleo, 1)), 'resumed');
});

test('whoever has not proven an account cannot try its codes by ending a reset, nor wear out its authenticator', async () => {
  const dana = await enrolled(world, person('dana'));
  const named = await identified(world, 'dana');
  await end(named);
  const halfway = await identified(world, 'dana');
  assert.equal(await prove(world, halfway, dana.recoveryCodes[0]!), 'passed');
  await end(halfway);
  const decoy = await identified(world, 'nobody-at-all');
  await end(decoy);
  for (const reset of [named, halfway, decoy]) {
    assert.equal(await comeBack(reset, codeNow(dana)), 'failed');
    for (let i = 0; i < 5; i++) assert.equal(await comeBack(reset, '000000'), 'failed');
  }
  assert.equal(await failures(dana), 0);
  const authenticator = await world.superuser.totp.findFirstOrThrow({ where: { accountGuid: dana.guid } });
  assert.deepEqual([authenticator.failures, authenticator.lastStep], [0, null], 'the right code was not even burned');
  const mine = await seal(world, 'resume', named.reset, { method: 'totp', value: codeNow(dana), update: 'u' });
  await assert.rejects(world.verifier.checkReturn({ ...decoy, account: dana.guid, updateId: 'u', sealed: mine }), /another account/);
});
