import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as holds, property, uuid } from 'fast-check';
import { endingsOfCode, requestCode } from '#domain/request-code.ts';
import { uuidv7 } from '#prisma/uuid.ts';

test('a request has six characters that nobody misreads, always the same ones, and another request has others', () => {
  holds(
    property(uuid({ version: 7 }), (reset) => {
      assert.match(requestCode(reset), /^[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}$/);
      assert.equal(requestCode(reset), requestCode(reset));
    }),
    { seed: 5, numRuns: 2000 },
  );
  assert.equal(new Set(Array.from({ length: 2000 }, () => requestCode(uuidv7()))).size, 2000);
  assert.equal(requestCode('01a215ae-42cb-7fd6-8ed4-476bffffffff'), 'ZZZ-ZZZ');
  assert.equal(requestCode('01a215ae-42cb-7fd6-8ed4-476b00000004'), '000-001');
});

test('whoever types the code, in capitals or not, with its dash or without, finds the request; what is no code finds none', () => {
  holds(
    property(uuid({ version: 7 }), (reset) => {
      const code = requestCode(reset);
      for (const typed of [code, code.toLowerCase(), code.replace('-', ''), ` ${code.replace('-', ' ')} `, code.replaceAll('0', 'o')]) {
        const endings = endingsOfCode(typed) ?? [];
        assert.ok(endings.includes(reset.slice(-8)), typed);
        assert.deepEqual(new Set(endings.map((ending) => requestCode(reset.slice(0, -8) + ending))), new Set([code]), 'and no other');
      }
    }),
    { seed: 6, numRuns: 2000 },
  );
  for (const typed of ['', 'K7Q-2X', 'K7Q-2XDD', 'K7Q-2XU', 'samir.khan', 'Ünders', '------'])
    assert.equal(endingsOfCode(typed), undefined, typed);
});
