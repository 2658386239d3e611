import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { covers, isInForce, whyNotDelegate, whyNotForAnother, type Delegation, type DelegationQuestion } from '#domain/delegation.ts';

const DAY = 86_400_000;
const now = new Date('2026-11-26T08:00:00Z');
const day = (count: number): string => new Date(now.getTime() + count * DAY).toISOString();

function question(more: Partial<DelegationQuestion> = {}): DelegationQuestion {
  return {
    from: { guid: 'ines', employeeId: '1' },
    to: { guid: 'omar', employeeId: '2', enabled: true, expired: false },
    toMayDecide: true,
    about: [],
    since: day(1),
    until: day(15),
    standing: [],
    changes: [],
    coolingOffSeconds: 86_400,
    now,
    ...more,
  };
}

const omar = { guid: 'omar', employeeId: '2', enabled: true, expired: false };
const other = (from: string, to: string, since: number, until: number) => ({ from, to, since: day(since), until: day(until) });

test('a leave of two weeks is handed over; each thing that stands against it has its own word', () => {
  assert.equal(whyNotDelegate(question()), undefined);
  const scenes: [string, Partial<DelegationQuestion>, string | undefined][] = [
    ['to nobody', { to: undefined }, 'delegate-not-found'],
    ['to oneself', { to: { ...omar, guid: 'ines', employeeId: undefined } }, 'delegation-to-self'],
    ['to an account of one’s own', { to: { ...omar, guid: 'ines-adm', employeeId: '1' } }, 'delegation-to-self'],
    ['until before since', { since: day(3), until: day(2) }, 'delegation-dates'],
    ['no time at all', { since: day(3), until: day(3) }, 'delegation-dates'],
    ['over already', { since: day(-3), until: day(-1) }, 'delegation-dates'],
    ['a time that is none', { since: 'tomorrow' }, 'delegation-dates'],
    ['in two years', { since: day(700), until: day(701) }, 'delegation-dates'],
    ['exactly ninety days', { since: day(0), until: day(90) }, undefined],
    ['a second more', { since: day(0), until: new Date(now.getTime() + 90 * DAY + 1000).toISOString() }, 'delegation-too-long'],
    ['begun long ago, ninety days from now', { since: day(-100), until: day(90) }, undefined],
    ['about the delegate', { about: [{ guid: 'omar', employeeId: undefined }] }, 'delegation-about-delegate'],
    ['about the delegate’s other account', { about: [{ guid: 'omar-adm', employeeId: '2' }] }, 'delegation-about-delegate'],
    ['to a disabled account', { to: { ...omar, enabled: false } }, 'delegate-cannot-decide'],
    ['to an expired account', { to: { ...omar, expired: true } }, 'delegate-cannot-decide'],
    ['to somebody without the role', { toMayDecide: false }, 'delegate-cannot-decide'],
    ['to somebody who is away then', { standing: [other('omar', 'quentin', 14, 20)] }, 'delegate-is-away'],
    ['back to whom it came from', { standing: [other('omar', 'ines', 0, 2)] }, 'delegate-is-away'],
    ['what was handed to oneself', { standing: [other('quentin', 'ines', 10, 11)] }, 'delegation-chain'],
    ['after the other is back', { standing: [other('omar', 'quentin', 15, 20)] }, undefined],
    ['a second one to the same person', { standing: [other('ines', 'omar', 1, 15)] }, undefined],
    ['the twenty-first', { standing: Array.from({ length: 20 }, () => other('ines', 'omar', 20, 21)) }, 'too-many-delegations'],
    ['twenty that are over', { standing: Array.from({ length: 20 }, () => other('ines', 'omar', -2, -1)) }, undefined],
    ['an hour after a reset of one’s own', { changes: [undefined, new Date(now.getTime() - 3_600_000)] }, 'delegation-too-soon'],
    ['a day after it', { changes: [new Date(now.getTime() - DAY)] }, undefined],
  ];
  for (const [scene, change, code] of scenes) assert.equal(whyNotDelegate(question(change)), code, scene);
});

test('a delegation runs from its beginning, or its making, up to its end', () => {
  const one = { since: day(1), until: day(3), made: day(0) };
  const runs = (at: number) => isInForce(one, now.getTime() + at);
  assert.deepEqual([DAY - 1, DAY, 3 * DAY - 1, 3 * DAY].map(runs), [false, true, true, false]);
  assert.equal(isInForce({ ...one, since: day(-5) }, now.getTime() - 1), false, 'nothing runs before it was made');
});

test('a scope covers members of its groups, everybody under its units and its accounts, and nobody else', () => {
  const claimant = { guid: 'rosa', dn: 'CN=Rosa,OU=Tellers,OU=Staff,DC=bank,DC=test', groups: ['S-tellers'] };
  const scenes: [Delegation['scope'], boolean][] = [
    ['all', true],
    [[{ group: 'S-tellers' }], true],
    [[{ group: 'S-admins' }], false],
    [[{ unit: 'ou=staff,dc=bank,dc=test' }], true],
    [[{ unit: 'OU=IT,DC=bank,DC=test' }], false],
    [[{ account: 'rosa' }], true],
    [[{ account: 'tomas' }], false],
    [[{ account: 'tomas' }, { group: 'S-tellers' }], true],
    [[], false],
  ];
  for (const [scope, expected] of scenes) assert.equal(covers(scope, claimant), expected, JSON.stringify(scope));
});

test('whatever delegations are made and ended in whatever order: at no hour does anybody stand in and have a stand-in', () => {
  const names = ['ann', 'bob', 'cid', 'dan'];
  const step = fc.record({
    from: fc.constantFrom(...names),
    to: fc.constantFrom(...names),
    since: fc.integer({ min: 0, max: 20 }),
    length: fc.integer({ min: 1, max: 12 }),
    end: fc.option(fc.nat({ max: 9 }), { freq: 4, nil: undefined }),
  });
  let [made, refused] = [0, 0];
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 10 }), (steps) => {
      let standing: { from: string; to: string; since: number; until: number }[] = [];
      for (const { from, to, since, length, end } of steps) {
        if (end !== undefined) standing = standing.filter((_, index) => index !== end);
        const until = since + length;
        const why = whyNotDelegate(
          question({
            from: { guid: from, employeeId: undefined },
            to: { ...omar, guid: to, employeeId: undefined },
            since: day(since),
            until: day(until),
            standing: standing.map((one) => other(one.from, one.to, one.since, one.until)),
          }),
        );
        // The oracle looks at every half day: it may be made exactly when no half day would then have a person on both sides.
        const after = [...standing, { from, to, since, until }];
        const twoSided = Array.from({ length: 70 }, (_, half) => half / 2 + 0.25).some((at) => {
          const run = after.filter((one) => one.since <= at && at < one.until);
          return names.some((name) => run.some((one) => one.from === name) && run.some((one) => one.to === name));
        });
        assert.equal(why === undefined, !twoSided, `${from} to ${to}: ${why}`);
        if (why === undefined) {
          standing = after;
          made++;
        } else refused++;
      }
    }),
    { numRuns: 20_000, seed: 20261126 },
  );
  assert.ok(made > 20_000 && refused > 20_000, `${made} made, ${refused} refused`);
});

test('what two officers make: never by or for themselves, whichever of their accounts; else just what the rules of every delegation allow', () => {
  const someone = fc.record({
    guid: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    employeeId: fc.constantFrom('1', '2', '3', undefined),
    enabled: fc.boolean(),
    expired: fc.boolean(),
  });
  const same = (one: { guid: string; employeeId: string | undefined }, two: { guid: string; employeeId: string | undefined }) =>
    one.guid === two.guid || (one.employeeId !== undefined && one.employeeId === two.employeeId);
  const parts = fc.record({
    from: fc.option(someone, { nil: undefined }),
    fromMayDecide: fc.boolean(),
    to: fc.option(someone, { nil: undefined }),
    toMayDecide: fc.boolean(),
    officers: fc.array(someone, { minLength: 1, maxLength: 2 }),
    about: fc.array(someone, { maxLength: 2 }),
    since: fc.integer({ min: -3, max: 3 }).map(day),
    until: fc.integer({ min: -3, max: 95 }).map(day),
    changes: fc.constant([new Date(now.getTime() - 1000)]),
  });
  fc.assert(
    fc.property(parts, ({ changes, ...q }) => {
      const rest = { ...q, standing: [], coolingOffSeconds: 86_400, now };
      const why = whyNotForAnother(rest);
      const concerned = [q.from, q.to, ...q.about].filter((one) => one !== undefined);
      if (why === undefined) {
        assert.ok(!concerned.some((one) => q.officers.some((officer) => same(officer, one))));
        assert.ok(q.from?.enabled && !q.from.expired && q.fromMayDecide);
      }
      // The delegator's own reset a moment ago stands in the way of their own hand, and not of the officers'.
      const byRules = q.from && whyNotDelegate({ ...rest, from: q.from, changes: [] });
      const isFree = q.from?.enabled === true && !q.from.expired && q.fromMayDecide;
      if (isFree && !concerned.some((one) => q.officers.some((officer) => same(officer, one)))) assert.equal(why, byRules);
      if (q.from && byRules === undefined) assert.equal(whyNotDelegate({ ...rest, from: q.from, changes }), 'delegation-too-soon');
    }),
    { numRuns: 10_000 },
  );
});
