import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alternative, Methods } from '#domain/accept.ts';
import { summaryOf, type Compared } from '#domain/policy-comparison.ts';
import { whyNotReady, type Unready } from '#domain/readiness.ts';

const accept: Alternative[] = [
  { name: 'code and authenticator', proofs: ['recovery-code'], factors: ['totp'] },
  { name: 'help desk and authenticator', proofs: ['issued-code'], factors: ['totp'] },
  { name: 'help desk and token', proofs: ['issued-code'], factors: ['hardware-token'] },
];
const holds = (proofs: Methods['proofs'], factors: Methods['factors']): Methods => ({ proofs, factors });

test('what stands in the way of somebody is the gravest thing, and nothing where they need nobody', () => {
  const cases: [Methods, boolean, Unready | undefined][] = [
    [holds(['recovery-code'], ['totp']), false, undefined],
    [holds([], ['totp']), false, 'no-code'],
    [holds(['recovery-code'], ['hardware-token']), false, 'no-code'],
    [holds(['recovery-code'], []), false, 'no-factor'],
    [holds([], []), false, 'no-factor'],
    [holds(['recovery-code'], ['totp']), true, 'no-approver'],
  ];
  for (const [held, noApprover, why] of cases)
    assert.equal(whyNotReady({ accept }, held, noApprover), why, JSON.stringify([held, noApprover]));
  assert.equal(whyNotReady(undefined, holds(['recovery-code'], ['totp']), false), 'no-rule');
  assert.equal(whyNotReady({ accept: accept.slice(0, 1) }, holds([], ['totp']), false), 'no-code', 'codes can be printed anew');
});

test('each account is counted once, in its own unit, by what holds now', () => {
  const [now, night] = [0, 1].map(() => ({ address: undefined, at: new Date() }));
  const compared = (name: string, unit: string, unready: Unready | undefined, at = now): Compared => {
    const standing = { rule: 'rest', may: [], noApprover: false, alone: unready === undefined, unready };
    return {
      account: { guid: name, samAccountName: name, dn: `CN=${name},${unit}` },
      case: at ?? assert.fail(),
      before: standing,
      draft: standing,
      changed: false,
      telling: false,
    };
  };
  const { unready, units } = summaryOf([
    compared('ada', 'OU=Tellers,DC=bank', undefined),
    compared('ada', 'OU=Tellers,DC=bank', 'no-rule', night),
    compared('bo\\, jr', 'OU=Tellers,DC=bank', 'no-code'),
    compared('cy', 'OU=Back\\, office,DC=bank', 'no-factor'),
    compared('di', 'OU=Back\\, office,DC=bank', 'no-code'),
  ]);
  assert.deepEqual(unready, [
    { why: 'no-factor', names: ['cy'] },
    { why: 'no-code', names: ['bo\\, jr', 'di'] },
  ]);
  assert.deepEqual(units, [
    { unit: 'OU=Back\\, office,DC=bank', accounts: 2, ready: 0, helped: 1 },
    { unit: 'OU=Tellers,DC=bank', accounts: 2, ready: 1, helped: 1 },
  ]);
});
