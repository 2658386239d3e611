import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { codeNow, enrolled, factor, identified, person, prove, seal, useVerifier, type OpenReset } from './world.ts';

const world = await useVerifier();

const tally = (outcomes: string[]) => ({
  passed: outcomes.filter((o) => o === 'passed').length,
  failed: outcomes.filter((o) => o === 'failed').length,
});

test('of 64 uses of one recovery code at the same time exactly one passes', async () => {
  const alice = await enrolled(world, person('alice'));
  const resets: OpenReset[] = [];
  for (let n = 0; n < 64; n++) resets.push(await identified(world, 'alice'));
  const ids = resets.map(({ reset }) => reset);
  const outcomes = await Promise.all(resets.map((reset) => prove(world, reset, alice.recoveryCodes[0] ?? '')));
  assert.deepEqual(tally(outcomes), { passed: 1, failed: 63 });
  assert.equal(await world.superuser.code.count({ where: { accountGuid: alice.guid, usedAt: { not: null } } }), 1);
  assert.equal(await world.superuser.attestation.count({ where: { resetId: { in: ids }, kind: 'proof' } }), 1);
  assert.equal(await world.superuser.leaf.count({ where: { resetId: { in: ids }, type: 'proof.checked' } }), 64);
  assert.equal(await world.superuser.sealed.count({ where: { subject: { in: ids } } }), 0, 'nothing that was typed is left');
});

test('of 64 uses of one time step at the same time, over several resets, exactly one passes', async () => {
  const bilal = await enrolled(world, person('bilal'));
  const resets = [await identified(world, 'bilal'), await identified(world, 'bilal'), await identified(world, 'bilal')];
  const code = codeNow(bilal);
  const outcomes = await Promise.all(Array.from({ length: 64 }, (_, n) => factor(world, resets[n % 3] ?? resets[0]!, code)));
  assert.deepEqual(tally(outcomes), { passed: 1, failed: 63 });
});

test('a retried update gets its first outcome, also at the same time and after its sealed row is gone; another one loses', async () => {
  const chen = await enrolled(world, person('chen'));
  const reset = await identified(world, 'chen');
  const code = codeNow(chen);
  const same = await Promise.all(Array.from({ length: 8 }, () => factor(world, reset, code, 'one')));
  assert.deepEqual(tally(same), { passed: 8, failed: 0 });
  assert.equal(await world.superuser.attestation.count({ where: { resetId: reset.reset, kind: 'factor' } }), 1);
  const again = await world.verifier.checkFactor({ ...reset, updateId: 'one', sealed: randomUUID(), purpose: 'reset' });
  assert.equal(again.outcome, 'passed');
  assert.equal(await factor(world, reset, code, 'two'), 'failed');
  assert.equal(await factor(world, reset, codeNow(chen, 1), 'two'), 'failed', 'and stays lost, whatever is typed under its id');
  assert.equal(await factor(world, reset, codeNow(chen, 1), 'three'), 'passed');
  assert.equal(await factor(world, reset, codeNow(chen), 'four'), 'failed', 'an older step is not taken after a newer one');
});

test('a code burned once stays burned although its row says otherwise', async () => {
  const dora = await enrolled(world, person('dora'));
  const reset = await identified(world, 'dora');
  const [code = ''] = dora.recoveryCodes;
  assert.equal(await prove(world, reset, code), 'passed');
  await world.superuser.$executeRaw`UPDATE code SET used_at = NULL WHERE account_guid = ${dora.guid}::uuid`;
  assert.equal(await prove(world, await identified(world, 'dora'), code), 'failed');
  const digits = codeNow(dora);
  assert.equal(await factor(world, reset, digits), 'passed');
  await world.superuser.$executeRaw`UPDATE totp SET last_step = NULL WHERE account_guid = ${dora.guid}::uuid`;
  assert.equal(await factor(world, reset, digits), 'failed');
});

test('a crash inside a check burns nothing and leaves no outcome', async () => {
  const emil = await enrolled(world, person('emil'));
  const reset = await identified(world, 'emil');
  const sealed = await seal(world, 'proof', reset.reset, { method: 'recovery-code', value: emil.recoveryCodes[0] ?? '' });
  await world.superuser.$executeRawUnsafe("ALTER TABLE attestation ADD CONSTRAINT no_more CHECK (kind <> 'proof') NOT VALID");
  await assert.rejects(world.verifier.checkProof({ ...reset, updateId: 'u', sealed }));
  await world.superuser.$executeRawUnsafe('ALTER TABLE attestation DROP CONSTRAINT no_more');
  const retried = await world.verifier.checkProof({ ...reset, updateId: 'u', sealed });
  assert.equal(retried.outcome, 'passed');
});

test('a proof that was signed before the verifier died is found again under another update, and burns nothing more', async () => {
  const fatima = await enrolled(world, person('fatima'));
  const reset = await identified(world, 'fatima');
  const ask = async (value: string) => {
    const sealed = await seal(world, 'proof', reset.reset, { method: 'recovery-code', value });
    return world.verifier.checkProof({ ...reset, updateId: randomUUID(), sealed });
  };
  const first = await ask(fatima.recoveryCodes[0] ?? '');
  assert.equal(first.outcome, 'passed');
  assert.deepEqual(await ask(fatima.recoveryCodes[1] ?? ''), first);
  assert.equal(await world.superuser.code.count({ where: { accountGuid: fatima.guid, usedAt: { not: null } } }), 1);
  assert.equal(await world.superuser.attestation.count({ where: { resetId: reset.reset, kind: 'proof' } }), 1);
});

test('a name that is gone before it was read makes no decoy, and one that was read is known to a retry', async () => {
  await enrolled(world, person('emma'));
  const reset = await identified(world, 'emma');
  const retried = { reset: reset.reset, run: reset.run, updateId: 'begin', sealed: randomUUID() };
  assert.equal((await world.verifier.identify(retried)).account, reset.account, 'its sealed row is erased by then');
  const lost = { ...retried, updateId: 'another' };
  await assert.rejects(world.verifier.identify(lost), { name: 'TypedLost' });
  assert.equal(await world.superuser.attestation.count({ where: { resetId: reset.reset, kind: 'identified' } }), 1);
});
