import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { amount } from '#test/support/campaign.ts';
import type { Move } from './any-order.ts';
import { names, Play } from './any-order-play.ts';

const someone = fc.constantFrom(...names);
const stage = fc.constantFrom(0, 0, 1, 1, 1);
const likely = fc.constantFrom('mara', 'quentin', 'noah', 'priya', 'anna', 'tess', 'omar');
const fitting = fc.oneof(fc.record({ who: fc.constantFrom('mara', 'mara', 'anna'), stage: fc.constant(0) }), {
  weight: 2,
  arbitrary: fc.record({ who: fc.constantFrom('quentin', 'noah', 'priya'), stage: fc.constant(1) }),
});
const anybody = fc.record({ who: fc.oneof({ weight: 3, arbitrary: likely }, { weight: 1, arbitrary: someone }), stage });
const decide = fc
  .tuple(fc.oneof({ weight: 2, arbitrary: fitting }, { weight: 1, arbitrary: anybody }), fc.nat(39), fc.nat(9))
  .map(([of, say, by]): Move => ({
    do: 'decide',
    ...of,
    say: say === 0 ? 'deny' : 'approve',
    with: (['stolen key', 'unverified key', 'a code'] as const)[by] ?? 'own key',
  }));
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 14, arbitrary: decide },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('say again' as const), nth: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('carry over' as const), who: likely, stage }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Move>(
      { do: 'stand in', who: 'omar', for: 'mara', stage: 0 },
      { do: 'stand in', who: 'tess', for: 'quentin', stage: 1 },
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom<Move>({ do: 'withdraw', from: 'mara' }, { do: 'withdraw', from: 'quentin' }) },
  { weight: 1, arbitrary: fc.constant<Move>({ do: 'escalate' }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('manager becomes' as const), who: fc.constantFrom('mara', 'zed', 'anna', 'claimant') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'leave groups' as const,
        'join officers' as const,
        'be disabled' as const,
        'be back' as const,
        'be reset' as const,
      ),
      who: someone,
    }),
  },
);

test('in whatever order people decide, repeat, carry over, stand in, leave, join and come back: what counts is what was meant', async () => {
  let [written, heard, refused] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 8, maxLength: 22 }), async (moves) => {
      const play = await Play.begin();
      for (const one of moves) await play.make(one);
      const says = await play.whatTheWriterSays();
      assert.equal(says === 'may', play.meant.holdsNow(), `the writer’s rule: ${says}`);
      if (says === 'may') written++;
      heard += play.meant.votes.length;
      refused += moves.filter(({ do: what }) => what === 'decide').length;
    }),
    { numRuns: amount(40, 1500), seed: 20261126, endOnFailure: true },
  );
  assert.ok(written > amount(4, 150) && heard > amount(40, 1500), `${written} came to a write, ${heard} votes of ${refused} decisions`);
});
