import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { bloomFilter } from '#domain/bloom-filter.ts';
import { bannedEntry } from '#evidence/banned-list.ts';
import { generatedSpellings } from '#test/support/banned-list.ts';

test('whatever was added is never taken for a stranger', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 16, maxLength: 16 }), { maxLength: 300 }), (digests) => {
      const filter = bloomFilter(digests.length);
      digests.forEach(filter.add);
      assert.ok(digests.every(filter.mayHold));
    }),
    { seed: 42, numRuns: 300 },
  );
});

test('of 200,000 entries none is missed, about 2 of 1,000 strangers pass, and an entry takes less than two bytes', () => {
  const filter = bloomFilter(200_000);
  for (const spelling of generatedSpellings(200_000)) filter.add(bannedEntry(spelling));
  let missed = 0;
  for (const spelling of generatedSpellings(200_000)) if (!filter.mayHold(bannedEntry(spelling))) missed++;
  assert.equal(missed, 0);
  const strangers = 200_000;
  let passed = 0;
  for (let at = 0; at < strangers; at++) if (filter.mayHold(bannedEntry(`stranger ${at}`))) passed++;
  // The digests are the same in every run, so this is no matter of luck: (1 - e^(-9/13))^9 = 0.19 %.
  assert.ok(passed / strangers > 0.001 && passed / strangers < 0.003, `${passed} of ${strangers}`);
  assert.ok(filter.bytes / 200_000 < 2, `${filter.bytes} bytes`);
  assert.ok(bloomFilter(10_000_000).bytes <= 20_000_000);
});
