import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isFeasible } from '#domain/feasible.ts';

const bob = { guid: 'bob', employeeId: '7' };
const carol = { guid: 'carol', employeeId: undefined };
const dave = { guid: 'dave', employeeId: undefined };
const one = (...people: (typeof bob | typeof carol)[]) => ({ needs: 1, people });

test('approvals are feasible only when every stage can have people of its own', () => {
  assert.equal(isFeasible([one(bob), one(bob, carol)]), true);
  assert.equal(isFeasible([one(bob), one(bob)]), false);
  assert.equal(isFeasible([one(bob), one({ guid: 'bob-adm', employeeId: '7' })]), false, 'two accounts of one person are one person');
  assert.equal(isFeasible([one(), one(carol)]), false, 'a missing manager stops the reset');
  assert.equal(isFeasible([]), true);
});

test('a stage that needs two is not filled by one', () => {
  assert.equal(isFeasible([{ needs: 2, people: [bob, { guid: 'bob-adm', employeeId: '7' }] }]), false);
  assert.equal(isFeasible([{ needs: 2, people: [bob, carol] }, one(carol, dave)]), true, 'carol is left to the first stage');
  assert.equal(isFeasible([{ needs: 2, people: [bob, carol] }, one(carol)]), false);
});

test('the answer is that of trying every choice of people', () => {
  const person = fc.record({ guid: fc.constantFrom('a', 'b', 'c', 'd', 'e'), employeeId: fc.constantFrom(undefined, '1', '2') });
  // An employee number belongs to an account: the same account always has the same one.
  const people = fc.uniqueArray(person, { selector: (p) => p.guid, maxLength: 5 });
  const stages = people.chain((bank) =>
    fc.array(fc.record({ needs: fc.integer({ min: 1, max: 3 }), people: fc.subarray(bank) }), { maxLength: 3 }),
  );
  const identity = (p: { guid: string; employeeId: string | undefined }) => p.employeeId ?? p.guid;
  const everyChoice = (places: string[][], taken: string[]): boolean => {
    const [first, ...rest] = places;
    return !first || first.some((who) => !taken.includes(who) && everyChoice(rest, [...taken, who]));
  };
  fc.assert(
    fc.property(stages, (asked) => {
      const places = asked.flatMap((stage) => Array.from({ length: stage.needs }, () => stage.people.map(identity)));
      assert.equal(isFeasible(asked), everyChoice(places, []));
    }),
    { numRuns: 3000, seed: 20261126 },
  );
});
