import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { HALTS, isHalted, isLift, standingAct, standingHalt, type Halt, type HaltAct } from '#domain/halt.ts';

const acts = fc.array(
  fc.record({
    id: fc.uuid(),
    halts: fc.constantFrom(...HALTS),
    at: fc.integer({ min: 0, max: 9 }).map((minute) => new Date(Date.UTC(2026, 10, 26, 12, minute)).toISOString()),
    by: fc.constantFrom('keys' as const, 'codes' as const, 'before-keys' as const),
  }),
  { maxLength: 8 },
);
const rank = (halts: Halt) => HALTS.indexOf(halts);

/** Written anew, from the end: what stands is the most that was halted since the last act that could lift. */
function expected(all: readonly HaltAct[]): Halt {
  const turn = (one: HaltAct) => Date.parse(one.at) * 10 + rank(one.halts) * 2 + (one.by === 'before-keys' ? 1 : 0);
  const sorted = [...all].sort((a, b) => turn(a) - turn(b));
  const firstKey = sorted.findIndex(({ by }) => by !== 'before-keys');
  const maySay = sorted.map(({ by }, index) => by === 'keys' || firstKey < 0 || index < firstKey);
  const since = maySay.lastIndexOf(true);
  return sorted.slice(Math.max(since, 0)).reduce<Halt>((most, { halts }) => (rank(halts) > rank(most) ? halts : most), 'nothing');
}

test('what is halted is said by the newest act that may lift, and by whatever halts more since, in whatever order they are read', () => {
  fc.assert(
    fc.property(acts, fc.func(fc.nat()), (all: HaltAct[], order) => {
      assert.equal(standingHalt(all.toSorted((a, b) => order(a.id) - order(b.id))), expected(all));
    }),
    { numRuns: 10_000 },
  );
});

test('no number of acts without the keys of both officers lets anything go on that acts with keys had halted', () => {
  fc.assert(
    fc.property(acts, (all: HaltAct[]) => {
      const stop: HaltAct = { id: 'a stop', halts: 'all', at: '2026-11-26T12:00:00.000Z', by: 'codes' };
      const weak = all.filter(({ by, at }) => by !== 'keys' && at > stop.at);
      assert.equal(standingHalt([stop, ...weak]), 'all');
      const lift: HaltAct = { id: 'a lift', halts: 'nothing', at: '2026-11-26T13:00:00.000Z', by: 'keys' };
      assert.equal(standingHalt([lift, stop, ...weak]), 'nothing');
    }),
    { numRuns: 5000 },
  );
});

test('for whoever remembers the act that stands, no deleted row lifts anything', () => {
  fc.assert(
    fc.property(acts, fc.func(fc.boolean()), (all: HaltAct[], isLost) => {
      const standing = standingAct(all);
      if (!standing || standing.by === 'before-keys') return;
      const left = all.filter((act) => act === standing || !isLost(act.id));
      assert.ok(!isLift(standingHalt(left), standing.halts), 'a row that was deleted lifts nothing');
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
