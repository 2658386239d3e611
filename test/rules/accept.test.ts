import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { askedNext, isAccepted, type Alternative, type Methods } from '#domain/accept.ts';
import { FACTORS, PROOFS } from '#domain/next.ts';

const some = <M extends string>(all: readonly M[]) => fc.subarray([...all], { minLength: 1 });
const alternative: fc.Arbitrary<Alternative> = fc.record({ name: fc.string(), proofs: some(PROOFS), factors: some(FACTORS) });
const accepts = fc.array(alternative, { minLength: 1, maxLength: 4 });

/** Whoever has everything answers what they are asked, in any order of choices, until nothing more is asked. */
function walk(accept: readonly Alternative[], pick: (choices: readonly string[]) => string): { asked: string[]; passed: Methods } {
  const passed = { proofs: [] as Methods['proofs'][number][], factors: [] as Methods['factors'][number][] };
  const asked: string[] = [];
  for (let next = askedNext(accept, passed); next; next = askedNext(accept, passed)) {
    asked.push(`${next.step} ${next.choices.join(' ')}`);
    const method = pick(next.choices);
    if (next.step === 'prove') passed.proofs.push(method as Methods['proofs'][number]);
    else passed.factors.push(method as Methods['factors'][number]);
  }
  return { asked, passed };
}

test('everybody is asked the same until a proof and a factor have passed, also somebody of whom there is nothing', () => {
  const none: Methods = { proofs: [], factors: [] };
  fc.assert(
    fc.property(fc.array(alternative, { maxLength: 4 }), some(PROOFS), (accept, proofs) => {
      assert.deepEqual(askedNext(accept, none), askedNext([], none));
      assert.deepEqual(askedNext(accept, { proofs, factors: [] }), askedNext([], { proofs, factors: [] }));
    }),
    { seed: 5, numRuns: 2000 },
  );
});

test('whoever has everything is believed after no more steps than there are methods, and each step brings them nearer', () => {
  fc.assert(
    fc.property(accepts, fc.func(fc.nat()), (accept, order) => {
      const { asked, passed } = walk(accept, (choices) => choices[order(choices) % choices.length] ?? '');
      assert.ok(isAccepted(accept, passed));
      assert.ok(asked.length <= PROOFS.length + FACTORS.length, asked.join(', '));
    }),
    { seed: 5, numRuns: 2000 },
  );
});

test('no part of an alternative is enough, and nothing makes an empty list of alternatives enough', () => {
  const both: Alternative = { name: 'both codes', proofs: ['recovery-code', 'issued-code'], factors: ['totp'] };
  assert.ok(!isAccepted([both], { proofs: ['recovery-code'], factors: ['totp'] }));
  assert.deepEqual(askedNext([both], { proofs: ['recovery-code'], factors: ['totp'] }), { step: 'prove', choices: ['issued-code'] });
  assert.ok(!isAccepted([both], { proofs: ['recovery-code', 'issued-code'], factors: [] }));
  assert.ok(isAccepted([both], { proofs: ['issued-code', 'recovery-code'], factors: ['totp'] }));
  assert.ok(!isAccepted([], { proofs: [...PROOFS], factors: [...FACTORS] }));
});
