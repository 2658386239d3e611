import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { readStatement } from '#prisma/statement-text.ts';
import { whyNotSignedLock } from '#prisma/officer-text.ts';
import type { LockConfirmed } from '#domain/attestation.ts';
import { begun, PAGE } from './keys.ts';
import { bent, lock as lockBy, officerOf, type How } from './officers.ts';
import { codeNow, enrolled, identified, person, useVerifier, type Enrolled, type OpenReset } from './world.ts';

const world = await useVerifier();
const priya = await officerOf(world, 'priya');
const quentin = await officerOf(world, 'quentin');
const ines = await enrolled(world, person('ines', { groups: ['S-CS-Approvers'] }));
await enrolled(world, person('alice'));

const locks = (reset: string) => world.superuser.attestation.count({ where: { resetId: reset, kind: 'lock' } });

async function claimed(reset: OpenReset, state: string): Promise<void> {
  const data = { digest: 'x', pwdLastSetBefore: '1', controller: 'dc1', accountGuid: reset.account!, ordinal: 1, state };
  await world.superuser.writeClaim.create({ data: { ...data, resetId: reset.reset } });
}

const lock = (reset: OpenReset, who: Enrolled, how?: How & { updateId?: string }) => lockBy(world, reset, who, how);

test('any officer locks with a key of their own, once for all; nobody else does', async () => {
  const reset = await identified(world, 'alice');
  assert.equal(await lock(reset, ines, { code: true }), 'officer-needed', 'an approver is no officer');
  world.directory.set(quentin.guid, { ...quentin, locked: true });
  assert.equal(await lock(reset, quentin), 'approver-not-active');
  world.directory.set(quentin.guid, quentin);
  const ceremony = await begun(world, quentin, `lock/${reset.reset}`);
  const lies: [string, How][] = [
    ['another reset', bent({ reset: randomUUID() })],
    ['another reason', bent({ reason: 'cd'.repeat(32) })],
    ['the key of somebody else', { signer: priya }],
    ['another page', { page: { ...PAGE, origin: 'https://evil.test' } }],
  ];
  for (const [what, how] of lies) assert.equal(await lock(reset, quentin, { ceremony, ...how }), 'passkey-not-accepted', what);
  quentin.key.flags.userVerified = false;
  assert.equal(await lock(reset, quentin, { ceremony }), 'passkey-not-verified');
  quentin.key.flags.userVerified = true;
  for (const lie of [{ account: priya.guid }, { reason: 'cd'.repeat(32) }])
    assert.equal(await lock(reset, quentin, { ceremony, sealedAs: lie }), 'service-unavailable', 'sealed as something else');
  assert.equal(await locks(reset.reset), 0);
  const updateId = 'retried';
  assert.equal(await lock(reset, quentin, { ceremony, updateId }), 'locked', 'no refusal used up the ceremony');
  assert.equal(await lock(reset, quentin, { ceremony, updateId }), 'locked', 'a retry learns the same');
  assert.equal(await lock(reset, priya, { code: '000000' }), 'locked', 'it is locked already, and is signed once');
  assert.equal(await locks(reset.reset), 1);
  const row = await world.superuser.reset.findUniqueOrThrow({ where: { id: reset.reset } });
  assert.deepEqual([row.lockedBy, row.lockedByName], [quentin.guid, 'quentin']);
  const leaves = await world.superuser.leaf.findMany({ where: { resetId: reset.reset, type: { startsWith: 'reset.lock' } } });
  assert.deepEqual(leaves.map(({ type }) => type).toSorted(), [...Array<string>(9).fill('reset.lock-refused'), 'reset.locked']);
  assert.equal(await lock(await identified(world, 'alice'), quentin, { ceremony }), 'ceremony-over', 'signed for another reset');
});

test('what the officer signed stays with the lock, and says so to whoever has the verifier’s public key', async () => {
  const reset = await identified(world, 'alice');
  assert.equal(await lock(reset, quentin), 'locked');
  const kept = await world.superuser.attestation.findFirstOrThrow({ where: { resetId: reset.reset, kind: 'lock' } });
  const said = readStatement(kept.body, kept.signature, world.deps.keys.checking) as LockConfirmed;
  const why = (changed: Partial<LockConfirmed> = {}) => whyNotSignedLock({ ...said, ...changed }, world.deps.keys.checking);
  assert.equal(why(), undefined);
  assert.match(why({ reset: randomUUID() }) ?? '', /something else/);
  assert.match(why({ reason: '00' }) ?? '', /something else/);
  assert.match(why({ person: priya.guid }) ?? '', /not that of the person/);
  assert.match(why({ at: new Date(Date.now() + 600_000).toISOString() }) ?? '', /after its ceremony/);
});

test('an officer whose key is not at hand locks with a code, of their own and once', async () => {
  const reset = await identified(world, 'alice');
  assert.equal(await lock(reset, quentin, { code: codeNow(priya) }), 'factor-not-accepted');
  assert.equal(await lock(reset, quentin, { code: true }), 'locked');
});

test('also a decoy is locked, a reset of their own account, and soon after a reset of their own', async () => {
  const decoy = await identified(world, 'nobody.at.all');
  assert.equal(decoy.account, null);
  assert.equal(await lock(decoy, priya), 'locked');
  const own = await identified(world, 'priya');
  await claimed(own, 'verified');
  const again = await identified(world, 'priya');
  assert.equal(await lock(again, priya), 'locked');
});

test('it comes too late for a write that may have been made, and in time for one that was not', async () => {
  for (const state of ['claimed', 'applied', 'verified', 'unverified', 'unknown']) {
    const reset = await identified(world, 'alice');
    await claimed(reset, state);
    assert.equal(await lock(reset, quentin), 'lock-too-late', state);
    assert.equal(await locks(reset.reset), 0);
  }
  const reset = await identified(world, 'alice');
  await claimed(reset, 'unsent');
  assert.equal(await lock(reset, quentin), 'locked');
});
