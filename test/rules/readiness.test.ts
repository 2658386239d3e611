import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStrongMapping } from '#domain/account-mapping.ts';
import type { Alternative, Methods } from '#domain/accept.ts';
import { summaryOf, type Compared } from '#domain/policy-comparison.ts';
import { whyNotReady, withCard, type Unready } from '#domain/readiness.ts';

const accept: Alternative[] = [
  { name: 'code and authenticator', proofs: ['recovery-code'], factors: ['totp'] },
  { name: 'help desk and authenticator', proofs: ['issued-code'], factors: ['totp'] },
  { name: 'help desk and token', proofs: ['issued-code'], factors: ['hardware-token'] },
];
const nothingElse = { noApprover: false, smartcardRequired: false, cardsCount: false };
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
    assert.equal(whyNotReady({ accept }, { ...nothingElse, held, noApprover }), why, JSON.stringify([held, noApprover]));
  const both = { ...nothingElse, held: holds(['recovery-code'], ['totp']) };
  assert.equal(whyNotReady(undefined, { ...both, smartcardRequired: true }), 'no-rule');
  assert.equal(whyNotReady({ accept }, { ...both, smartcardRequired: true, noApprover: true }), 'card-only');
  assert.equal(whyNotReady({ accept: accept.slice(0, 1) }, { ...both, held: holds([], ['totp']) }), 'no-code', 'codes can be printed anew');
});

test('whether somebody has a smart card is known when the directory maps one, and said to be unknown when it does not', () => {
  const ways = [...accept, { name: 'code and card', proofs: ['recovery-code'], factors: ['smart-card'] } satisfies Alternative];
  const why = (held: Methods, isMapped: boolean, cardsCount = true) =>
    whyNotReady({ accept: ways }, { ...nothingElse, cardsCount, held: withCard(held, isMapped, cardsCount) }) ?? 'ready';
  const [code, nothing] = [holds(['recovery-code'], []), holds([], [])];
  assert.deepEqual([why(code, true), why(nothing, true)], ['ready', 'no-code']);
  assert.deepEqual([why(code, false), why(nothing, false)], ['card-unknown', 'card-unknown']);
  assert.equal(why(holds([], ['totp']), false), 'no-code', 'what they are known to hold says more than a card that they may have');
  assert.deepEqual([why(code, true, false), why(code, false, false)], ['no-factor', 'no-factor'], 'nobody has said whose cards count');
  assert.equal(whyNotReady({ accept }, { ...nothingElse, cardsCount: true, held: code }), 'no-factor', 'no way takes a card');
});

test('only what cannot be given to somebody else maps a card', () => {
  for (const strong of ['X509:<I>DC=test,DC=bank,CN=Cards<SR>0a1B', 'x509:<ski>00ff']) assert.ok(isStrongMapping(strong), strong);
  for (const weak of [
    'X509:<I>CN=Cards<S>CN=Ada',
    'X509:<S>CN=Ada',
    'X509:<RFC822>ada@bank.test',
    'X509:<SKI>',
    'Kerberos:ada@BANK.TEST',
    '',
  ])
    assert.ok(!isStrongMapping(weak), weak);
});

test('each account is counted once, in its own unit, by what holds now', () => {
  const [now, night] = [0, 1].map(() => ({ address: undefined, at: new Date() }));
  const compared = (name: string, unit: string, unready: Unready | undefined, at = now): Compared => {
    const standing = {
      rule: 'rest',
      may: [],
      noApprover: false,
      noReplacement: false,
      firstByPassword: false,
      alone: unready === undefined,
      unready,
    };
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
