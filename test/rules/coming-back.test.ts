import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isAccepted, type Alternative } from '#domain/accept.ts';
import { bringsBack } from '#domain/coming-back.ts';
import { FACTORS, PROOFS, type FactorMethod } from '#domain/next.ts';

const way = (...factors: FactorMethod[]): Alternative => ({ name: 'one', proofs: ['recovery-code'], factors });
const proofs = ['recovery-code'] as const;

test('whoever was let in by a key or card comes back by one; whoever was let in by a code comes back by any', () => {
  const both = [way('totp'), way('passkey')];
  for (const method of FACTORS) assert.equal(bringsBack(method, both, { proofs, factors: ['totp'] }), true, method);
  for (const [method, enough] of [
    ['totp', false],
    ['hardware-token', false],
    ['passkey', true],
    ['smart-card', true],
  ] as const) {
    assert.equal(bringsBack(method, both, { proofs, factors: ['passkey'] }), enough, method);
    assert.equal(bringsBack(method, [way('totp', 'smart-card')], { proofs, factors: ['totp', 'smart-card'] }), enough, method);
  }
  assert.equal(
    bringsBack('totp', both, { proofs, factors: ['totp', 'passkey'] }),
    true,
    'either way in is whole, and one of them took a code',
  );
});

test('a passkey that can be copied brings back whom a code or such a one let in, and nobody whom one that cannot let in', () => {
  for (const [method, intoTotp, intoSynced, intoPasskey] of [
    ['totp', true, false, false],
    ['synced-passkey', true, true, false],
    ['passkey', true, true, true],
    ['smart-card', true, true, true],
  ] as const) {
    assert.equal(bringsBack(method, [way('totp')], { proofs, factors: ['totp'] }), intoTotp, method);
    assert.equal(bringsBack(method, [way('synced-passkey')], { proofs, factors: ['synced-passkey'] }), intoSynced, method);
    assert.equal(bringsBack(method, [way('passkey')], { proofs, factors: ['passkey'] }), intoPasskey, method);
  }
});

test('a reset that got no further is as strong as what was shown in it', () => {
  assert.equal(bringsBack('totp', [way('passkey', 'totp')], { proofs, factors: ['passkey'] }), false);
  assert.equal(bringsBack('totp', [way('passkey', 'totp')], { proofs, factors: ['totp'] }), true);
  assert.equal(bringsBack('totp', [way('passkey')], { proofs, factors: [] }), true, 'nothing was shown: others judge that');
});

test('no code brings anybody back where each way in that is whole has a key or card, and a return changes nothing about that', () => {
  const ways = fc.array(
    fc.record({
      name: fc.string(),
      proofs: fc.subarray([...PROOFS], { minLength: 1 }),
      factors: fc.subarray([...FACTORS], { minLength: 1 }),
    }),
    { minLength: 1, maxLength: 4 },
  );
  const isStrong = (method: FactorMethod) => method === 'passkey' || method === 'synced-passkey' || method === 'smart-card';
  fc.assert(
    fc.property(ways, fc.subarray([...PROOFS]), fc.subarray([...FACTORS]), (accept, shown, factors) => {
      const passed = { proofs: shown, factors };
      const whole = accept.filter((one) => isAccepted([one], passed));
      if (whole.length > 0)
        assert.equal(
          bringsBack('totp', accept, passed),
          whole.some((one) => !one.factors.some(isStrong)),
        );
      for (const method of FACTORS)
        if (whole.length > 0 && bringsBack('totp', accept, passed))
          assert.ok(
            bringsBack('totp', accept, { proofs: shown, factors: [...factors, method] }),
            'and whoever came back by a key may come by a code again',
          );
    }),
  );
});
