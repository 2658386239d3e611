import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { test } from 'node:test';
import { codeAt, matching, twoInARow, type CodeSecret } from '#activities/verify/one-time-code.ts';
import { driftOf, matchingSteps, stepAt } from '#activities/verify/totp-step.ts';

/** RFC 4226 appendix D: the secret is 12345678901234567890, the codes are those of the counters 0 to 9. */
const rfc: CodeSecret = { secret: Buffer.from('12345678901234567890'), algorithm: 'sha1', digits: 6 };
const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'];

test('every vector of RFC 4226 is taken at its own counter and at no other', () => {
  const counters = codes.map((_, n) => n);
  for (const [counter, code] of codes.entries()) {
    assert.equal(codeAt(rfc, counter), code);
    assert.deepEqual(matching(rfc, code, counters), [counter]);
  }
});

test('two codes that follow each other are found within a thousand, and no further; in another order never', () => {
  const at = (moving: number): [string, string] => [codeAt(rfc, moving), codeAt(rfc, moving + 1)];
  for (const moving of [0, 1, 500, 999]) assert.equal(twoInARow(rfc, at(moving), 0, 1000), moving);
  assert.equal(twoInARow(rfc, at(1000), 0, 1000), undefined);
  assert.equal(twoInARow(rfc, at(4), 5, 1000), undefined, 'what was used is not gone back to');
  assert.equal(twoInARow(rfc, [codeAt(rfc, 7), codeAt(rfc, 6)], 0, 1000), undefined);
  assert.equal(twoInARow(rfc, [codeAt(rfc, 7), codeAt(rfc, 9)], 0, 1000), undefined, 'nor with one left out between them');
});

/** OATH Toolkit's own reckoning, many at once: one process each costs more than the sum. */
function oathtool(args: readonly string[][]): string[] {
  const script = args.map((one) => `oathtool ${one.map((word) => `'${word}'`).join(' ')}`).join('\n');
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-e'], { input: script, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim().split('\n');
}

test('a thousand random tokens show what oathtool shows: three hashes, 6 to 8 digits, both steps, counters', () => {
  const pick = <T>(of: readonly T[]): T => of[randomInt(of.length)]!;
  const tokens = Array.from({ length: 1000 }, () => ({
    secret: randomBytes(randomInt(16, 65)),
    algorithm: pick(['sha1', 'sha256', 'sha512'] as const),
    digits: pick([6, 7, 8] as const),
    period: pick([30, 60, null] as const),
    moving: randomInt(2 ** 31),
  }));
  const asked = tokens.map(({ secret, algorithm, digits, period, moving }) => {
    const hex = secret.toString('hex');
    // oathtool's HOTP knows SHA-1 only: by other hashes a counter is the step of a clock of one second.
    if (period === null && algorithm === 'sha1') return ['--hotp', '-d', String(digits), '-c', String(moving), hex];
    const step = period ?? 1;
    return [`--totp=${algorithm}`, '-d', String(digits), '-s', `${step}s`, '-N', `@${moving * step + randomInt(step)}`, hex];
  });
  assert.deepEqual(
    tokens.map((token) => codeAt(token, token.moving)),
    oathtool(asked),
  );
});

test('a clock that was off is followed by so much and by one step more, and the drift has a bound', () => {
  const token = { ...rfc, period: 30 };
  const at = new Date('2026-11-26T10:00:05Z');
  const now = stepAt(30, at);
  assert.deepEqual(matchingSteps(token, codeAt(rfc, now + 3), at), []);
  for (const off of [2, 3, 4]) assert.deepEqual(matchingSteps(token, codeAt(rfc, now + off), at, 3), [now + off]);
  assert.deepEqual(matchingSteps(token, codeAt(rfc, now), at, 3), []);
  assert.equal(driftOf(30, now - 2, at, 20), -2);
  assert.equal(driftOf(30, now + 500, at, 20), 20);
});
