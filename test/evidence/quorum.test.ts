import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import type { Freshness } from '#evidence/quorum.ts';
import { generateSigner } from '#evidence/signer-key.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { SIGNATURE } from '#evidence/verifier-key.ts';
import { audit, cosignedNote, guest, key, log, now, origin, site, soc, twoOfThree, witnesses } from './bank-log.ts';

const outcome = (policy: string, signed: string, freshness?: Freshness): string => {
  const judged = judgeCheckpoint(signed, parseTrustPolicy(policy), freshness);
  return judged.ok ? 'ok' : judged.reason;
};

test('two of three witnesses are enough, whichever they are; one is not, nor one twice', () => {
  for (const pair of [
    [audit, soc],
    [soc, site],
    [site, audit],
  ] as const)
    assert.equal(outcome(twoOfThree, cosignedNote(pair.map((signer) => [signer, 0]))), 'ok');
  assert.equal(outcome(twoOfThree, cosignedNote([[audit, 0]])), 'no-quorum');
  assert.equal(
    outcome(
      twoOfThree,
      cosignedNote([
        [audit, 0],
        [audit, 5],
      ]),
    ),
    'no-quorum',
  );
  assert.equal(
    outcome(
      twoOfThree,
      cosignedNote([
        [audit, 0],
        [guest, 0],
      ]),
    ),
    'no-quorum',
    'a stranger does not count',
  );
  assert.equal(outcome(twoOfThree, cosignedNote([])), 'no-quorum');
});

test('the log itself must have signed, under the origin of the policy', () => {
  const other = generateSigner(origin, SIGNATURE);
  assert.equal(
    outcome(
      twoOfThree,
      cosignedNote(
        [
          [audit, 0],
          [soc, 0],
        ],
        [other],
      ),
    ),
    'wrong-log',
  );
  assert.equal(outcome(twoOfThree, cosignedNote([], [other])), 'no-known-signature');
  const renamed = generateSigner('bank.example/other', SIGNATURE);
  assert.equal(outcome(`log ${key(renamed)}\nquorum none\n`, cosignedNote([], [renamed])), 'wrong-log');
  assert.equal(outcome(`log ${key(log)}\nlog ${key(renamed)}\nquorum none\n`, cosignedNote([])), 'ok', 'any of the logs is enough');
});

test('groups nest: any of one side and all of the other', () => {
  const nested = `log ${key(log)}\n${witnesses}witness guest ${key(guest)}\ngroup inside any audit soc\ngroup outside all dr guest\ngroup both all inside outside\nquorum both\n`;
  assert.equal(
    outcome(
      nested,
      cosignedNote([
        [audit, 0],
        [site, 0],
        [guest, 0],
      ]),
    ),
    'ok',
  );
  assert.equal(
    outcome(
      nested,
      cosignedNote([
        [audit, 0],
        [soc, 0],
        [site, 0],
      ]),
    ),
    'no-quorum',
  );
  assert.equal(
    outcome(
      nested,
      cosignedNote([
        [site, 0],
        [guest, 0],
      ]),
    ),
    'no-quorum',
  );
  assert.equal(outcome(`log ${key(log)}\n${witnesses}quorum soc\n`, cosignedNote([[soc, 0]])), 'ok', 'a single witness may be the quorum');
});

test('fresh is what the best quorum of the cosignatures says', () => {
  const fresh = { at: now, maxAge: 60n, maxAhead: 5n };
  const since = (signed: string): bigint | undefined => {
    const judged = judgeCheckpoint(signed, parseTrustPolicy(twoOfThree), fresh);
    return judged.ok ? judged.since : undefined;
  };
  assert.equal(
    since(
      cosignedNote([
        [audit, 10],
        [soc, 60],
      ]),
    ),
    now - 60n,
  );
  assert.equal(
    outcome(
      twoOfThree,
      cosignedNote([
        [audit, 0],
        [soc, 61],
      ]),
      fresh,
    ),
    'stale',
    'the oldest of the two that are needed',
  );
  assert.equal(
    since(
      cosignedNote([
        [audit, 3],
        [soc, 900],
        [site, 7],
      ]),
    ),
    now - 7n,
    'an old third does not matter',
  );
  assert.equal(
    since(
      cosignedNote([
        [audit, 900],
        [audit, 2],
        [soc, 1],
      ]),
    ),
    now - 2n,
    'the latest of one witness counts',
  );
  assert.equal(
    outcome(
      twoOfThree,
      cosignedNote([
        [audit, -5],
        [soc, 0],
      ]),
      fresh,
    ),
    'ok',
  );
  assert.equal(
    outcome(
      twoOfThree,
      cosignedNote([
        [audit, -6],
        [soc, 0],
      ]),
      fresh,
    ),
    'no-quorum',
    'from the future is not fresh for long',
  );
  assert.equal(
    outcome(
      twoOfThree,
      cosignedNote([
        [audit, 100_000],
        [soc, 100_000],
      ]),
    ),
    'ok',
    'an auditor may not ask for freshness',
  );
});

test('judging never throws, and no bent checkpoint keeps its quorum of exactly two', () => {
  const policy = parseTrustPolicy(twoOfThree);
  const good = Buffer.from(
    cosignedNote([
      [audit, 0],
      [soc, 0],
    ]),
  );
  assert.ok(judgeCheckpoint(good, policy).ok);
  for (let at = 0; at < good.length; at++) {
    for (const mask of [1, 2, 4, 8, 16, 32, 64, 128]) {
      const bent = Buffer.from(good);
      bent[at] = (bent[at] ?? 0) ^ mask;
      assert.ok(!judgeCheckpoint(bent, policy).ok, `byte ${at}`);
    }
  }
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()), (input) => {
      assert.ok(!judgeCheckpoint(input, policy).ok);
    }),
    { seed: 4, numRuns: 1_000 },
  );
});
