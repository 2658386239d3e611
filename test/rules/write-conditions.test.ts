import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Attestation } from '#domain/attestation.ts';
import { whyNotWrite, type WriteQuestion } from '#domain/write-conditions.ts';
import { account, honest, minutesAgo, now, person, someone, statements, type Lie } from './honest-write.ts';

/** Each breaks one condition for every account. */
const LIES: Record<string, Lie> = {
  'another reset is asked for': (q) => ({ ...q, reset: 'r2' }),
  'another run is asked for': (q) => ({ ...q, run: 'run2' }),
  'the other writer': (q) => ({ ...q, writerClass: q.writerClass === 'staff' ? 'privileged' : 'staff' }),
  'another policy': (q) => ({ ...q, policySha256: 'other' }),
  'no statement': (q) => ({ ...q, attestations: [] }),
  'nobody named': statements('identified', () => undefined),
  'named without a rule': statements('identified', () => ({ rule: null })),
  'named twice in two ways': (q) => ({
    ...q,
    attestations: [...q.attestations, { ...q.attestations[0], id: '9', sid: 'S-1-5-21-other' } as Attestation],
  }),
  'named too long ago': statements('identified', () => ({ at: minutesAgo(60 * 24 * 30) })),
  'a rule chosen by another moment': statements('identified', () => ({
    circumstances: { flags: [], via: 'portal', networks: [], at: minutesAgo(90) },
  })),
  'named at no time': statements('identified', () => ({ at: 'never' })),
  'no proof': statements('proof', () => undefined),
  'an old proof': statements('proof', () => ({ at: minutesAgo(60 * 24 * 30) })),
  'a proof of tomorrow': statements('proof', () => ({ at: minutesAgo(-60 * 24) })),
  'a proof of another account': statements('proof', () => ({ account: 'boss' })),
  'a proof by another method': statements('proof', () => ({ method: 'riddle' })),
  'an issuer who is gone': someone('clerk', undefined),
  'an issuer who is the claimant': (q) => someone('clerk', { employeeId: q.account.employeeId })(q),
  'no factor': statements('factor', () => undefined),
  'a factor before the name': statements('factor', () => ({ at: minutesAgo(50) })),
  'a factor of another run': statements('factor', () => ({ run: 'run2' })),
  'a factor that was ended since': (q) => ({
    ...q,
    revoked: new Set(q.attestations.flatMap((a) => (a.kind === 'factor' ? [a.credential] : []))),
  }),
  'another SID': account({ sid: 'S-1-5-21-other' }),
  'another GUID': account({ guid: 'mallory' }),
  'another manager': account({ managerGuid: 'officer' }),
  'no manager any more': account({ managerGuid: undefined }),
  'a password changed since': account({ pwdLastSet: '133000000000000001' }),
  'named under the other class': statements('identified', (a) => (a.kind === 'identified' ? { protected: !a.protected } : {})),
  'its protection changed': (q) => account({ protectedBy: q.account.protectedBy === undefined ? 'adminCount' : undefined })(q),
  disabled: account({ enabled: false }),
  expired: account({ expired: true }),
  'smart card only': account({ smartcardRequired: true }),
  'moved out of what is served': account({ dn: 'CN=x,OU=Elsewhere,DC=bank,DC=test' }),
};

/** Each breaks one condition of the approvals. */
const APPROVAL_LIES: Record<string, Lie> = {
  'no decision': statements('decision', () => undefined),
  'one stage only': statements('decision', (a) => (a.kind === 'decision' && a.stage === 1 ? undefined : {})),
  'the stages turned round': statements('decision', (a) => (a.kind === 'decision' ? { stage: 1 - a.stage } : {})),
  'one person twice': statements('decision', () => ({ person: 'boss' })),
  'a denial at the end': statements('decision', (a) => (a.kind === 'decision' && a.stage === 1 ? { decision: 'deny' } : {})),
  'a denial beside two approvals': (q) => ({
    ...q,
    attestations: [...q.attestations, { ...q.attestations[5], id: '9', decision: 'deny' } as Attestation],
  }),
  'decided before it was proven': statements('decision', () => ({ at: minutesAgo(40) })),
  'the last stage before the first': statements('decision', (a) =>
    a.kind === 'decision' ? { at: minutesAgo(a.stage === 0 ? 10 : 20) } : {},
  ),
  'the manager is gone': someone('boss', undefined),
  'the officer is gone': someone('officer', undefined),
  'the officer is none any more': someone('officer', { groups: [] }),
  'the officer is disabled': someone('officer', { enabled: false }),
  'the manager is locked': someone('boss', { locked: true }),
  'the manager is the claimant': (q) => someone('boss', { employeeId: q.account.employeeId })(q),
  'both approvers are one person': someone('officer', { employeeId: 'number-boss' }),
  'the officer issued the code': statements('proof', () => ({ issuer: 'officer' })),
  'the issuer is the manager by another account': someone('clerk', { employeeId: 'number-boss' }),
  'the group is gone': (q) => ({ ...q, sources: [[{ person: 'boss' }], []] }),
  'nobody was frozen': statements('approvers', () => undefined),
  'the officer came after the request': statements('approvers', () => ({
    stages: [
      { people: ['boss'], escalations: [] },
      { people: ['officer2'], escalations: [] },
    ],
  })),
  'two lists of approvers': (q) => ({
    ...q,
    attestations: [...q.attestations, { ...q.attestations[3], id: '9', stages: [] } as Attestation],
  }),
  "the officer's signature does not hold": (q) => ({ ...q, signedDecisions: new Set(['4']) }),
  "nobody's signature was checked": (q) => ({ ...q, signedDecisions: new Set() }),
  'confirmed by one-time codes': statements('decision', () => ({ method: 'totp' })),
  'the officer replaced their key an hour ago': (q) => ({
    ...q,
    factorChanges: new Map([['officer', new Date(now.getTime() - 3_600_000)]]),
  }),
  'the officer was reset an hour ago': (q) => ({ ...q, lastResets: new Map([['officer', new Date(now.getTime() - 3_600_000)]]) }),
};

test('an honest question is answered with yes', () => {
  assert.equal(whyNotWrite(honest(false)), undefined);
  assert.equal(whyNotWrite(honest(true)), undefined);
});

test('each single lie is refused, for standard and for protected accounts', () => {
  for (const [name, lie] of Object.entries(LIES))
    for (const isProtected of [false, true]) assert.notEqual(whyNotWrite(lie(honest(isProtected))), undefined, `${name} (${isProtected})`);
  for (const [name, lie] of Object.entries(APPROVAL_LIES)) assert.notEqual(whyNotWrite(lie(honest(true))), undefined, name);
});

test('lies do not mend each other: no combination of them passes', () => {
  const all = Object.entries({ ...LIES, ...APPROVAL_LIES });
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: 1, maxLength: 5 }), (lies) => {
      assert.notEqual(whyNotWrite(lies.reduce((q, [, lie]) => lie(q), honest(true))), undefined);
    }),
    { numRuns: 3000 },
  );
});

test('no subset of the statements but one with all that the rule asks for passes, in any order', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.func(fc.nat()), fc.array(fc.nat({ max: 5 }), { maxLength: 10 }), (isProtected, order, picked) => {
      const q = honest(isProtected);
      const chosen = picked.flatMap((index) => q.attestations[index] ?? []);
      const attestations = chosen.toSorted((a, b) => order(a.id) - order(b.id));
      const isComplete = new Set(chosen.map((a) => a.id)).size === q.attestations.length;
      assert.equal(whyNotWrite({ ...q, attestations }) === undefined, isComplete);
    }),
    { numRuns: 2000 },
  );
});

test('statements of other resets, runs and accounts never help and never harm', () => {
  const foreign = fc.record({
    reset: fc.constantFrom('r1', 'r2'),
    run: fc.constantFrom('run1', 'run2'),
    account: fc.constantFrom('alice', 'admin', 'boss'),
  });
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(fc.tuple(foreign, fc.nat({ max: 5 })), { maxLength: 10 }),
      fc.nat({ max: 5 }),
      (isProtected, others, missing) => {
        const q = honest(isProtected);
        const borrowed = others.flatMap(([where, index]) => {
          const statement = honest(true).attestations[index];
          // A second name within the same run is a contradiction, and refused as one in another test.
          if (
            !statement ||
            (where.reset === q.reset && where.run === q.run && (where.account === q.account.guid || statement.kind === 'identified'))
          )
            return [];
          return [{ ...statement, ...where, id: `f${index}` }];
        });
        assert.equal(whyNotWrite({ ...q, attestations: [...borrowed, ...q.attestations] }), undefined);
        const lacking = q.attestations.filter((_, index) => index !== missing % q.attestations.length);
        assert.notEqual(whyNotWrite({ ...q, attestations: [...borrowed, ...lacking] }), undefined);
      },
    ),
    { numRuns: 2000 },
  );
});

test('a second officer counts when the first may not decide', () => {
  const q = honest(true);
  const late: Attestation = { ...(q.attestations[5] as Attestation), id: '6', at: minutesAgo(5), person: 'officer2' } as Attestation;
  const people = new Map([...q.people, ['officer2', person('officer2', { groups: ['sid-officers'] })]]);
  const first = someone('officer', { enabled: false })({ ...q, people });
  assert.equal(whyNotWrite({ ...first, attestations: [...q.attestations, late] }), undefined);
});

test('cooling-off is judged at the moment of the decision: waiting does not mend it, and a reset since then refuses', () => {
  const later = (q: WriteQuestion, minutes: number): WriteQuestion => ({ ...q, now: new Date(now.getTime() + minutes * 60_000) });
  const reset = (minutes: number): WriteQuestion => ({
    ...honest(true),
    lastResets: new Map([['officer', new Date(minutesAgo(minutes))]]),
  });
  const day = honest(true).policy.timers.coolingOff / 60;
  // The officer decides ten minutes ago; their own reset was just short of the cooling-off before that.
  assert.equal(whyNotWrite(later(reset(10 + day - 5), 30)), 'recently-reset');
  assert.equal(whyNotWrite(reset(10 + day + 5)), undefined);
  assert.equal(whyNotWrite(reset(5)), 'recently-reset');
});

test('accounts that the verifier froze as one person’s are one for the writer and for an auditor who knows no directory', () => {
  const frozen = (people: string[][]) => whyNotWrite(statements('approvers', () => ({ people }))(honest(true)));
  assert.equal(frozen([]), undefined);
  assert.equal(frozen([['officer', 'somebody-else']]), undefined);
  assert.equal(frozen([['admin', 'officer']]), 'own-account');
  assert.equal(frozen([['admin', 'clerk']]), 'issuer-own-account');
  assert.equal(frozen([['clerk', 'boss']]), 'issued-the-code');
  assert.equal(frozen([['boss', 'officer']]), 'already-decided');
  // What was linked then and what is linked now make one chain.
  const now = someone('officer', { accounts: ['officer', 'second'] });
  assert.equal(whyNotWrite(now(statements('approvers', () => ({ people: [['admin', 'second']] }))(honest(true)))), 'own-account');
});
