import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { failureType } from '#activities/closed-failures.ts';
import { CLAIMANT_PURPOSE, CLAIMANT_TAG, claimantStatement, endOfPasskey, removeStatement, type Ceremony } from '#domain/passkey.ts';
import { SoftPasskey, type Page } from '#test/support/soft-passkey.ts';
import { assertionOf, begun, keyOf, PAGE } from './keys.ts';
import { enrolled, identified, person, prove, seal, useVerifier, type Enrolled, type OpenReset } from './world.ts';

const world = await useVerifier();
let count = 0;
const officer = (facts = {}): Promise<Enrolled> =>
  enrolled(world, person(`holder${(count += 1)}`, { groups: ['S-CS-Security-Officers'], ...facts }), 9);

/** A reset of somebody whose proof has passed, and the challenge that its page shows. */
async function proven(who: Enrolled): Promise<OpenReset> {
  const reset = await identified(world, who.samAccountName);
  assert.equal(await prove(world, reset, who.recoveryCodes.shift() ?? ''), 'passed');
  return reset;
}
const challenge = ({ reset }: OpenReset): Promise<Ceremony> => begun(world, { guid: reset }, CLAIMANT_PURPOSE);

interface Answer {
  ceremony: Ceremony;
  page?: Page;
  /** What is signed, when that is something else than what the page asked. */
  signs?: object;
}
async function check({ reset, run, account }: OpenReset, key: SoftPasskey, { ceremony, page = PAGE, signs }: Answer): Promise<string> {
  const assertion = assertionOf(key, (signs ?? claimantStatement(ceremony)) as never, page, CLAIMANT_TAG);
  const sealed = await seal(world, 'factor', reset, { ceremony: ceremony.ceremony, assertion, source: '10.1.2.3' }, 600);
  const asked = { reset, run, account, updateId: randomUUID(), purpose: 'reset', sealed } as const;
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await world.verifier.checkFactor(asked);
      return answer.outcome === 'refused' ? answer.code : answer.outcome;
    } catch (error) {
      // The database had no room in time: asked again, as Temporal does.
      if (attempt === 8 || failureType(error) !== 'DatabaseUnavailable') throw error;
    }
  }
}
async function faults(reset: OpenReset): Promise<unknown[]> {
  const leaves = await world.superuser.leaf.findMany({ where: { resetId: reset.reset, type: 'factor.checked' }, orderBy: { seq: 'asc' } });
  return leaves.map(({ body }) => (JSON.parse(body) as { do: { fault?: string } }).do.fault ?? 'passed');
}

test('a key of the claimant passes as a factor and is attested by its id; the challenge is worth nothing afterwards', async () => {
  const who = await officer();
  const key = await keyOf(world, who);
  const reset = await proven(who);
  const ceremony = await challenge(reset);
  assert.equal(await check(reset, key, { ceremony }), 'passed');
  const { id } = await world.superuser.passkey.findUniqueOrThrow({ where: { credentialId: key.id } });
  const [statement] = await world.superuser.attestation.findMany({ where: { resetId: reset.reset, kind: 'factor' } });
  const { method, credential } = JSON.parse(statement?.body ?? '{}') as { method: string; credential: string };
  assert.deepEqual([method, credential], ['passkey', id]);
  assert.equal(await check(reset, key, { ceremony }), 'failed');
  assert.deepEqual(await faults(reset), ['passed', 'ceremony-over']);
});

test('whatever is not a key of this person, on our page, with its owner known, for this reset, fails alike and is told apart in the log', async () => {
  const [who, other] = [await officer(), await officer()];
  const [key, theirs] = [await keyOf(world, who), await keyOf(world, other)];
  const [reset, another] = [await proven(who), await proven(other)];
  const ceremony = await challenge(reset);
  const failed = async (by: SoftPasskey, answer: Partial<Answer> = {}) =>
    assert.equal(await check(reset, by, { ceremony, ...answer }), 'failed');
  await failed(theirs);
  await failed(new SoftPasskey());
  await failed(key, { ceremony: await challenge(another) });
  await failed(key, { ceremony: await begun(world, { guid: reset.reset }, 'passkey/add') });
  await failed(key, { signs: claimantStatement(await challenge(another)) });
  await failed(key, { signs: removeStatement(ceremony, randomUUID()) });
  await failed(key, { page: { ...PAGE, origin: 'https://portal.evil.test' } });
  await failed(key, { page: { ...PAGE, rpId: 'evil.test' } });
  key.flags.userVerified = false;
  await failed(key);
  key.flags.userVerified = true;
  key.flags.userPresent = false;
  await failed(key);
  key.flags.userPresent = true;
  key.flags.backupEligible = true;
  await failed(key);
  key.flags.backupEligible = false;
  key.counter = 0;
  assert.deepEqual(await faults(reset), [
    'not-registered',
    'not-registered',
    'ceremony-over',
    'ceremony-over',
    'challenge',
    'challenge',
    'origin',
    'rp-id',
    'user-verification',
    'user-presence',
    'backup-eligible',
  ]);
  assert.equal(await world.superuser.attestation.count({ where: { resetId: reset.reset, kind: 'factor' } }), 0);
});

test('a name that nobody has runs the same way and fails; nothing is left of a key that was removed, also when its row is edited back', async () => {
  const who = await officer();
  const key = await keyOf(world, who);
  const decoy = await identified(world, 'nobody.here');
  assert.equal(decoy.account, null);
  assert.equal(await check(decoy, key, { ceremony: await challenge(decoy) }), 'failed');
  assert.deepEqual(await faults(decoy), ['not-registered']);

  const { id } = await world.superuser.passkey.findUniqueOrThrow({ where: { credentialId: key.id } });
  const ceremony = await begun(world, who, 'passkey/remove');
  const request = randomUUID();
  const value = {
    account: who.guid,
    door: 'portal',
    ceremony: ceremony.ceremony,
    passkey: id,
    assertion: assertionOf(key, removeStatement(ceremony, id)),
  };
  const sealed = await seal(world, 'passkey-removal', request, value);
  assert.equal((await world.verifier.removePasskey({ request, account: who.guid, sealed })).outcome, 'done');
  await world.superuser.passkey.update({ where: { id }, data: { disabledAt: null } });
  assert.equal(await world.superuser.burn.count({ where: { consumed: endOfPasskey(id) } }), 1);
  const reset = await proven(who);
  assert.equal(await check(reset, key, { ceremony: await challenge(reset) }), 'failed');
  assert.deepEqual(await faults(reset), ['not-registered']);
});

test('a key that is new serves in no reset of a protected account until it has cooled off', async () => {
  const who = await officer({ protectedBy: 'adminCount', dn: 'CN=x,OU=Privileged,DC=bank,DC=test' });
  const key = await keyOf(world, who);
  const reset = await proven(who);
  assert.equal(await check(reset, key, { ceremony: await challenge(reset) }), 'factor-too-new');
});

test('of 64 answers to one challenge of a reset at the same time exactly one counts, in three runs', async () => {
  for (let run = 0; run < 3; run++) {
    const who = await officer();
    const key = await keyOf(world, who);
    // A key that does not count: what is asked here is the challenge's end, not the counter's.
    key.counts = false;
    key.counter = 0;
    const reset = await proven(who);
    const ceremony = await challenge(reset);
    await world.superuser.attempts.deleteMany();
    const outcomes = await Promise.all(Array.from({ length: 64 }, () => check(reset, key, { ceremony })));
    assert.equal(outcomes.filter((one) => one === 'passed').length, 1);
    assert.equal(await world.superuser.attestation.count({ where: { resetId: reset.reset, kind: 'factor' } }), 1);
  }
});
