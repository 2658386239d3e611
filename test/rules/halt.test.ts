import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { HALTS, isHalted, newestAct, standingHalt, type HaltAct } from '#domain/halt.ts';

const acts = fc.array(
  fc.record({
    id: fc.uuid(),
    halts: fc.constantFrom(...HALTS),
    at: fc.integer({ min: 0, max: 5 }).map((minute) => new Date(Date.UTC(2026, 10, 26, 12, minute)).toISOString()),
  }),
  { maxLength: 8 },
);

test('the newest act decides in whatever order they are read, and of two at one moment the one that halts more', () => {
  fc.assert(
    fc.property(acts, fc.func(fc.nat()), (all: HaltAct[], order) => {
      const last = all.reduce((latest, { at }) => (at > latest ? at : latest), '');
      const ranks = all.filter(({ at }) => at === last).map(({ halts }) => HALTS.indexOf(halts));
      const expected = all.length === 0 ? 'nothing' : HALTS[Math.max(...ranks)];
      assert.equal(standingHalt(all.toSorted((a, b) => order(a.id) - order(b.id))), expected);
    }),
    { numRuns: 5000 },
  );
});

test('leaving any act out but the newest changes nothing, and none lifts what a later one halts', () => {
  fc.assert(
    fc.property(acts, fc.nat(), (all: HaltAct[], which) => {
      const newest = newestAct(all);
      if (!newest) return;
      const others = all.filter((act) => act !== newest);
      const left = others.filter((_, at) => at !== which % Math.max(1, others.length));
      assert.equal(standingHalt([...left, newest]), standingHalt(all));
    }),
    { numRuns: 5000 },
  );
});

test('a stop of protected accounts leaves the others alone, and one of all leaves nobody out', () => {
  assert.deepEqual(
    HALTS.map((halt) => [isHalted(halt, true), isHalted(halt, false)]),
    [
      [false, false],
      [true, false],
      [true, true],
    ],
  );
});
