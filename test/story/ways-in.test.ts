import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { guidDn } from '#activities/directory/entry.ts';
import { demoPolicyFile, putPolicyInForce } from '#ops/setup/policy.ts';
import { replaceAttribute } from '#test/directory/change.ts';
import { demoPolicyWith, privilegedRule } from '#test/support/policies.ts';
import { claimant, freshPassword, signedIn } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

/** Claimants of tests come from loopback; a locked account needs both codes there, and everybody else has no rule. */
const rules = `networks:
  counter: [127.0.0.0/8]
rules:${privilegedRule}
  - id: locked-at-the-counter
    when: { protected: false, networks: [counter], flags: [locked] }
    accept: [{ name: both codes and the authenticator, proofs: [recovery-code, issued-code], factors: [totp] }]
    approvals: []`;
const by = { type: 'service', name: 'test' } as const;
const folder = mkdtempSync(join(tmpdir(), 'countersign-policy-'));

const world = useWorld(async ({ stack }) => {
  const file = join(folder, 'policy.yaml');
  writeFileSync(file, demoPolicyWith(rules));
  await putPolicyInForce(stack.state, file, by);
});
after(async () => {
  await putPolicyInForce(world.stack.state, demoPolicyFile, by);
  rmSync(folder, { recursive: true });
});

test('a rule that asks for two proofs asks for the second behind the factor only, and the writer finds the same rule', async () => {
  const desk = await signedIn(world.stack.run, world.people, 'jonas.berg');
  const { body } = await desk.post<{ code: string }>('/api/v1/issued-codes', {
    account: 'chen.wei',
    checked: ['photo-id', 'known-in-person'],
  });
  // Five wrong passwords lock an account of the demo bank.
  for (let tries = 0; tries < 5; tries++) await world.people.bind('chen.wei', 'this is not it');
  const who = claimant(world.stack.run);
  await who.name('chen.wei');
  const proof = await who.prove(await world.people.recoveryCode('chen.wei'));
  assert.deepEqual(
    [proof.body.next.step, proof.body.next.choices],
    ['factor', ['totp', 'hardware-token', 'smart-card', 'passkey']],
    proof.text,
  );
  const factor = await who.factor(await world.people.code('chen.wei'));
  assert.deepEqual([factor.body.next.step, factor.body.next.choices], ['prove', ['issued-code']], factor.text);
  assert.equal((await who.look()).body.state, 'checking-factor');
  assert.equal((await who.prove(await world.people.recoveryCode('chen.wei'))).body.code, 'proof-not-accepted', 'the same kind again');
  const second = await who.prove(body.code, 'issued-code');
  assert.equal(second.body.next.step, 'choose-password', second.text);
  // Unlocked by somebody else meanwhile: what the rule was chosen by stands as it was signed.
  await replaceAttribute(world.directory, guidDn(await world.people.guid('chen.wei')), 'lockoutTime', '0');
  const password = freshPassword();
  assert.equal((await who.choose(password)).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.equal((await world.people.bind('chen.wei', password)).answer, 'ok');
});

test('an account for which no rule fits is told so behind proof and factor, not before', async () => {
  const who = claimant(world.stack.run);
  assert.equal((await who.name('goran.petrovic')).body.next.step, 'prove');
  assert.equal((await who.prove(await world.people.recoveryCode('goran.petrovic'))).body.next.step, 'factor');
  const factor = await who.factor(await world.people.code('goran.petrovic'));
  assert.equal(factor.body.code, 'no-rule', factor.text);
});
