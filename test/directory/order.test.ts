import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { compareRanks, isBetterFor, rankOf, type Candidate, type Rank, type Want } from '#activities/directory/order.ts';
import type { Known, Standing } from '#activities/directory/standing.ts';

/** The order in which controllers are asked, as a rule of its own. */
const reading: Want = { site: 'Head', writable: false };
const facts = (more: Partial<Known> = {}): Known => ({
  dnsHostName: 'dc.bank.test',
  baseDn: 'DC=bank,DC=test',
  site: 'Far',
  readOnly: false,
  skewSeconds: 0,
  policyHints: false,
  service: undefined,
  isPdc: false,
  ...more,
});
const standing = (more: Partial<Standing> = {}): Standing => ({ health: 'good', milliseconds: 5, facts: facts(), why: undefined, ...more });
const controller = { url: 'ldaps://dc.bank.test:636', servername: 'dc.bank.test' };
const found = (more: { order?: number; priority?: number; near?: boolean; isPdc?: boolean } = {}): Candidate => {
  const place = { priority: more.priority ?? 0, order: more.order ?? 0 };
  return {
    controller,
    found: { controller, domain: place, sites: new Map(more.near ? [['head', place]] : []), isPdc: more.isPdc ?? false },
  };
};
const rank = (candidate: Candidate, known = standing(), want = reading, isUnfit = false): Rank => rankOf(candidate, known, want, isUnfit);

function isBefore(better: Rank, worse: Rank): void {
  assert.ok(compareRanks(better, worse) < 0);
  assert.ok(compareRanks(worse, better) > 0);
}

test('among equals one that answers in half the time comes first; a few milliseconds change nothing', () => {
  isBefore(rank(found({ order: 1 }), standing({ milliseconds: 8 })), rank(found({ order: 0 }), standing({ milliseconds: 40 })));
  isBefore(rank(found({ order: 0 }), standing({ milliseconds: 12 })), rank(found({ order: 1 }), standing({ milliseconds: 2 })));
});

test('what the administrators of the domain set comes before speed', () => {
  isBefore(rank(found({ priority: 1 }), standing({ milliseconds: 200 })), rank(found({ priority: 2 }), standing({ milliseconds: 1 })));
});

test('a controller stands in a site when DNS says so or it does itself', () => {
  const there = standing({ facts: facts({ site: 'HEAD' }) });
  isBefore(rank(found({ near: true, priority: 9 })), rank(found()));
  isBefore(rank({ controller, listed: 3 }, there), rank(found()));
});

test('the PDC emulator is whom DNS names, and of a list who says so; it comes first for those who want it', () => {
  const writing: Want = { ...reading, writable: true, prefer: 'pdc' };
  const says = standing({ facts: facts({ isPdc: true }) });
  isBefore(rank(found({ isPdc: true }), standing(), writing), rank(found({ near: true }), says, writing));
  isBefore(rank({ controller, listed: 1 }, says, writing), rank({ controller, listed: 0 }, standing(), writing));
  isBefore(rank(found({ near: true })), rank(found({ isPdc: true })));
});

test('one that must not be used is last, after any that is silent, however near it stands', () => {
  isBefore(
    rank({ controller, listed: 5 }, standing({ health: 'silent' })),
    rank(found({ near: true, isPdc: true }), standing(), reading, true),
  );
});

test('nobody leaves a connection for a priority, a weight or some speed', () => {
  assert.equal(
    isBetterFor(rank(found({ priority: 0 }), standing({ milliseconds: 1 })), rank(found({ priority: 9 }), standing({ milliseconds: 900 }))),
    false,
  );
  assert.equal(isBetterFor(rank(found({ near: true })), rank(found())), true);
  assert.equal(isBetterFor(rank(found()), rank(found({ near: true }), standing({ health: 'silent' }))), true);
});

test('any controllers have one order: never two that are each before the other, and no ring', () => {
  const any = fc
    .record({
      candidate: fc.oneof(
        fc.record({ order: fc.nat(3), priority: fc.nat(2), near: fc.boolean(), isPdc: fc.boolean() }).map(found),
        fc.nat(3).map((listed): Candidate => ({ controller, listed })),
      ),
      health: fc.constantFrom('good' as const, 'proving' as const, 'silent' as const),
      milliseconds: fc.option(fc.double({ min: 0, max: 5000, noNaN: true }), { nil: undefined }),
      isUnfit: fc.boolean(),
    })
    .map(({ candidate, health, milliseconds, isUnfit }) =>
      rank(candidate, standing({ health, milliseconds }), { ...reading, prefer: 'pdc' }, isUnfit),
    );
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      assert.equal(Math.sign(compareRanks(a, b)) + Math.sign(compareRanks(b, a)), 0);
      if (compareRanks(a, b) <= 0 && compareRanks(b, c) <= 0) assert.ok(compareRanks(a, c) <= 0);
    }),
  );
});
