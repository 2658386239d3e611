import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { aboutReset } from '#domain/decision-statement.ts';
import { whyNotKnown } from '#domain/device.ts';
import { FACTORS, isLittleProof, PROOFS } from '#domain/next.ts';
import { isMultiFactor } from '#domain/reset-track.ts';
import { PolicyError } from '#prisma/policy-findings.ts';
import { parseNewPolicy } from '#prisma/policy-text.ts';
import { demoPolicyWith } from '../support/policies.ts';

const two = '[{ label: officers, by: { group: CS-Security-Officers }, needs: 2 }]';
const plain = `rules:
  - id: plain
    when: { protected: false }
    accept: [{ name: a code, proofs: [recovery-code], factors: [totp] }]
    approvals: []`;
const vouchers = 'vouchers: [{ relation: manager }]';

function said(text: string): string {
  try {
    parseNewPolicy(text);
    return '';
  } catch (error) {
    if (error instanceof PolicyError) return error.findings.join('\n');
    throw error;
  }
}
const under = (when: string, proofs: readonly string[], factors: readonly string[], more = ''): string =>
  said(
    demoPolicyWith(`rules:
  - id: tried
    when: ${when}
    accept: [{ name: tried, proofs: [${proofs.join(', ')}], factors: [${factors.join(', ')}] }]
    ${proofs.includes('vouching') ? vouchers : ''}
    approvals: ${when === '{ protected: true }' ? two : '[]'}${more}`),
  );

test('a known device is never enough alone: a factor stands beside it always', () => {
  assert.match(under('{ protected: false }', ['known-device'], []), /Each way in needs at least one factor/);
  assert.equal(under('{ protected: false }', ['known-device'], ['totp']), '');
});

test('for a protected account device and password, alone or together, stand only beside a key or card that knew its owner', () => {
  const factors = FACTORS.filter((one) => one !== 'synced-passkey');
  fc.assert(
    fc.property(fc.subarray([...PROOFS], { minLength: 1 }), fc.constantFrom(...factors), (proofs, factor) => {
      const found = under('{ protected: true }', proofs, [factor]);
      assert.equal(/is proof enough only with passkey or smart-card/.test(found), isLittleProof(proofs) && !isMultiFactor(factor), found);
    }),
    { seed: 8, numRuns: 60 },
  );
});

test('whoever stands at the device and knows the password does not take over every factor', () => {
  const replace = (proofs: readonly string[]): string =>
    said(
      demoPolicyWith(`rules:
  - id: lost
    when: { protected: false }
    may: [new-password, replace-factors]
    accept: [{ name: a code, proofs: [recovery-code], factors: [totp] }]
    approvals: []
    replaceFactors:
      accept: [{ name: tried, proofs: [${proofs.join(', ')}] }]
      approvals: [{ label: officer, by: { group: CS-Security-Officers } }]
      wait: 24h`),
    );
  assert.match(replace(['known-device']), /Whoever stands at the device would take over every factor/);
  assert.match(replace(['known-password', 'known-device']), /Whoever knows the password and stands at the device would take over/);
  assert.equal(replace(['issued-code', 'known-device']), '');
});

test('under NIST SP 800-63B-4 one factor beside a known device is one factor', () => {
  const nist = (factors: string): string =>
    said(
      `bases: [nist-800-63b-4]\n${demoPolicyWith(`rules:
  - id: tried
    when: { protected: false }
    accept: [{ name: tried, proofs: [known-device], factors: [${factors}] }]
    approvals: []`)}`,
    );
  assert.match(nist('totp'), /a known device is none; add passkey, smart-card or another proof/);
  assert.doesNotMatch(nist('passkey'), /a known device is none/);
});

test('a device knows an account for 90 days at most, whatever a policy says', () => {
  const within = (days: number): string => said(`devices: { knownWithin: ${days}d }\n${demoPolicyWith(plain)}`);
  assert.equal(within(90), '');
  assert.match(within(91), /devices, knownWithin: A device knows an account for 90 days at most/);
});

test('what a device says counts for the SID that was asked about, confirmed in time, by a clock that is right', () => {
  const now = new Date('2026-11-27T08:00:00Z');
  const ago = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();
  const held = (seconds: number | null) => ({ sid: 'S-1-5-21-1-2-3-1001', lastOnlineAuth: seconds === null ? null : ago(seconds) });
  const judged = (at: number, account: ReturnType<typeof held> | null, sid = 'S-1-5-21-1-2-3-1001') =>
    whyNotKnown({ at: ago(at), account }, { sid, knownWithin: 3600, now }) ?? 'known';
  assert.equal(judged(0, held(3600)), 'known');
  assert.equal(judged(0, held(3601)), 'too-long-ago');
  assert.equal(judged(0, held(-301)), 'too-long-ago');
  assert.equal(judged(0, held(null)), 'never-online');
  assert.equal(judged(0, null), 'not-held');
  assert.equal(judged(0, held(1), 'S-1-5-21-1-2-3-1002'), 'not-held');
  for (const skew of [301, -301]) assert.equal(judged(skew, held(1)), 'wrong-clock');
  assert.equal(whyNotKnown({ at: 'rubbish', account: held(1) }, { sid: 'S-1-5-21-1-2-3-1001', knownWithin: 3600, now }), 'wrong-clock');
});

test('whoever decides is shown, and signs, which device it was', () => {
  const facts = {
    reset: '00000000-0000-7000-8000-000000000001',
    operation: 'new-password',
    displayName: 'Alice',
    accountName: 'alice',
    account: 'guid',
    protectedBy: null,
    source: '192.0.2.1',
    startedAt: new Date(0),
    proofs: ['known-device'],
    factors: ['passkey'],
  } as const;
  const lines = aboutReset({ ...facts, knownBy: ['laptop-1.bank.test'] });
  assert.deepEqual(lines.slice(-2), [
    'Proof that passed: a device that knows the account. Factor that passed: passkey.',
    'The device that knows the account: laptop-1.bank.test.',
  ]);
  assert.deepEqual(aboutReset({ ...facts, knownBy: [] }), lines.slice(0, -1));
});
