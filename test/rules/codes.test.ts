import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  CODE_SYMBOLS,
  codeFromBytes,
  normaliseCode,
  normaliseDigits,
  normaliseReference,
  RECOVERY_CODE_SYMBOLS,
  SELECTOR_SYMBOLS,
} from '#domain/codes.ts';

test('a code is read back however a person types it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(CODE_SYMBOLS, RECOVERY_CODE_SYMBOLS).chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
      fc.constantFrom('-', ' ', '–', '', '  '),
      fc.boolean(),
      (bytes, separator, lower) => {
        const code = codeFromBytes(bytes);
        const typed = code.replaceAll('-', separator).replaceAll('0', 'O').replaceAll('1', 'l');
        assert.equal(normaliseCode(lower ? typed.toLowerCase() : typed), code.replaceAll('-', ''));
      },
    ),
    { seed: 1 },
  );
});

test('what is secret of a recovery code, behind the part that selects its row, has eighty bits', () => {
  assert.ok((RECOVERY_CODE_SYMBOLS - SELECTOR_SYMBOLS) * 5 >= 80);
  assert.equal(normaliseCode('A'.repeat(CODE_SYMBOLS), RECOVERY_CODE_SYMBOLS), undefined, 'a new one is never shorter');
});

test('every symbol is equally likely: 256 bytes make each of the 32 symbols eight times', () => {
  const counts = new Map<string, number>();
  for (const symbol of codeFromBytes(Uint8Array.from({ length: 256 }, (_, i) => i)).replaceAll('-', ''))
    counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  assert.equal(counts.size, 32);
  assert.ok([...counts.values()].every((n) => n === 8));
});

test('what cannot be a code is undefined and never an exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const code = normaliseCode(text);
      assert.ok(code === undefined || /^([0-9A-HJKMNP-TV-Z]{4}){4,5}$/.test(code));
      const digits = normaliseDigits(text);
      assert.ok(digits === undefined || /^\d{6,8}$/.test(digits));
    }),
    { seed: 2, numRuns: 2000 },
  );
  assert.equal(normaliseCode('A'.repeat(10_000)), undefined);
  assert.equal(normaliseReference('abcd efgh jkmn'), 'ABCD-EFGH-JKMN');
  assert.equal(normaliseReference('abcd'), undefined);
});
