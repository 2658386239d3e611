import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { IdentifiedAccount } from '#activities/contract.ts';
import type { Identified } from '#domain/attestation.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { readStatement } from '#prisma/statement-text.ts';
import { demoPolicyWith, privilegedRule } from '../support/policies.ts';
import { codeNow, enrolled, person, seal, useVerifier } from './world.ts';

const world = await useVerifier();
const rules = `networks:
  branches: [10.20.0.0/16]
  cellar: [10.20.9.0/24]
rules:${privilegedRule}
  - id: desk
    when: { protected: false, memberOf: [CS-Help-Desk] }
    accept:
      - { name: both codes and the authenticator, proofs: [recovery-code, issued-code], factors: [totp] }
    approvals: []
  - id: branch
    when: { protected: false, networks: [branches], flags: [locked, must-change] }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals: []
    password: { minLength: 14 }`;
await world.superuser.$transaction((tx) => loadPolicy(tx, demoPolicyWith(rules), { type: 'service', name: 'test' }));

async function named(account: string, source?: string): Promise<{ reset: string; run: string; who: IdentifiedAccount; said: Identified }> {
  const [reset, run] = [randomUUID(), randomUUID()];
  // What the row says of the source is what somebody who can edit rows would like it to be.
  const row = { reference: randomUUID(), browserHash: new Uint8Array(32), next: {}, source: '10.20.9.9' };
  await world.api.reset.create({ data: { id: reset, ...row } });
  const sealed = await seal(world, 'account-name', reset, { account, ...(source ? { source } : {}) });
  const who = await world.verifier.identify({ reset, run, updateId: 'begin', sealed });
  const { body, signature } = await world.superuser.attestation.findFirstOrThrow({ where: { resetId: reset } });
  const said = readStatement(body, signature, world.deps.keys.checking);
  assert.ok(said?.kind === 'identified');
  return { reset, run, who, said };
}

test('what a rule was chosen by is signed: flags and names of networks from what the API sealed, never from the row, never an address', async () => {
  world.directory.set('a', person('ada', { guid: randomUUID(), locked: true, mustChange: true }));
  const inTheCellar = await named('ada', '10.20.9.3');
  assert.equal(inTheCellar.who.rule, 'branch');
  assert.deepEqual(inTheCellar.said.circumstances.networks, ['branches', 'cellar']);
  assert.deepEqual(inTheCellar.said.circumstances.flags, ['locked', 'must-change']);
  assert.doesNotMatch(JSON.stringify(inTheCellar.said), /10\.20/);
  const rules = await world.superuser.reset.findUniqueOrThrow({ where: { id: inTheCellar.reset } });
  assert.equal((rules.passwordRules as { minLength: number }).minLength, 14, 'the rule asks for more than the policy');

  for (const source of ['10.21.0.1', undefined]) {
    const elsewhere = await named('ada', source);
    assert.deepEqual([elsewhere.who.rule, elsewhere.who.whyNot], [null, 'no-rule'], String(source));
    assert.deepEqual(elsewhere.said.circumstances.networks, []);
  }
});

test('an account without a rule is proven all the same, since only then it may be told', async () => {
  const bo = await enrolled(world, person('bo'));
  const { reset, run } = await named('bo', '192.0.2.1');
  const sealed = await seal(world, 'proof', reset, { method: 'recovery-code', value: bo.recoveryCodes[0] });
  const proof = await world.verifier.checkProof({ reset, run, account: bo.guid, updateId: 'p', sealed, passed: [] });
  assert.equal(proof.outcome, 'passed');
});

test('where two proofs are asked, one of a kind does not count twice, and one that nobody heard of is found again', async () => {
  const desk = await enrolled(world, person('desk', { groups: ['S-CS-Help-Desk'] }));
  const { reset, run, who } = await named('desk');
  assert.deepEqual(who.accept[0]?.proofs, ['recovery-code', 'issued-code']);
  const prove = async (value: string, updateId: string, passed: 'recovery-code'[]) =>
    world.verifier.checkProof({
      reset,
      run,
      account: desk.guid,
      updateId,
      sealed: await seal(world, 'proof', reset, { method: 'recovery-code', value }),
      passed,
    });
  assert.equal((await prove(desk.recoveryCodes[0] ?? '', 'one', [])).outcome, 'passed');
  const unheard = await prove(desk.recoveryCodes[1] ?? '', 'two', []);
  assert.equal(unheard.outcome === 'passed' && unheard.method, 'recovery-code', 'the first one, of which the workflow has not heard');
  assert.equal((await prove(desk.recoveryCodes[1] ?? '', 'three', ['recovery-code'])).outcome, 'failed');
  assert.equal(
    await world.superuser.code.count({ where: { accountGuid: desk.guid, usedAt: { not: null } } }),
    1,
    'no second code is spent',
  );
  const sealed = await seal(world, 'factor', reset, { method: 'totp', value: codeNow(desk) });
  const factor = await world.verifier.checkFactor({ reset, run, account: desk.guid, updateId: 'f', sealed, purpose: 'reset' });
  assert.equal(factor.outcome, 'passed');
});
