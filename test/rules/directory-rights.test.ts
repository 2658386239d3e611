import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type AccessEntry, compareRights, dangerousRights, rightOf, rightText } from '#domain/directory-rights.ts';
import { grewInWords, lostInWords } from '#domain/rights-in-words.ts';

const domain = 'S-1-5-21-1-2-3';
const someone = `${domain}-1103`;
const RESET = '00299570-246d-11d0-a768-00aa006e0529';
const USER = 'bf967aba-0de6-11d0-a285-00aa003049e2';
const entry = (over: Partial<AccessEntry> = {}): AccessEntry => ({
  kind: 'allow',
  conditional: false,
  inherited: false,
  inheritOnly: false,
  below: false,
  belowClass: undefined,
  mask: 0x100,
  objectType: RESET,
  sid: someone,
  ...over,
});
const of = (...entries: AccessEntry[]): string[] => dangerousRights({ entries, owner: undefined, inheritsNothing: true }).map(rightText);
const grew = (seen: AccessEntry[], now: AccessEntry[]): string[] => compareRights(of(...seen), of(...now), new Set()).grew.map(rightText);

const entries = fc.array(
  fc.record({
    kind: fc.constantFrom('allow' as const, 'deny' as const),
    conditional: fc.boolean(),
    inherited: fc.boolean(),
    inheritOnly: fc.boolean(),
    below: fc.boolean(),
    belowClass: fc.constantFrom(undefined, USER),
    mask: fc.constantFrom(0x8, 0x10, 0x20, 0x100, 0x130, 0xf01ff, 0x10000000, 0x40000, 0x80000),
    objectType: fc.constantFrom(undefined, RESET, '28630ebf-41d5-11d1-a9c1-0000f80367c1', 'bf9679c0-0de6-11d0-a285-00aa003049e2', USER),
    sid: fc.constantFrom(someone, `${domain}-512`, 'S-1-5-18', 'S-1-1-0'),
  }),
  { maxLength: 6 },
);

test('the order of the entries, and how often each stands there, change nothing', () => {
  fc.assert(
    fc.property(entries, (list) => {
      assert.deepEqual(compareRights(of(...list), of(...list.toReversed(), ...list), new Set([someone])), { grew: [], lost: [] });
    }),
  );
});

test('one entry of several bits gives what several of one bit each give', () => {
  fc.assert(
    fc.property(entries, (list) => {
      const cut = list.flatMap((one) =>
        [0x8, 0x10, 0x20, 0x100, 0x40000, 0x80000, 0x10000000, 0x40000000]
          .filter((bit) => (one.mask & bit) !== 0)
          .map((mask) => ({ ...one, mask })),
      );
      assert.deepEqual(of(...list).toSorted(), of(...cut).toSorted());
    }),
  );
});

test('whatever an entry adds is told, unless it was there, or its holder has everything anyhow', () => {
  fc.assert(
    fc.property(entries, entries, (seen, more) => {
      const told = grew(seen, [...seen, ...more]);
      for (const text of of(...more.filter(({ kind }) => kind === 'allow')))
        assert.ok(told.includes(text) || compareRights(of(...seen), [text], new Set()).grew.every((right) => rightText(right) !== text));
    }),
  );
  assert.deepEqual(grew([], [entry({ sid: `${domain}-512` }), entry({ sid: 'S-1-5-32-544', mask: 0x10000000 })]), []);
});

test('a line of a right is read as that right', () => {
  fc.assert(fc.property(entries, (list) => of(...list).every((text) => rightText(rightOf(text)) === text)));
});

test('what a wider right covered is no new one; what is inherited is told where it comes from', () => {
  const all = entry({ objectType: undefined });
  assert.deepEqual(grew([all], [entry()]), []);
  assert.deepEqual(grew([entry()], [all]), [`allow ${someone} every-extended-right itself`]);
  assert.deepEqual(grew([], [entry({ inherited: true })]), []);
  assert.deepEqual(grew([entry({ below: true })], [entry({ below: true, belowClass: USER })]), []);
});

test('a prohibition that is gone is a right that grew, and a new one is lost to ours alone', () => {
  const denied = entry({ kind: 'deny' });
  assert.deepEqual(grew([denied], []), [`deny ${someone} reset-password itself`]);
  assert.deepEqual(compareRights([], of(denied), new Set()), { grew: [], lost: [] });
  assert.equal(compareRights([], of(denied), new Set([someone])).lost.length, 1);
  assert.equal(compareRights(of(entry()), [], new Set([someone])).lost.length, 1);
});

test('an object without a list gives everybody everything, and is not one with an empty list', () => {
  const none = dangerousRights({ entries: undefined, owner: undefined, inheritsNothing: true });
  assert.ok(none.some(({ sid, right }) => sid === 'S-1-1-0' && right === 'rewrite-rights'));
  assert.deepEqual(dangerousRights({ entries: [], owner: undefined, inheritsNothing: true }), []);
});

test('rights are told as sentences, by where they hold', () => {
  const rights = dangerousRights({
    entries: [
      entry({ below: true, inheritOnly: true, belowClass: USER }),
      entry({ mask: 0xc0000, objectType: undefined, conditional: true }),
    ],
    owner: someone,
    inheritsNothing: false,
  });
  assert.equal(
    grewInWords('Ada West', rights, 'OU=Staff'),
    'OU=Staff inherits rights again, and so everything that is given above it. Ada West now owns OU=Staff, and so may give itself everything. ' +
      'Ada West may now set passwords: accounts below OU=Staff. Ada West may now change the rights, and so give itself everything (on a condition); take ownership, and so give itself everything (on a condition): on OU=Staff.',
  );
  assert.equal(
    lostInWords('svc-writer-staff', rights.slice(0, 1), 'OU=Staff'),
    'svc-writer-staff may no longer set passwords: accounts below OU=Staff.',
  );
});
