import * as fc from 'fast-check';
import { canonical, type Json } from '#evidence/jcs.ts';
import { LEAF_TYPES } from '#domain/leaf-types.ts';

/** Texts that break what is written beside them, if anything does. */
const hostile = fc.oneof(
  fc.constantFrom(
    '"',
    '\\',
    ']',
    '\\"] [evil@1 a="b"]',
    'a=b|c\\|d',
    'act=none cs1=x',
    'one\nCEF:0|x|y|\r\n<13>1 - - - - - -',
    'nul\u0000bell\u0007del\u007fnext\u0085',
    'Zoë 你好 🂡 \u2028 \uFEFF',
    ' lead and trail ',
    '\\n',
    'x'.repeat(20_000),
    '"'.repeat(20_000),
    '🂡'.repeat(5_000),
  ),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 80 }).map((text) => text.toWellFormed()),
);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const type = fc.oneof(fc.constantFrom(...Object.keys(LEAF_TYPES)), hostile, fc.constantFrom('constructor', '__proto__', 'toString'));

/** Any leaf that could get into a log by whatever hand: known and unknown types, members missing or of another kind. */
export const hostileLeaf: fc.Arbitrary<{ bytes: Buffer; body: Record<string, Json> }> = fc
  .record({
    v: fc.constantFrom(1, 2, '3'),
    id: maybe(hostile),
    type: maybe(type),
    outcome: maybe(fc.oneof(fc.constantFrom('success', 'failure', 'denied', 'expired', 'unknown', 'started'), hostile)),
    reason: maybe(hostile),
    t: maybe(fc.record({ wall: fc.oneof(fc.constant('2026-11-22T21:33:00.123Z'), hostile) })),
    by: maybe(fc.record({ process: hostile, release: hostile })),
    wf: maybe(fc.record({ id: hostile, run: fc.oneof(hostile, fc.constant(null)) })),
    who: maybe(
      fc.record({
        actor: fc.record({
          type: fc.oneof(fc.constantFrom('person', 'service', 'operator', 'claimant'), hostile),
          sid: hostile,
          name: hostile,
        }),
      }),
    ),
    target: maybe(fc.record({ sid: hostile, privileged: fc.oneof(fc.boolean(), hostile), name_c: hostile })),
    src: maybe(fc.record({ ip_c: hostile })),
    policy: maybe(fc.record({ sha256: hostile, rule: fc.oneof(hostile, fc.constant(null)) })),
    do: maybe(fc.record({ state: fc.oneof(hostile, fc.constantFrom('done', 'constructor')), secret: hostile })),
  })
  .map((whole) => {
    const body = JSON.parse(JSON.stringify(whole)) as Record<string, Json>;
    return { body, bytes: Buffer.from(canonical(body)) };
  });

/** Bytes that are no leaf at all. */
export const noLeaf: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('', '{}', '[]', 'null', '{"v":1,"v":1}', '{"b":1,"a":2}').map((text) => Buffer.from(text)),
  fc.constant(Buffer.alloc(65_535, 0x22)),
);
