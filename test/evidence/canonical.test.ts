import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { canonical, parseCanonical } from '#evidence/jcs.ts';
import type { Json } from '#evidence/jcs.ts';
import { Malformed } from '#evidence/malformed.ts';

test('what canonical() writes is read back, as text and as bytes', () => {
  const key = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed());
  const json = fc.letrec<{ v: Json }>((tie) => ({
    v: fc.oneof(
      key,
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('v'), { maxLength: 3 }),
      fc.dictionary(key, tie('v'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).v;
  fc.assert(
    fc.property(json, (value) => {
      const text = canonical(value);
      assert.deepEqual(parseCanonical(text), JSON.parse(text));
      assert.equal(canonical(parseCanonical(Buffer.from(text))), text);
    }),
    { seed: 4, numRuns: 500 },
  );
});

test('two readers never see two values: doubled members, other forms and other orders are refused', () => {
  for (const bad of [
    '{"a":1,"a":1}',
    '{"a":1,"a":2}',
    '{"a":{"b":1,"b":2}}',
    '[{"a":1,"\\u0061":2}]',
    '{"__proto__":1,"__proto__":2}',
    '{"b":1,"a":2}',
    '{"a":1, "b":2}',
    ' {}',
    '{}\n',
    '\ufeff{}',
    '"\\u0061"',
    '"\\/"',
    '"\\u000a"',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '\ud800',
    '1.0',
    '1e2',
    '-0',
    '0.5',
    '9007199254740992',
    '9007199254740993',
    '1e999',
    'NaN',
    'undefined',
    '',
    '{"a":1}{"b":2}',
    '[1,]',
    "{'a':1}",
    '['.repeat(200_000),
    `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
  ])
    assert.throws(() => parseCanonical(bad), Malformed, bad.slice(0, 40));
  for (const bytes of [Buffer.of(0x22, 0xff, 0x22), Buffer.of(0x22, 0xed, 0xa0, 0x80, 0x22), Buffer.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d)])
    assert.throws(() => parseCanonical(bytes), Malformed);
});

test('a refusal repeats nothing of what it refused', () => {
  for (const bad of ['{"code":"7H2K-9QXM"', '{"code":"7H2K-9QXM","code":"7H2K-9QXM"}', '7H2K-9QXM'])
    assert.throws(
      () => parseCanonical(bad),
      (error) => error instanceof Malformed && !error.message.includes('7H2K'),
    );
});

test('reading never throws anything but Malformed', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array(), fc.json()), (input) => {
      try {
        parseCanonical(input);
      } catch (error) {
        assert.ok(error instanceof Malformed);
      }
    }),
    { seed: 4, numRuns: 2_000 },
  );
});
