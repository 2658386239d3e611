import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isHeldFrom, isLockedAgain, seenThere, triesInAll, type Counted, type SeenThere } from '#domain/wrong-tries.ts';

const counted = (now: Partial<Counted> = {}): Counted => ({ count: 0, last: '0', lockedAt: '0', locked: false, ...now });

/** A controller: it counts wrong passwords, forgets the count at a right one or an unlock, and tells nobody else. */
const happens = fc.constantFrom('wrong', 'wrong again, spared', 'right', 'looked');

test('never more tries are told than there were, and none is missed where the count was not taken back in between', () => {
  fc.assert(
    fc.property(fc.nat({ max: 4 }), fc.array(happens, { maxLength: 40 }), (before, story) => {
      let now = counted({ count: before, last: before > 0 ? '1' : '0' });
      let seen: SeenThere = seenThere(undefined, now);
      let [made, isWhole, clock, sinceLook] = [0, true, 1, 0];
      for (const what of [...story, 'looked']) {
        clock += 1;
        if (what === 'looked') {
          seen = seenThere(seen, now);
          sinceLook = 0;
        } else if (what === 'right') {
          // What was counted since the last look is hidden.
          if (sinceLook > 0) isWhole = false;
          now = { ...now, count: 0 };
        } else {
          made += 1;
          sinceLook += 1;
          if (what !== 'wrong') isWhole = false;
          now = { ...now, count: now.count + (what === 'wrong' ? 1 : 0), last: String(clock) };
        }
      }
      assert.ok(seen.tries <= made, `${seen.tries} of ${made}`);
      assert.equal(seen.tries > 0, made > 0, 'that there was one is never missed');
      if (isWhole && !story.includes('right')) assert.equal(seen.tries, made);
    }),
    { seed: 7, numRuns: 3000 },
  );
});

test('what was there before the first look is nobody’s try, and an old lockout that comes over is no new one', () => {
  const held = seenThere(undefined, counted({ count: 5, last: '70', lockedAt: '70', locked: true }));
  const free = seenThere(undefined, counted());
  assert.equal(triesInAll([held, free]), 0);
  const cameOver = seenThere(free, counted({ lockedAt: '70', locked: true }));
  for (const one of [held, cameOver]) assert.equal(isLockedAgain(one, [held, cameOver]), false);
  const anew = seenThere(cameOver, counted({ count: 5, last: '90', lockedAt: '90', locked: true }));
  assert.equal(isLockedAgain(anew, [held, anew]), true);
  assert.equal(triesInAll([held, anew]), 5);
  const ranOut = seenThere(anew, counted({ count: 5, last: '90', lockedAt: '90' }));
  assert.equal(isLockedAgain(ranOut, [held, ranOut]), false, 'a lockout that has run out is none');
});

test('of controllers that may count one try twice the greatest is told, not the sum', () => {
  assert.equal(triesInAll([{ tries: 2 }, { tries: 3 }, { tries: 0 }]), 3);
  assert.equal(triesInAll([]), 0);
});

test('held against an account is what was there when it was let in, never what came later, and no count of long ago', () => {
  const letIn = new Date('2026-03-02T10:00:00Z');
  const fileTime = (ms: number): string => String((BigInt(letIn.getTime() + ms) + 11_644_473_600_000n) * 10_000n);
  fc.assert(
    fc.property(fc.integer({ min: -172_800_000, max: 172_800_000 }), fc.nat({ max: 9 }), fc.boolean(), (ms, count, locked) => {
      const at = fileTime(ms);
      const isHeld = isHeldFrom({ count, last: at, lockedAt: at, locked }, letIn);
      assert.equal(isHeld, ms < 0 && (locked || (count > 0 && ms > -86_400_000)));
    }),
    { seed: 3, numRuns: 2000 },
  );
  assert.equal(isHeldFrom(counted(), letIn), false);
});
