import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { samePerson, type AccountFacts } from '#domain/account.ts';
import { whyNotDecide, type DecisionQuestion } from '#domain/approval.ts';

const MANAGER = [{ person: 'bob' }];
const OFFICERS = [{ groupSid: 'officers' }];
const now = new Date('2026-11-23T12:00:00Z');

function person(guid: string, more: Partial<AccountFacts> = {}): AccountFacts {
  return {
    guid,
    sid: `S-1-5-21-${guid}`,
    dn: `CN=${guid},OU=Staff,DC=bank,DC=test`,
    enabled: true,
    locked: false,
    expired: false,
    smartcardRequired: false,
    protectedBy: undefined,
    employeeId: undefined,
    managerGuid: undefined,
    pwdLastSet: '1',
    groups: [],
    ...more,
  };
}

const alice = person('alice', { managerGuid: 'bob', employeeId: '1001' });
const bob = person('bob');
const carol = person('carol', { groups: ['officers'] });

function question(more: Partial<DecisionQuestion> = {}): DecisionQuestion {
  return {
    approver: bob,
    inPlaceOf: undefined,
    methods: ['passkey'],
    claimant: alice,
    frozen: ['alice', 'alice-adm', 'bob', 'carol', 'mallory'],
    sources: MANAGER,
    issuers: [],
    decided: [],
    lastOwnReset: undefined,
    lastFactorChange: undefined,
    coolingOffSeconds: 86_400,
    now,
    ...more,
  };
}

test('the manager decides the manager stage and an officer the officers stage', () => {
  assert.equal(whyNotDecide(question()), undefined);
  assert.equal(whyNotDecide(question({ approver: carol, sources: OFFICERS, decided: [bob] })), undefined);
});

test('each conflict has its own word, the most fundamental first', () => {
  const scenes: [string, Partial<DecisionQuestion>, string][] = [
    ['the claimant decides', { approver: alice }, 'own-account'],
    [
      'the claimant through an administrator account with the same employee number',
      { approver: person('alice-adm', { employeeId: '1001', groups: ['officers'] }), sources: OFFICERS },
      'own-account',
    ],
    ['the person who issued the code', { issuers: [bob] }, 'issued-the-code'],
    [
      'the same person on a second stage',
      { approver: person('bob', { groups: ['officers'] }), sources: OFFICERS, decided: [bob] },
      'already-decided',
    ],
    ['a colleague', { approver: person('mallory') }, 'not-an-approver'],
    ['a member of another group', { approver: person('mallory', { groups: ['tellers'] }), sources: OFFICERS }, 'not-an-approver'],
    ['anybody when the group is gone', { approver: carol, sources: [] }, 'not-an-approver'],
    ['whoever became the manager after the request', { frozen: ['carol'] }, 'eligible-too-late'],
    ['a manager who was disabled meanwhile', { approver: { ...bob, enabled: false } }, 'approver-not-active'],
    ['a manager whose own password was reset an hour ago', { lastOwnReset: new Date(now.getTime() - 3_600_000) }, 'recently-reset'],
    ['a manager who replaced their own key an hour ago', { lastFactorChange: new Date(now.getTime() - 3_600_000) }, 'factors-replaced'],
  ];
  for (const [scene, change, code] of scenes) assert.equal(whyNotDecide(question(change)), code, scene);
  assert.equal(
    whyNotDecide(question({ lastOwnReset: new Date(now.getTime() - 86_400_000) })),
    undefined,
    'a day later the manager counts again',
  );
});

test('an empty employee number makes nobody the same person', () => {
  assert.equal(samePerson(person('a', { employeeId: '' }), person('b', { employeeId: '' })), false);
  assert.equal(samePerson(person('a'), person('b')), false);
});

test('whoever may decide is another active person, eligible, and has not decided before', () => {
  const guid = fc.constantFrom('alice', 'bob', 'carol', 'dave', 'erin');
  const employeeId = fc.constantFrom(undefined, '', '1', '2', '3');
  const anybody = fc.record({
    guid,
    employeeId,
    enabled: fc.boolean(),
    locked: fc.boolean(),
    expired: fc.boolean(),
    groups: fc.subarray(['officers', 'tellers']),
  });
  const few = fc.array(fc.record({ guid, employeeId }), { maxLength: 2 });
  fc.assert(
    fc.property(
      anybody,
      fc.record({ guid, employeeId, managerGuid: fc.option(guid, { nil: undefined }) }),
      fc.constantFrom('manager', 'officers'),
      fc.subarray(['alice', 'bob', 'carol', 'dave', 'erin']),
      few,
      few,
      fc.option(fc.integer({ min: 0, max: 172_800 }), { nil: undefined }),
      fc.option(fc.integer({ min: 0, max: 172_800 }), { nil: undefined }),
      (approver, claimant, by, frozen, issuers, decided, ago, replaced) => {
        const lastOwnReset = ago === undefined ? undefined : new Date(now.getTime() - ago * 1000);
        const why = whyNotDecide({
          approver,
          inPlaceOf: undefined,
          methods: ['passkey'],
          claimant: { ...claimant, dn: '', groups: [] },
          frozen,
          sources: by === 'manager' ? (claimant.managerGuid === undefined ? [] : [{ person: claimant.managerGuid }]) : OFFICERS,
          issuers,
          decided,
          lastOwnReset,
          lastFactorChange: replaced === undefined ? undefined : new Date(now.getTime() - replaced * 1000),
          coolingOffSeconds: 86_400,
          now,
        });
        // An oracle written apart from the rule: every condition as its own sentence.
        const same = (x: { guid: string; employeeId: string | undefined }): boolean =>
          x.guid === approver.guid || (!!x.employeeId && x.employeeId === approver.employeeId);
        const eligible = by === 'manager' ? claimant.managerGuid === approver.guid : approver.groups.includes('officers');
        const may =
          !same(claimant) &&
          !issuers.some(same) &&
          !decided.some(same) &&
          eligible &&
          frozen.includes(approver.guid) &&
          approver.enabled &&
          !approver.locked &&
          !approver.expired &&
          (ago === undefined || ago >= 86_400) &&
          (replaced === undefined || replaced >= 86_400);
        assert.equal(why === undefined, may);
      },
    ),
    { numRuns: 10_000, seed: 20261123 },
  );
});
