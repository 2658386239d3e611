import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchingSteps } from '#activities/verify/totp-step.ts';
import { normaliseDigits } from '#domain/codes.ts';

/** RFC 6238 appendix B: the secrets are the ASCII digits repeated to 20, 32 and 64 bytes; 8 digits, 30 seconds. */
const secrets = { sha1: 20, sha256: 32, sha512: 64 } as const;
const vectors: [seconds: number, sha1: string, sha256: string, sha512: string][] = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
];

const totp = (algorithm: keyof typeof secrets) => ({
  secret: Buffer.from('1234567890'.repeat(7).slice(0, secrets[algorithm])),
  algorithm,
  digits: 8 as const,
  period: 30,
});

test('every vector of RFC 6238 is taken at its own step and at no other', () => {
  for (const [seconds, ...codes] of vectors) {
    for (const [index, algorithm] of (['sha1', 'sha256', 'sha512'] as const).entries()) {
      const code = codes[index] ?? '';
      const step = Math.floor(seconds / 30);
      assert.deepEqual(matchingSteps(totp(algorithm), code, new Date(seconds * 1000)), [step]);
      assert.deepEqual(matchingSteps(totp(algorithm), code, new Date((step + 1) * 30_000)), [step], 'one step late is taken');
      if (step > 1)
        assert.deepEqual(matchingSteps(totp(algorithm), code, new Date((step - 1) * 30_000)), [step], 'one step early is taken');
      assert.deepEqual(matchingSteps(totp(algorithm), code, new Date((step + 2) * 30_000)), [], 'two steps late is not');
      if (step > 3) assert.deepEqual(matchingSteps(totp(algorithm), code, new Date((step - 2) * 30_000)), [], 'two steps early is not');
    }
  }
});

test('nothing but six to eight digits is a code, and no other code is taken', () => {
  for (const typed of ['', '12345', '123456789', '94287082x', '４４４４４４', '-1 234 56e', '\u0000'.repeat(8), '9'.repeat(40)])
    assert.equal(normaliseDigits(typed), undefined);
  assert.equal(normaliseDigits(' 9428 70-82 '), '94287082');
  for (const code of ['94287083', '942870', '', '        ']) assert.deepEqual(matchingSteps(totp('sha1'), code, new Date(59_000)), []);
});
