import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePassword, type OurWrites, type PasswordSeen } from '#domain/reconciliation.ts';

const ours = (made: (string | null)[] = [], underWay = false): OurWrites => ({ made, underWay });
const seen = (version: number | null, pwdLastSet = '100', writes = 0) => ({ version, pwdLastSet, writes });
const now = (version: number | null, pwdLastSet = '200'): PasswordSeen => ({ version, pwdLastSet });

const BY_VERSION: [string, ReturnType<typeof comparePassword>, unknown][] = [
  ['nothing changed', comparePassword(seen(3), now(3, '100'), ours()), { found: 'same' }],
  ['must change was set, no new password', comparePassword(seen(3), now(3, '0'), ours()), { found: 'same' }],
  ['one of ours', comparePassword(seen(3), now(4), ours(['200'])), { found: 'ours', writes: 1 }],
  ['ours, whose moment was never read', comparePassword(seen(3), now(4), ours([null])), { found: 'ours', writes: 1 }],
  ['two of ours', comparePassword(seen(3), now(5), ours(['150', '200'])), { found: 'ours', writes: 2 }],
  [
    'one of ours that was explained before, and one around',
    comparePassword(seen(4, '200', 1), now(5, '300'), ours(['200'])),
    { found: 'around', writes: 1, around: 1 },
  ],
  ['ours behind one around', comparePassword(seen(3), now(5), ours(['200'])), { found: 'around', writes: 1, around: 1 }],
  ['three around', comparePassword(seen(3), now(6), ours()), { found: 'around', writes: 0, around: 3 }],
  ['older', comparePassword(seen(3), now(2), ours()), { found: 'older' }],
  ['on its way', comparePassword(seen(3), now(4), ours([], true)), { found: 'unsettled' }],
  ['first seen', comparePassword(undefined, now(4), ours()), { found: 'first' }],
  ['first seen while one is on its way', comparePassword(undefined, now(4), ours([], true)), { found: 'unsettled' }],
];
const BY_MOMENT: typeof BY_VERSION = [
  ['nothing changed', comparePassword(seen(null), now(null, '100'), ours()), { found: 'same' }],
  ['one of ours', comparePassword(seen(null), now(null), ours(['200'])), { found: 'ours', writes: 1 }],
  ['two of ours', comparePassword(seen(null), now(null), ours(['150', '200'])), { found: 'ours', writes: 2 }],
  ['around', comparePassword(seen(null), now(null), ours()), { found: 'around', writes: 0, around: 1 }],
  ['around, behind ours', comparePassword(seen(null), now(null, '300'), ours(['200'])), { found: 'around', writes: 1, around: 1 }],
  ['must change', comparePassword(seen(null), now(null, '0'), ours()), { found: 'around', writes: 0, around: 1 }],
  ['older', comparePassword(seen(null), now(null, '50'), ours()), { found: 'older' }],
  ['back from must change', comparePassword(seen(null, '0'), now(null, '50'), ours(['50'])), { found: 'ours', writes: 1 }],
];

test('by the version of the metadata every change is counted', () => {
  for (const [what, found, expected] of BY_VERSION) assert.deepEqual(found, expected, what);
});

test('by the moment alone, where the metadata may not be read', () => {
  for (const [what, found, expected] of BY_MOMENT) assert.deepEqual(found, expected, what);
});

test('whatever happens between two looks, in any order: as many around us as there were', () => {
  for (let happened = 0; happened < 3 ** 5; happened++) {
    const steps = Array.from({ length: 5 }, (_, at) => Math.floor(happened / 3 ** at) % 3);
    let [version, writes, moment] = [3, 0, 100];
    const made: string[] = [];
    let known = seen(version, String(moment), writes);
    let [around, found] = [0, 0];
    for (const step of steps) {
      moment += 100;
      if (step === 2) {
        // A look.
        const compared = comparePassword(known, now(version, String(moment - 100)), ours([...made]));
        if (compared.found === 'around') found += compared.around;
        if ('writes' in compared) known = seen(version, String(moment - 100), compared.writes);
        continue;
      }
      version += 1;
      if (step === 0) made.push(String(moment));
      else around += 1;
    }
    const last = comparePassword(known, now(version, String(moment)), ours(made));
    if (last.found === 'around') found += last.around;
    assert.equal(found, around, steps.join());
  }
});
