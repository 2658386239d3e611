import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { AccountFacts } from '#domain/account.ts';
import type { ApprovalStage } from '#domain/approval-stage.ts';
import { openStages, stagesInTurn } from '#domain/approval-stage.ts';
import { whyNotApproved, type ApprovalsQuestion } from '#domain/approvals-given.ts';
import { DECISION_METHODS, type DecisionConfirmed, type DecisionMethod } from '#domain/attestation.ts';

const start = Date.parse('2026-11-23T08:00:00Z');
const common = { v: 1 as const, reset: 'r', run: 'run', account: 'claimant' };

function person(guid: string, more: Partial<AccountFacts> = {}): AccountFacts {
  const standing = { enabled: true, locked: false, expired: false, smartcardRequired: false };
  return {
    guid,
    sid: '',
    dn: '',
    ...standing,
    protectedBy: undefined,
    employeeId: undefined,
    managerGuid: undefined,
    pwdLastSet: '1',
    groups: [],
    ...more,
  };
}

function stage(needs: number, beside = false): ApprovalStage {
  return {
    label: 'somebody',
    by: [{ group: 'g' }],
    needs,
    beside,
    timers: { remind: [], escalate: [], expire: 3600 },
    calendar: undefined,
  };
}

function decision(
  person_: string,
  of: number,
  minute: number,
  said: 'approve' | 'deny' = 'approve',
  method: DecisionMethod = 'passkey',
): DecisionConfirmed {
  const at = new Date(start + minute * 60_000).toISOString();
  const id = `${person_}/${of}/${minute}`;
  return { ...common, id, at, kind: 'decision', person: person_, stage: of, decision: said, reason: '', method, credential: '' };
}

/** Everybody named is frozen for every stage and in the group of every stage, unless a scene says otherwise. */
function question(stages: ApprovalStage[], people: AccountFacts[], decisions: DecisionConfirmed[]): ApprovalsQuestion {
  const guids = people.map(({ guid }) => guid);
  return {
    stages,
    named: [
      {
        ...common,
        id: 'n',
        at: new Date(start).toISOString(),
        kind: 'approvers',
        stages: stages.map(() => ({ people: guids, escalations: [] })),
      },
    ],
    decisions,
    claimant: person('claimant', { employeeId: '1' }),
    issuers: [],
    people: new Map(people.map((one) => [one.guid, { ...one, groups: ['g', ...one.groups] }])),
    sources: stages.map(() => [{ groupSid: 'g' }]),
    lastResets: new Map(),
    factorChanges: new Map(),
    methods: ['passkey'],
    signed: new Set(decisions.map(({ id }) => id)),
    delegations: new Map(),
    withdrawn: new Set(),
    coolingOffSeconds: 86_400,
    provenAt: start,
    slackMs: 0,
  };
}

const [ann, bob, cid, dan] = ['ann', 'bob', 'cid', 'dan'].map((guid) => person(guid)) as [
  AccountFacts,
  AccountFacts,
  AccountFacts,
  AccountFacts,
]; // four names, four people

test('a play of approvals: who says what, and what it comes to', () => {
  const everybody = [ann, bob, cid, dan, person('ann-adm', { employeeId: '7' }), person('ann-2', { employeeId: '7' })];
  const scenes: [string, ApprovalStage[], DecisionConfirmed[], string | undefined][] = [
    ['nobody is asked', [], [], undefined],
    ['two of four are enough', [stage(2)], [decision('ann', 0, 1), decision('dan', 0, 2)], undefined],
    ['one of two is not', [stage(2)], [decision('ann', 0, 1)], 'evidence-missing'],
    ['one person twice is one', [stage(2)], [decision('ann', 0, 1), decision('ann', 0, 2)], 'already-decided'],
    ['two accounts of one person are one', [stage(2)], [decision('ann-adm', 0, 1), decision('ann-2', 0, 2)], 'already-decided'],
    ['a third approval does no harm', [stage(2)], [decision('ann', 0, 1), decision('bob', 0, 2), decision('cid', 0, 3)], undefined],
    [
      'a denial after enough approvals still ends it',
      [stage(1)],
      [decision('ann', 0, 1), decision('bob', 0, 2, 'deny')],
      'approval-denied',
    ],
    ['a denial for a stage that was not asked yet ends it too', [stage(1), stage(1)], [decision('bob', 1, 1, 'deny')], 'approval-denied'],
    ['in turn', [stage(1), stage(1)], [decision('ann', 0, 1), decision('bob', 1, 2)], undefined],
    [
      'the second before the first does not count',
      [stage(1), stage(1)],
      [decision('bob', 1, 1), decision('ann', 0, 2)],
      'evidence-missing',
    ],
    ['side by side, in whatever order', [stage(1), stage(1, true)], [decision('bob', 1, 1), decision('ann', 0, 2)], undefined],
    ['side by side, still two people', [stage(1), stage(1, true)], [decision('bob', 1, 1), decision('bob', 0, 2)], 'already-decided'],
    [
      'a turn waits for both stages before it',
      [stage(1), stage(1, true), stage(1)],
      [decision('ann', 0, 1), decision('bob', 2, 2), decision('cid', 1, 3)],
      'evidence-missing',
    ],
    ['the claimant never counts', [stage(1)], [decision('claimant', 0, 1)], 'evidence-missing'],
    ['a decision from before the proof was about something else', [stage(1)], [decision('ann', 0, -1)], 'evidence-missing'],
  ];
  for (const [scene, stages, decisions, expected] of scenes)
    assert.equal(whyNotApproved(question(stages, everybody, decisions)), expected, scene);
});

test('whom an escalation adds counts, and so does everybody who could decide before', () => {
  const q = question([stage(2)], [ann, bob], [decision('ann', 0, 1), decision('bob', 0, 2)]);
  const [named] = q.named;
  assert.ok(named);
  const frozen = (people: string[], ...escalations: string[][]) => ({ ...q, named: [{ ...named, stages: [{ people, escalations }] }] });
  assert.equal(whyNotApproved(frozen(['ann'], ['bob'])), undefined);
  assert.equal(whyNotApproved(frozen(['ann'], [], ['bob'])), undefined);
  assert.equal(whyNotApproved(frozen(['ann'])), 'eligible-too-late');
});

test('stages open in turn: those of the first turn that lacks something', () => {
  const stages = [stage(1), stage(2, true), stage(1)];
  assert.deepEqual(stagesInTurn(stages), [[0, 1], [2]]);
  assert.deepEqual(openStages(stages, [0, 0, 0]), [0, 1]);
  assert.deepEqual(openStages(stages, [1, 1, 0]), [1]);
  assert.deepEqual(openStages(stages, [1, 2, 0]), [2]);
  assert.deepEqual(openStages(stages, [1, 2, 1]), []);
});

/**
 * The oracle, written apart from the rule: not a walk over the decisions but what it means that the one at `index` counts,
 * told by what counts before it.
 */
function satisfiedByDefinition(q: ApprovalsQuestion): boolean {
  const turnOf = (index: number) => q.stages.slice(1, index + 1).filter(({ beside }) => !beside).length;
  const identity = (guid: string) => q.people.get(guid)?.employeeId || guid;
  const time = (index: number) => Date.parse(q.decisions[index]?.at ?? '');
  const known = new Map<number, boolean>();
  const counts = (index: number): boolean => {
    const before = known.get(index);
    if (before !== undefined) return before;
    const one = q.decisions[index];
    const earlier = q.decisions.map((_, at) => at).filter((at) => at < index && counts(at));
    const of = (stageIndex: number) => earlier.filter((at) => q.decisions[at]?.stage === stageIndex);
    const ahead = q.stages.map((_, at) => at).filter((at) => turnOf(at) < turnOf(one?.stage ?? 0));
    const asked = one && q.stages[one.stage];
    const who = one && q.people.get(one.person);
    const yes =
      one !== undefined &&
      asked !== undefined &&
      who !== undefined &&
      one.decision === 'approve' &&
      q.methods.includes(one.method) &&
      (one.method === 'totp' || q.signed.has(one.id)) &&
      time(index) >= q.provenAt &&
      of(one.stage).length < asked.needs &&
      ahead.every((at) => of(at).length >= (q.stages[at]?.needs ?? 0)) &&
      ahead.flatMap(of).every((at) => time(at) <= time(index)) &&
      earlier.every((at) => identity(q.decisions[at]?.person ?? '') !== identity(one.person)) &&
      identity(one.person) !== (q.claimant.employeeId || q.claimant.guid) &&
      one.person !== q.claimant.guid &&
      q.issuers.every((issuer) => (issuer.employeeId || issuer.guid) !== identity(one.person) && issuer.guid !== one.person) &&
      (q.sources[one.stage] ?? []).some((source) =>
        'person' in source ? source.person === one.person : who.groups.includes(source.groupSid),
      ) &&
      (q.named[0]?.stages[one.stage]?.people.includes(one.person) ?? false) &&
      who.enabled &&
      !who.locked &&
      !who.expired &&
      [q.lastResets, q.factorChanges].every(
        (changes) => time(index) - (changes.get(one.person)?.getTime() ?? Number.NEGATIVE_INFINITY) >= q.coolingOffSeconds * 1000,
      );
    known.set(index, yes);
    return yes;
  };
  if (q.decisions.some(({ decision: said }) => said === 'deny')) return false;
  const counted = q.decisions.filter((_, index) => counts(index));
  return q.stages.every(({ needs }, index) => counted.filter((one) => one.stage === index).length >= needs);
}

const names = ['ann', 'bob', 'cid', 'dan', 'eve', 'claimant', 'gone'];
const someone = fc.record({
  employeeId: fc.constantFrom(undefined, '', '1', '7', '8'),
  enabled: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
  locked: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  groups: fc.subarray(['g', 'h'], { minLength: 1 }),
});
const bank = fc.tuple(...names.slice(0, 6).map(() => someone)).map((facts) => facts.map((one, index) => person(names[index] ?? '', one)));
const source = fc.constantFrom({ groupSid: 'g' }, { groupSid: 'h' }, { person: 'ann' }, { person: 'bob' });
const askedFor = fc.record({
  needs: fc.integer({ min: 1, max: 2 }),
  beside: fc.boolean(),
  sources: fc.array(source, { minLength: 1, maxLength: 2 }),
  frozen: fc.subarray(names.slice(0, 6), { minLength: 4 }),
});
const said = fc.record({
  person: fc.constantFrom(...names),
  stage: fc.integer({ min: 0, max: 2 }),
  minute: fc.integer({ min: -2, max: 60 }),
  deny: fc.integer({ min: 0, max: 29 }).map((n) => n === 0),
  method: fc.constantFrom<DecisionMethod>('passkey', 'passkey', 'passkey', 'totp'),
  signed: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
});
const plays = fc
  .record({
    people: bank,
    asked: fc.array(askedFor, { minLength: 1, maxLength: 3 }),
    decisions: fc.array(said, { minLength: 1, maxLength: 10 }),
    issuer: fc.option(fc.constantFrom('ann', 'eve'), { freq: 3, nil: undefined }),
    reset: fc.option(fc.constantFrom('bob', 'cid'), { freq: 3, nil: undefined }),
    replaced: fc.option(fc.constantFrom('ann', 'dan'), { freq: 3, nil: undefined }),
    methods: fc.subarray([...DECISION_METHODS], { minLength: 1 }),
  })
  .map(({ people, asked, decisions, issuer, reset, replaced, methods }): ApprovalsQuestion => {
    const inTime = decisions.toSorted((a, b) => a.minute - b.minute);
    const q = question(
      asked.map(({ needs, beside }) => stage(needs, beside)),
      people,
      inTime.map((one) => decision(one.person, one.stage, one.minute, one.deny ? 'deny' : 'approve', one.method)),
    );
    const [named] = q.named;
    return {
      ...q,
      people: new Map(people.map((one) => [one.guid, one])),
      claimant: people.find(({ guid }) => guid === 'claimant') ?? q.claimant,
      named: named ? [{ ...named, stages: asked.map(({ frozen }) => ({ people: frozen, escalations: [] })) }] : [],
      sources: asked.map(({ sources }) => sources),
      issuers: people.filter(({ guid }) => guid === issuer),
      lastResets: new Map(reset === undefined ? [] : [[reset, new Date(start - 3_600_000)]]),
      factorChanges: new Map(replaced === undefined ? [] : [[replaced, new Date(start - 3_600_000)]]),
      methods,
      signed: new Set(q.decisions.flatMap(({ id }, index) => (inTime[index]?.signed ? [id] : []))),
    };
  });

test('whatever is said by whomever in whatever order: the rule is satisfied exactly when its definition is', () => {
  let satisfied = 0;
  fc.assert(
    fc.property(plays, (q) => {
      const expected = satisfiedByDefinition(q);
      if (expected) satisfied++;
      assert.equal(whyNotApproved(q) === undefined, expected);
    }),
    { numRuns: 20_000, seed: 20261126 },
  );
  assert.ok(satisfied > 300, `only ${satisfied} plays came to a yes`);
});

test('a yes is never worth less than so many different people, frozen, eligible and without a denial', () => {
  fc.assert(
    fc.property(plays, (q) => {
      if (whyNotApproved(q) !== undefined) return;
      assert.ok(q.decisions.every((one) => one.decision === 'approve'));
      const fit = q.decisions.filter(({ person: guid, stage: of }) => {
        const who = q.people.get(guid);
        return who?.enabled && !who.locked && q.named[0]?.stages[of]?.people.includes(guid) && guid !== 'claimant';
      });
      const identities = new Set(fit.map(({ person: guid }) => q.people.get(guid)?.employeeId || guid));
      assert.ok(identities.size >= q.stages.reduce((sum, { needs }) => sum + needs, 0));
    }),
    { numRuns: 20_000, seed: 20261127 },
  );
});
