import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { codeNow, enrolled, identified, person, seal, useVerifier, type Enrolled, type OpenReset } from './world.ts';

const world = await useVerifier();
const officers = ['S-CS-Security-Officers'];
const priya = await enrolled(world, person('priya', { groups: officers }));
const quentin = await enrolled(world, person('quentin', { groups: officers }));
const ines = await enrolled(world, person('ines', { groups: ['S-CS-Approvers'] }));
await enrolled(world, person('alice'));

async function lock(
  { reset, run, account }: OpenReset,
  officer: Enrolled,
  typed: string,
  updateId: string = randomUUID(),
  sealedAs: object = {},
): Promise<string> {
  const reason = 'ab'.repeat(32);
  const sealed = await seal(world, 'lock', reset, { value: typed, officer: officer.guid, reason, ...sealedAs });
  const answer = await world.verifier.confirmLock({ reset, run, account, officer: officer.guid, reason, updateId, sealed });
  return answer.outcome === 'confirmed' ? 'locked' : answer.code;
}

const locks = (reset: string) => world.superuser.attestation.count({ where: { resetId: reset, kind: 'lock' } });

async function claimed(reset: OpenReset, state: string): Promise<void> {
  const data = { digest: 'x', pwdLastSetBefore: '1', controller: 'dc1', accountGuid: reset.account!, ordinal: 1, state };
  await world.superuser.writeClaim.create({ data: { ...data, resetId: reset.reset } });
}

test('any officer locks with a code of their own, once for all; nobody else does', async () => {
  const reset = await identified(world, 'alice');
  assert.equal(await lock(reset, ines, codeNow(ines)), 'officer-needed', 'an approver is no officer');
  world.directory.set(quentin.guid, { ...quentin, locked: true });
  assert.equal(await lock(reset, quentin, codeNow(quentin)), 'approver-not-active');
  world.directory.set(quentin.guid, quentin);
  assert.equal(await lock(reset, quentin, codeNow(priya)), 'factor-not-accepted');
  for (const lie of [{ officer: priya.guid }, { reason: 'cd'.repeat(32) }])
    assert.equal(await lock(reset, quentin, codeNow(quentin), randomUUID(), lie), 'factor-not-accepted', 'sealed as something else');
  assert.equal(await locks(reset.reset), 0);
  const code = codeNow(quentin);
  assert.equal(await lock(reset, quentin, code, 'retried'), 'locked', 'no refusal burned the code');
  assert.equal(await lock(reset, quentin, code, 'retried'), 'locked', 'a retry learns the same');
  assert.equal(await lock(reset, priya, '000000'), 'locked', 'it is locked already, and is signed once');
  assert.equal(await locks(reset.reset), 1);
  const row = await world.superuser.reset.findUniqueOrThrow({ where: { id: reset.reset } });
  assert.deepEqual([row.lockedBy, row.lockedByName], [quentin.guid, 'quentin']);
  const leaves = await world.superuser.leaf.findMany({ where: { resetId: reset.reset, type: { startsWith: 'reset.lock' } } });
  assert.deepEqual(leaves.map(({ type }) => type).toSorted(), [...Array<string>(5).fill('reset.lock-refused'), 'reset.locked']);
});

test('also a decoy is locked, a reset of their own account, and soon after a reset of their own', async () => {
  const decoy = await identified(world, 'nobody.at.all');
  assert.equal(decoy.account, null);
  assert.equal(await lock(decoy, priya, codeNow(priya)), 'locked');
  const own = await identified(world, 'priya');
  await claimed(own, 'verified');
  const again = await identified(world, 'priya');
  assert.equal(await lock(again, priya, codeNow(priya, 1)), 'locked');
});

test('it comes too late for a write that may have been made, and in time for one that was not', async () => {
  for (const state of ['claimed', 'applied', 'verified', 'unverified', 'unknown']) {
    const reset = await identified(world, 'alice');
    await claimed(reset, state);
    assert.equal(await lock(reset, quentin, codeNow(quentin, 1)), 'lock-too-late', state);
    assert.equal(await locks(reset.reset), 0);
  }
  const reset = await identified(world, 'alice');
  await claimed(reset, 'unsent');
  assert.equal(await lock(reset, quentin, codeNow(quentin, 1)), 'locked', 'too late burned no code');
});
