import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { AccountFacts } from '#domain/account.ts';
import type { ApprovalStage } from '#domain/approval-stage.ts';
import { whyNotApproved, type ApprovalsQuestion } from '#domain/approvals-given.ts';
import type { DecisionConfirmed } from '#domain/attestation.ts';
import type { Delegation, Scope } from '#domain/delegation.ts';

const start = Date.parse('2026-11-23T08:00:00Z');
const minute = (count: number): string => new Date(start + count * 60_000).toISOString();
const common = { v: 1 as const, reset: 'r', run: 'run', account: 'claimant' };

function person(guid: string, more: Partial<AccountFacts> = {}): AccountFacts {
  const standing = {
    enabled: true,
    locked: false,
    expired: false,
    smartcardRequired: false,
    protectedBy: undefined,
    managerGuid: undefined,
  };
  return { guid, sid: '', dn: `CN=${guid},OU=Staff,DC=bank`, ...standing, employeeId: guid, pwdLastSet: '1', groups: [], ...more };
}

function stage(needs: number, beside = false): ApprovalStage {
  return { label: 's', by: [], needs, beside, timers: { remind: [], escalate: [], expire: 3600 }, calendar: undefined };
}

function delegation(id: string, from: string, to: string, more: Partial<Delegation> = {}): Delegation {
  return { id, from, to, scope: 'all', since: minute(-60), until: minute(60), made: minute(-90), method: 'passkey', ...more };
}

/** One decision: by whom, of which stage, at which minute, and under which delegation. */
type Said = [person: string, stage: number, at: number, under?: Delegation | undefined];

function question(stages: ApprovalStage[], people: AccountFacts[], said: Said[]): ApprovalsQuestion {
  const decisions = said.map(([who, of, at, under], index): DecisionConfirmed => {
    const onBehalfOf = under && { person: under.from, delegation: under.id, record: { text: '', signature: '' } };
    const facts = { kind: 'decision', decision: 'approve', reason: '', method: 'passkey', credential: '' } as const;
    return { ...common, ...facts, id: String(index), at: minute(at), person: who, stage: of, ...(onBehalfOf ? { onBehalfOf } : {}) };
  });
  const frozen = stages.map(() => ({ people: ['boss', 'chief', 'olga'], escalations: [] }));
  return {
    stages,
    named: [{ ...common, id: 'n', at: minute(0), kind: 'approvers', stages: frozen }],
    decisions,
    claimant: person('claimant', { groups: ['S-staff'] }),
    issuers: [],
    people: new Map(people.map((one) => [one.guid, one])),
    sources: stages.map(() => [{ groupSid: 'g' }]),
    lastResets: new Map(),
    factorChanges: new Map(),
    methods: ['passkey'],
    signed: new Set(decisions.map(({ id }) => id)),
    delegations: new Map(said.flatMap(([, , , under], index) => (under ? [[String(index), under] as const] : []))),
    withdrawn: new Set(),
    coolingOffSeconds: 86_400,
    provenAt: start,
    slackMs: 0,
  };
}

const g = { groups: ['g'] };
const everybody = [person('boss', g), person('chief', g), person('olga', g), person('dora'), person('emil'), person('claimant')];
const toDora = delegation('d', 'boss', 'dora');

test('a stand-in decides in the place of whoever was asked, and every conflict of either stands in the way', () => {
  const one = (more: Partial<ApprovalsQuestion> = {}, under = toDora): ApprovalsQuestion => ({
    ...question([stage(1)], everybody, [['dora', 0, 5, under]]),
    ...more,
  });
  const changed = (guid: string, facts: Partial<AccountFacts>) => ({
    people: new Map(everybody.map((who) => [who.guid, who.guid === guid ? { ...who, ...facts } : who])),
  });
  const anHourBefore = new Date(start - 3_600_000);
  const named = one().named.map((n) => ({ ...n, stages: [{ people: ['chief'], escalations: [] }] }));
  const scenes: [string, ApprovalsQuestion, string | undefined][] = [
    ['for the boss', one(), undefined],
    ['by nobody’s delegation', question([stage(1)], everybody, [['dora', 0, 5]]), 'not-an-approver'],
    ['under one that the verifier did not sign', one({ delegations: new Map() }), 'evidence-missing'],
    ['made after the request, before the decision', one({}, { ...toDora, made: minute(4) }), undefined],
    ['made after the decision', one({}, { ...toDora, made: minute(6) }), 'delegation-over'],
    ['before it begins', one({}, { ...toDora, since: minute(6) }), 'delegation-over'],
    ['at its end', one({}, { ...toDora, until: minute(5) }), 'delegation-over'],
    ['withdrawn before the write', one({ withdrawn: new Set(['d']) }), 'delegation-over'],
    ['of somebody else’s, to the stand-in', one({}, { ...toDora, to: 'emil' }), 'delegation-over'],
    ['about another account', one({}, { ...toDora, scope: [{ account: 'emil' }] }), 'delegation-over'],
    ['about the claimant’s group', one({}, { ...toDora, scope: [{ group: 'S-staff' }] }), undefined],
    ['about another unit', one({}, { ...toDora, scope: [{ unit: 'OU=IT,DC=bank' }] }), 'delegation-over'],
    ['confirmed by a code where a key is asked for', one({}, { ...toDora, method: 'totp' }), 'delegation-too-weak'],
    ['the boss is the claimant by another account', one(changed('boss', { employeeId: 'claimant' })), 'delegator-conflict'],
    ['the stand-in is the claimant by another account', one(changed('dora', { employeeId: 'claimant' })), 'own-account'],
    ['the boss issued the code', one({ issuers: [person('boss')] }), 'delegator-conflict'],
    ['the stand-in issued the code', one({ issuers: [person('dora')] }), 'issued-the-code'],
    ['the boss is no approver any more', one(changed('boss', { groups: [] })), 'delegator-no-approver'],
    ['the boss was not asked', one({ named }), 'delegator-no-approver'],
    ['the boss is disabled', one(changed('boss', { enabled: false })), 'delegator-not-now'],
    ['the boss is locked', one(changed('boss', { locked: true })), 'delegator-not-now'],
    ['the stand-in is locked', one(changed('dora', { locked: true })), 'approver-not-active'],
    ['the boss was reset an hour before', one({ lastResets: new Map([['boss', anHourBefore]]) }), 'delegator-not-now'],
    ['the boss replaced a key an hour before', one({ factorChanges: new Map([['boss', anHourBefore]]) }), 'delegator-not-now'],
    ['the stand-in was reset an hour before', one({ lastResets: new Map([['dora', anHourBefore]]) }), 'recently-reset'],
    ['the boss is gone', one({ people: new Map(everybody.filter((w) => w.guid !== 'boss').map((w) => [w.guid, w])) }), 'evidence-missing'],
    [
      'the claimant, for the boss',
      question([stage(1)], everybody, [['claimant', 0, 5, delegation('c', 'boss', 'claimant')]]),
      'own-account',
    ],
    [
      'in the place of the claimant',
      question([stage(1)], everybody, [['dora', 0, 5, delegation('c', 'claimant', 'dora')]]),
      'delegator-conflict',
    ],
  ];
  for (const [scene, q, expected] of scenes) assert.equal(whyNotApproved(q), expected, scene);
});

test('a decision under a delegation uses up both: neither counts again, by themselves or for whomever', () => {
  const two = [stage(1), stage(1)];
  const fromChief = delegation('e', 'chief', 'dora');
  const chiefToBoss = delegation('f', 'chief', 'boss');
  const scenes: [string, Said[], string | undefined][] = [
    [
      'two others',
      [
        ['dora', 0, 1, toDora],
        ['chief', 1, 2],
      ],
      undefined,
    ],
    [
      'then the boss',
      [
        ['dora', 0, 1, toDora],
        ['boss', 1, 2],
      ],
      'already-decided',
    ],
    [
      'the boss, then the stand-in for the boss',
      [
        ['boss', 0, 1],
        ['dora', 1, 2, toDora],
      ],
      'delegator-conflict',
    ],
    [
      'the stand-in for two',
      [
        ['dora', 0, 1, toDora],
        ['dora', 1, 2, fromChief],
      ],
      'already-decided',
    ],
    [
      'two stand-ins of one',
      [
        ['dora', 0, 1, toDora],
        ['emil', 1, 2, delegation('h', 'boss', 'emil')],
      ],
      'delegator-conflict',
    ],
    [
      'the boss for the chief, then the stand-in for the boss',
      [
        ['boss', 0, 1, chiefToBoss],
        ['dora', 1, 2, toDora],
      ],
      'delegator-conflict',
    ],
    [
      'the boss for the chief, then the chief',
      [
        ['boss', 0, 1, chiefToBoss],
        ['chief', 1, 2],
      ],
      'already-decided',
    ],
  ];
  for (const [scene, said, expected] of scenes) assert.equal(whyNotApproved(question(two, everybody, said)), expected, scene);
});

/** Written apart from the rule: a decision counts when each of these sentences is true of it and of what counts before it. */
function satisfiedByDefinition(q: ApprovalsQuestion): boolean {
  const identity = (guid: string) => q.people.get(guid)?.employeeId || guid;
  const everyone = (one: DecisionConfirmed) => [one.person, ...(one.onBehalfOf ? [one.onBehalfOf.person] : [])];
  const counted: DecisionConfirmed[] = [];
  for (const one of q.decisions) {
    const at = Date.parse(one.at);
    const under = q.delegations.get(one.id);
    const right = q.people.get(one.onBehalfOf?.person ?? one.person);
    const both = everyone(one).map((guid) => q.people.get(guid));
    const reaches = (scope: Scope) =>
      scope === 'all' ||
      scope.filter((part) => ('account' in part ? part.account === 'claimant' : 'group' in part && part.group === 'S-staff')).length > 0;
    const sentences = [
      one.stage === 0 || counted.filter(({ stage: of }) => of === 0).length >= (q.stages[0]?.needs ?? 0),
      counted.filter(({ stage: of }) => of === one.stage).length < (q.stages[one.stage]?.needs ?? 0),
      both.every((who) => who?.enabled && !who.locked),
      both.every(
        (who) => who && identity(who.guid) !== identity('claimant') && !q.issuers.some((i) => identity(i.guid) === identity(who.guid)),
      ),
      both.every((who) => who && at - (q.lastResets.get(who.guid)?.getTime() ?? -Infinity) >= 86_400_000),
      counted.flatMap(everyone).every((guid) => !everyone(one).some((mine) => identity(mine) === identity(guid))),
      right !== undefined && right.groups.includes('g') && (q.named[0]?.stages[one.stage]?.people.includes(right.guid) ?? false),
      !one.onBehalfOf || (under !== undefined && under.from === one.onBehalfOf.person && under.to === one.person),
      !under || (Math.max(Date.parse(under.since), Date.parse(under.made)) <= at && at < Date.parse(under.until)),
      !under || (reaches(under.scope) && under.method === 'passkey' && !q.withdrawn.has(under.id)),
    ];
    if (sentences.every(Boolean)) counted.push(one);
  }
  return q.stages.every(({ needs }, index) => counted.filter(({ stage: of }) => of === index).length >= needs);
}

const names = ['boss', 'chief', 'olga', 'dora', 'emil', 'claimant'];
const rarely = fc.integer({ min: 0, max: 14 }).map((n) => n === 0);
const someone = fc.record({
  employeeId: fc.constantFrom(undefined, '', '1', '2', '3', '4', '5'),
  enabled: rarely.map((no) => !no),
  locked: rarely,
  inGroup: rarely.map((no) => !no),
});
const handed = fc.record({
  from: fc.constantFrom(...names),
  to: fc.constantFrom(...names),
  scope: fc.constantFrom<Scope>('all', 'all', [{ group: 'S-staff' }], [{ account: 'claimant' }], [{ account: 'emil' }]),
  since: fc.integer({ min: -40, max: 15 }),
  length: fc.integer({ min: 10, max: 90 }),
  made: fc.integer({ min: -50, max: 10 }),
  method: fc.constantFrom('passkey' as const, 'passkey' as const, 'passkey' as const, 'totp' as const),
  withdrawn: rarely,
});
const vote = fc.record({
  who: fc.constantFrom(...names),
  of: fc.integer({ min: 0, max: 1 }),
  at: fc.integer({ min: 0, max: 30 }),
  under: fc.option(fc.nat({ max: 3 }), { freq: 3, nil: undefined }),
});
const plays = fc
  .record({
    people: fc.tuple(...names.map(() => someone)),
    needs: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 1 })),
    delegations: fc.array(handed, { minLength: 1, maxLength: 4 }),
    votes: fc.array(vote, { minLength: 1, maxLength: 8 }),
    issuer: fc.option(fc.constantFrom('olga', 'emil'), { freq: 3, nil: undefined }),
    reset: fc.option(fc.constantFrom('boss', 'dora'), { freq: 3, nil: undefined }),
  })
  .map(({ people, needs, delegations, votes, issuer, reset }) => {
    const bank = people.map(({ inGroup, ...facts }, index) =>
      person(names[index] ?? '', { ...facts, groups: inGroup ? ['g', 'S-staff'] : ['S-staff'] }),
    );
    const made = delegations.map(({ from, to, since, length, scope, method, made: at }, index) =>
      delegation(`d${index}`, from, to, { scope, method, since: minute(since), until: minute(since + length), made: minute(at) }),
    );
    const said = votes
      .toSorted((a, b) => a.at - b.at)
      .map(({ who, of, at, under }): Said => {
        const named = under === undefined ? undefined : made[under % made.length];
        // Mostly whoever got the delegation uses it; now and then somebody else tries.
        return [named && at % 5 > 0 ? named.to : who, of, at, named];
      });
    const stages = needs.map((count) => stage(count)).filter(({ needs: count }) => count > 0);
    return {
      ...question(stages, bank, said),
      claimant: bank.find(({ guid }) => guid === 'claimant') ?? person('claimant'),
      issuers: bank.filter(({ guid }) => guid === issuer),
      lastResets: new Map(reset === undefined ? [] : [[reset, new Date(start - 86_400_000 + 600_000)]]),
      withdrawn: new Set(made.filter((_, index) => delegations[index]?.withdrawn).map(({ id }) => id)),
    };
  });

test('whatever is decided by whomever under whatever delegations: the rule is satisfied exactly when its definition is', () => {
  let satisfied = 0;
  let inPlace = 0;
  fc.assert(
    fc.property(plays, (q) => {
      const expected = satisfiedByDefinition(q);
      if (expected) satisfied++;
      if (expected && !satisfiedByDefinition({ ...q, decisions: q.decisions.filter((one) => !one.onBehalfOf) })) inPlace++;
      assert.equal(whyNotApproved(q) === undefined, expected);
    }),
    { numRuns: 30_000, seed: 20261126 },
  );
  assert.ok(satisfied > 1000 && inPlace > 300, `${satisfied} plays came to a yes, ${inPlace} only by a stand-in`);
});

test('under what two officers made, the claimant is none of them, nor is either of the two between whom it was made', () => {
  const part = (who: string) => ({ person: who, reason: '', method: 'passkey' as const, credential: who, at: minute(-90) });
  const typed = { from: 'boss', to: 'deputy', groups: [], units: [], accounts: [], since: minute(-60), until: minute(60) };
  const by = (one: string, two: string) =>
    delegation('d', 'boss', 'deputy', { byOfficers: { act: 'a', typed, proposed: part(one), confirmed: part(two) } });
  const members = ['boss', 'deputy', 'olga', 'otto'].map((guid) => person(guid, { groups: ['g'] }));
  members.push(person('claimant-adm', { employeeId: 'claimant' }));
  const why = (made: Delegation) => whyNotApproved(question([stage(1)], members, [['deputy', 0, 1, made]]));
  for (const second of ['otto', 'gone']) assert.equal(why(by('olga', second)), undefined, 'an officer who left since made it all the same');
  for (const pair of ['olga claimant', 'claimant olga', 'claimant-adm olga', 'boss olga', 'olga deputy']) {
    assert.equal(why(by(pair.split(' ')[0] ?? '', pair.split(' ')[1] ?? '')), 'made-for-oneself', pair);
  }
});
