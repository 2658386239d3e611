import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { inServiceOrder } from '#activities/directory/service-order.ts';

const word = fc.integer({ min: 0, max: 65_535 });
const services = fc.array(fc.record({ priority: fc.integer({ min: 0, max: 3 }), weight: fc.oneof(fc.constant(0), word) }), {
  maxLength: 12,
});

/** Whole numbers from 0 to `most`, the same for the same seed (mulberry32). */
function seeded(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * (most + 1));
  };
}

test('every service is tried once, and none before one of a lower priority, whatever is drawn', () => {
  fc.assert(
    fc.property(services, fc.integer(), (given, seed) => {
      const order = inServiceOrder(given, seeded(seed));
      assert.equal(order.length, given.length);
      assert.ok(given.every((service) => order.includes(service)));
      for (const [at, { priority }] of order.entries()) assert.ok(priority >= (order[at - 1]?.priority ?? 0));
    }),
  );
});

test('the smallest draw takes one without weight first, the largest one with the last weight', () => {
  const given = [
    { priority: 1, weight: 30, name: 'thirty' },
    { priority: 1, weight: 0, name: 'none' },
    { priority: 1, weight: 10, name: 'ten' },
  ];
  const names = (draw: (most: number) => number) => inServiceOrder(given, draw).map(({ name }) => name);
  assert.deepEqual(
    names(() => 0),
    ['none', 'thirty', 'ten'],
  );
  assert.deepEqual(
    names((most) => most),
    ['ten', 'thirty', 'none'],
  );
});

test('over many draws each stands first as often as its weight says', () => {
  const given = [10, 30, 60].map((weight) => ({ priority: 0, weight }));
  const draw = seeded(20_261_126);
  const first = new Map<number, number>();
  const rounds = 20_000;
  for (let round = 0; round < rounds; round++) {
    const weight = inServiceOrder(given, draw)[0]!.weight;
    first.set(weight, (first.get(weight) ?? 0) + 1);
  }
  // A draw of 0 falls to whoever stands first, so the shares are off by one in a hundred and one at most.
  for (const { weight } of given)
    assert.ok(Math.abs((first.get(weight) ?? 0) / rounds - weight / 100) < 0.02, `${weight}: ${first.get(weight)}`);
});

test('with no weights the draw decides nothing and the given order stays', () => {
  const given = ['a', 'b', 'c'].map((name) => ({ name, priority: 5, weight: 0 }));
  assert.deepEqual(inServiceOrder(given, seeded(1)), given);
});
