import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { AccountFacts } from '#domain/account.ts';
import type { ApproversNamed, BreakGlassSigned, DecisionConfirmed } from '#domain/attestation.ts';
import { breakGlassGiven, whyNotReview, type BreakGlassQuestion } from '#domain/break-glass.ts';
import { judgeWrite, whyNotWrite, type WriteQuestion } from '#domain/write-conditions.ts';
import { honest, minutesAgo, now, person } from './honest-write.ts';

const record = { text: '', clientDataJSON: '', authenticatorData: '', signature: '', passkey: { text: '', signature: '' } };
const common = { v: 1 as const, reset: 'r1', run: 'run1', account: 'admin' };

function signature(by: string, minutes: number, unwitnessed = false): BreakGlassSigned {
  const signed = { ...record, party: { id: '', origins: [] } };
  const said = { person: by, unwitnessed, reason: '', review: 'review', method: 'passkey' as const, credential: '', signed };
  return { ...common, id: `${by}@${minutes}`, kind: 'break-glass', at: minutesAgo(minutes), ...said };
}

const officers = ['olga', 'otto', 'omar'].map((guid) => person(guid, { groups: ['sid-officers'] }));

/** A protected reset that nobody has approved, and what officers signed about it. */
function broken(...signatures: BreakGlassSigned[]): WriteQuestion {
  const q = honest(true);
  const attestations = q.attestations
    .filter(({ kind }) => kind !== 'decision')
    .map((one) => (one.kind === 'approvers' ? { ...one, breakGlass: ['olga', 'otto', 'omar', 'admin', 'clerk', 'boss'] } : one));
  return {
    ...q,
    attestations: [...attestations, ...signatures],
    people: new Map([...q.people, ...officers.map((one) => [one.guid, one] as const)]),
    breakGlassSources: [{ groupSid: 'sid-officers' }],
    signedDecisions: new Set(signatures.map(({ id }) => id)),
  };
}

const unfrozen = ({ v, id, reset, run, account, at, kind, stages }: ApproversNamed): ApproversNamed => ({
  v,
  id,
  reset,
  run,
  account,
  at,
  kind,
  stages,
});
const two = [signature('olga', 20), signature('otto', 5)];
const with_ = (q: WriteQuestion, more: Partial<WriteQuestion>): WriteQuestion => ({ ...q, ...more });
const somebody = (q: WriteQuestion, guid: string, change: Partial<AccountFacts>): WriteQuestion => {
  const was = q.people.get(guid);
  return with_(q, { people: new Map([...q.people, ...(was ? [[guid, { ...was, ...change }] as const] : [])]) });
};
/** With these accounts signed as one person's when approval was asked for. */
const frozenAs = (q: WriteQuestion, accounts: string[]): WriteQuestion =>
  with_(q, { attestations: q.attestations.map((a) => (a.kind === 'approvers' ? { ...a, people: [accounts] } : a)) });

test('two officers let a reset go on that nobody approved, and only then the writer may write', () => {
  assert.deepEqual(judgeWrite(broken(...two)), { by: 'break-glass', unwitnessed: false });
  assert.deepEqual(judgeWrite(honest(true)), { by: 'approvals', unwitnessed: false });
  assert.equal(whyNotWrite(broken()), 'evidence-missing');
});

test('each lie about break-glass is refused, and in a sentence of its own', () => {
  const q = broken(...two);
  const decision: DecisionConfirmed = {
    ...common,
    id: '6',
    kind: 'decision',
    at: minutesAgo(15),
    person: 'olga',
    stage: 1,
    decision: 'approve',
    reason: '',
    method: 'passkey',
    credential: '',
  };
  const withoutRule = q.policy.rules.map((rule) => ({ ...rule, breakGlass: undefined }));
  const scenes: [string, WriteQuestion, string][] = [
    ['one officer alone', broken(signature('olga', 5)), 'evidence-missing'],
    ['one officer twice', broken(signature('olga', 20), signature('olga', 5)), 'already-decided'],
    ['two accounts of one officer', somebody(somebody(q, 'olga', { employeeId: '7' }), 'otto', { employeeId: '7' }), 'already-decided'],
    ['two linked accounts of one officer', somebody(q, 'otto', { accounts: ['otto', 'olga'] }), 'already-decided'],
    ['two accounts that were one person’s when approval was asked for', frozenAs(q, ['olga', 'otto']), 'already-decided'],
    ['an officer who was the claimant when approval was asked for', frozenAs(q, ['admin', 'otto']), 'own-account'],
    [
      'an officer who approved by an account that is gone since',
      with_(frozenAs(q, ['left', 'otto']), {
        attestations: [...frozenAs(q, ['left', 'otto']).attestations, { ...decision, person: 'left' }],
      }),
      'already-decided',
    ],
    ['the claimant is an officer', somebody(q, 'otto', { employeeId: q.account.employeeId }), 'own-account'],
    ['who issued the code is an officer', broken(signature('clerk', 20), signature('otto', 5)), 'issued-the-code'],
    ['somebody who is no officer', broken(signature('boss', 20), signature('otto', 5)), 'officer-needed'],
    ['an officer who left the group since', somebody(q, 'otto', { groups: [] }), 'officer-needed'],
    ['an officer who is gone', with_(q, { people: new Map([...q.people].filter(([guid]) => guid !== 'otto')) }), 'officer-needed'],
    ['an officer who was disabled', somebody(q, 'otto', { enabled: false }), 'approver-not-active'],
    ['the first signature has run out', with_(q, { now: new Date(now.getTime() + 45 * 60_000) }), 'break-glass-over'],
    ['the verifier alone says that it was signed', with_(q, { signedDecisions: new Set(['olga@20']) }), 'evidence-missing'],
    ['the rule does not allow it', with_(q, { policy: { ...q.policy, rules: withoutRule } }), 'break-glass-not-allowed'],
    [
      'an officer who came after approval was asked for',
      with_(q, { attestations: q.attestations.map((a) => (a.kind === 'approvers' ? { ...a, breakGlass: ['olga'] } : a)) }),
      'eligible-too-late',
    ],
    [
      'no officers were frozen',
      with_(q, { attestations: q.attestations.map((a) => (a.kind === 'approvers' ? unfrozen(a) : a)) }),
      'break-glass-not-allowed',
    ],
    [
      'two lists of officers',
      with_(q, {
        attestations: [
          ...q.attestations,
          ...q.attestations.flatMap((a) => (a.kind === 'approvers' ? [{ ...a, id: '8', breakGlass: [] }] : [])),
        ],
      }),
      'break-glass-not-allowed',
    ],
    [
      'an officer who approved a stage already',
      with_(q, { attestations: [...q.attestations, decision], signedDecisions: new Set([...q.signedDecisions, '6']) }),
      'already-decided',
    ],
    [
      'an approver has denied',
      with_(q, { attestations: [...q.attestations, { ...decision, person: 'boss', stage: 0, decision: 'deny' }] }),
      'approval-denied',
    ],
    [
      'signed about another run',
      with_(q, { attestations: q.attestations.map((a) => (a.kind === 'break-glass' ? { ...a, run: 'other' } : a)) }),
      'evidence-missing',
    ],
    [
      'an officer was reset a moment before',
      with_(q, { lastResets: new Map([['otto', new Date(now.getTime() - 600_000)]]) }),
      'recently-reset',
    ],
    ['an officer has new keys', with_(q, { factorChanges: new Map([['otto', new Date(now.getTime() - 600_000)]]) }), 'factors-replaced'],
  ];
  for (const [scene, lie, expected] of scenes) assert.equal(whyNotWrite(lie), expected, scene);
});

test('only what two officers signed for it may be written before the witnesses have cosigned', () => {
  const unwitnessed = (...signatures: BreakGlassSigned[]) => {
    const judged = judgeWrite(broken(...signatures));
    return 'refused' in judged ? judged.refused : judged.unwitnessed;
  };
  assert.equal(unwitnessed(signature('olga', 20, true), signature('otto', 5, true)), true);
  assert.equal(unwitnessed(signature('olga', 20), signature('otto', 5, true)), false, 'one of two is not enough');
  const approved = honest(true);
  const frozen = approved.attestations.map((a) => (a.kind === 'approvers' ? { ...a, breakGlass: ['olga', 'otto'] } : a));
  const signed = [signature('olga', 3, true), signature('otto', 2, true)];
  const q = {
    ...approved,
    attestations: [...frozen, ...signed],
    people: new Map([...approved.people, ...officers.map((one) => [one.guid, one] as const)]),
    breakGlassSources: [{ groupSid: 'sid-officers' }],
    signedDecisions: new Set([...approved.signedDecisions, ...signed.map(({ id }) => id)]),
  };
  assert.deepEqual(judgeWrite(q), { by: 'approvals', unwitnessed: true }, 'approved as ever, and the witnesses are away');
});

test('a review is closed by somebody who took no part, by whichever account', () => {
  const involved = [person('olga', { employeeId: '7' }), person('admin')];
  assert.equal(whyNotReview(person('omar'), involved), undefined);
  assert.equal(whyNotReview(person('olga'), involved), 'review-third-person');
  assert.equal(whyNotReview(person('olga-adm', { employeeId: '7' }), involved), 'review-third-person');
  assert.equal(whyNotReview(person('admin-two', { accounts: ['admin-two', 'admin'] }), involved), 'review-third-person');
});

/** What counts, written again from the words of the guide and not from the code: any two people whose signatures still hold. */
function couldBe(signatures: readonly BreakGlassSigned[], who: ReadonlySet<string>, holds: number): boolean {
  const counting = signatures.filter((one) => who.has(one.person) && now.getTime() - Date.parse(one.at) <= holds);
  return new Set(counting.map((one) => one.person)).size >= 2;
}

test('break-glass is given exactly when two different officers have signed who still hold, over 10,000 plays', () => {
  const guids = ['olga', 'otto', 'omar', 'boss', 'clerk', 'admin', 'gone'];
  const play = fc.record({
    said: fc.array(fc.tuple(fc.constantFrom(...guids), fc.integer({ min: 0, max: 90 })), { maxLength: 6 }),
    frozen: fc.subarray(guids),
    members: fc.subarray(guids),
    checked: fc.boolean(),
  });
  fc.assert(
    fc.property(play, ({ said, frozen, members, checked }) => {
      const signatures = said.map(([by, minutes], at) => ({ ...signature(by, minutes), id: `${at}` }));
      const everybody = [...officers, person('boss'), person('clerk'), person('admin')];
      const people = new Map(everybody.map((one) => [one.guid, { ...one, groups: members.includes(one.guid) ? ['g'] : [] }]));
      const q: BreakGlassQuestion = {
        allowed: { officers: 2, from: [{ group: 'g' }], expire: 3600 },
        named: [{ ...common, id: 'n', kind: 'approvers', at: minutesAgo(100), stages: [], breakGlass: frozen }],
        signatures,
        decisions: [],
        claimant: person('admin'),
        issuers: [person('clerk')],
        people,
        sources: [{ groupSid: 'g' }],
        lastResets: new Map(),
        factorChanges: new Map(),
        signed: new Set(checked ? signatures.map(({ id }) => id) : []),
        coolingOffSeconds: 3600,
        provenAt: now.getTime() - 100 * 60_000,
        slackMs: 0,
        now,
      };
      const may = new Set(['olga', 'otto', 'omar', 'boss'].filter((guid) => frozen.includes(guid) && members.includes(guid)));
      const given = breakGlassGiven(q);
      assert.equal(given.given, checked && couldBe(signatures, may, 3_600_000));
      // It holds as long as was told.
      if (given.given) assert.equal(breakGlassGiven({ ...q, now: new Date(given.until) }).given, true);
    }),
    { seed: 20_261_126, numRuns: 10_000 },
  );
});
