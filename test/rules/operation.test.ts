import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Attestation, SignedRecord } from '#domain/attestation.ts';
import { operationIn, OPERATIONS, type Operation } from '#domain/operation.ts';
import { summaryOf, type Compared, type Standing } from '#domain/policy-comparison.ts';
import { requirementsOf } from '#domain/policy-requirements.ts';
import { mayInWords } from '#domain/rule-words.ts';
import { whyNotWrite, type WriteQuestion } from '#domain/write-conditions.ts';
import { PolicyError } from '#prisma/policy-findings.ts';
import { policyJsonSchema } from '#prisma/policy-schema.ts';
import { parseNewPolicy } from '#prisma/policy-text.ts';
import { demoPolicyWith, privilegedRule } from '../support/policies.ts';
import { honest, minutesAgo, policy } from './honest-write.ts';

const way = 'accept: [{ name: a code and the app, proofs: [recovery-code], factors: [totp] }]';
const standard = (lines: string): string =>
  demoPolicyWith(`rules:${privilegedRule}\n  - id: rest\n    when: { protected: false }\n    ${lines}\n    ${way}\n    approvals: []`);

function said(text: string): string {
  try {
    parseNewPolicy(text);
    return '';
  } catch (error) {
    assert.ok(error instanceof PolicyError);
    return error.findings.join('\n');
  }
}

const mayOf = (lines: string) => parseNewPolicy(standard(lines)).rules.find(({ id }) => id === 'rest')?.may;

test('a rule says what may be done, and one that says nothing allows a new password alone', () => {
  assert.deepEqual(mayOf('decisions: [passkey]'), ['new-password']);
  assert.deepEqual(mayOf('may: [unlock]'), ['unlock']);
  assert.deepEqual(mayOf('may: [new-password, unlock]'), ['new-password', 'unlock']);
  assert.match(JSON.stringify(policyJsonSchema()), /"may":\{"default":\["new-password"\],"description":"What the claimant may do/);
});

test('a rule that allows nothing, twice the same, something unknown, or asks something of a password that nobody sets, is refused with its line', () => {
  assert.match(said(standard('may: []')), /^line \d+, rule "rest", may: Write at least one, or leave the line out\.$/);
  assert.match(said(standard('may: [unlock, unlock]')), /^line \d+, rule "rest", may: The word unlock stands here twice/);
  assert.match(said(standard('may: [factors]')), /^line \d+, rule "rest", may/);
  assert.match(
    said(standard('may: [unlock]\n    password: { minLength: 16 }')),
    /^line \d+, rule "rest", password: Under this rule no password is set/,
  );
  assert.equal(said(standard('may: [new-password, unlock]\n    password: { minLength: 16 }')), '');
});

test('the floor is the same for an unlock: two people for a protected account', () => {
  const rule = `rules:\n  - id: privileged\n    when: { protected: true }\n    may: [unlock]\n    ${way}\n    approvals: []`;
  assert.match(said(demoPolicyWith(rule)), /rule "privileged", approvals: Protected accounts need the approval of at least two people/);
});

test('a test of a policy can expect what may be done', () => {
  const expecting = (may: string) =>
    `${standard('may: [unlock]')}\ntests:\n  - name: ada\n    account: { dn: "CN=Ada,OU=Staff,DC=bank,DC=test" }\n    expect: { rule: rest, may: ${may} }\n`;
  assert.equal(said(expecting('[unlock]')), '');
  assert.match(said(expecting('[new-password]')), /It is red\. Under may expected new-password, and it is unlock\./);
});

test('what may be done is read aloud', () => {
  assert.equal(mayInWords(['new-password']), 'The claimant may set a new password.');
  assert.equal(mayInWords(['unlock']), 'The claimant may only unlock the account and keep the password.');
  assert.equal(mayInWords(['new-password', 'unlock']), 'The claimant may set a new password or unlock the account and keep the password.');
});

test('a draft that takes away an operation changes what is asked, and says from whom it is taken', () => {
  const [rule] = policy.rules;
  assert.ok(rule);
  assert.notEqual(
    requirementsOf(policy, { ...rule, may: ['unlock'] }, true),
    requirementsOf(policy, { ...rule, may: [...OPERATIONS] }, true),
  );
  const standing = (...may: Operation[]): Standing => ({
    rule: 'rest',
    may,
    noApprover: false,
    firstByPassword: false,
    noReplacement: false,
    alone: true,
    unready: undefined,
  });
  const compared = (name: string, before: Standing, draft: Standing): Compared => ({
    account: { guid: name, samAccountName: name, dn: `CN=${name},OU=Staff,DC=bank,DC=test` },
    case: { address: undefined, at: new Date() },
    before,
    draft,
    changed: true,
    telling: false,
  });
  const { taken } = summaryOf([
    compared('ada', standing('new-password', 'unlock'), standing('new-password')),
    compared('bo', standing('new-password', 'unlock'), standing('unlock')),
    compared('cy', standing('unlock'), standing('new-password', 'unlock')),
    compared('di', standing('new-password', 'unlock'), { ...standing(), rule: undefined }),
  ]);
  assert.deepEqual(taken, [
    { operation: 'new-password', names: ['bo', 'di'] },
    { operation: 'unlock', names: ['ada', 'di'] },
  ]);
});

/** An honest question about an unlock: chosen once proven and before anybody was asked, named in what they were asked and decided. */
function unlock(isProtected: boolean): WriteQuestion {
  const q = honest(isProtected);
  const chosen: Attestation = {
    v: 1,
    reset: q.reset,
    run: q.run,
    account: q.account.guid,
    id: 'c',
    kind: 'operation',
    at: minutesAgo(28),
    operation: 'unlock',
  };
  return {
    ...q,
    operation: 'unlock',
    account: { ...q.account, locked: true },
    attestations: [
      ...q.attestations.map((a) => (a.kind === 'approvers' || a.kind === 'decision' ? { ...a, operation: 'unlock' as const } : a)),
      chosen,
    ],
  };
}

test('an unlock that was asked for and approved as such is allowed; without the wish, before the proof, after the approvers, or of nobody locked it is not', () => {
  for (const isProtected of [false, true]) {
    const q = unlock(isProtected);
    const changed = (change: (a: Attestation) => object | undefined) => ({
      ...q,
      attestations: q.attestations.flatMap((a) => {
        const more = a.kind === 'operation' ? change(a) : {};
        return more ? [{ ...a, ...more }] : [];
      }),
    });
    assert.equal(whyNotWrite(q), undefined);
    assert.equal(whyNotWrite(changed(() => undefined)), 'evidence-missing');
    assert.equal(whyNotWrite(changed(() => ({ at: minutesAgo(29) }))), 'evidence-missing');
    assert.equal(whyNotWrite(changed(() => ({ at: minutesAgo(5) }))), isProtected ? 'evidence-missing' : undefined);
    assert.equal(whyNotWrite(changed(() => ({ account: 'boss' }))), 'evidence-missing');
    assert.equal(whyNotWrite(changed(() => ({ run: 'run2' }))), 'evidence-missing');
    assert.equal(whyNotWrite({ ...q, account: { ...q.account, locked: false } }), 'not-locked');
    assert.equal(whyNotWrite({ ...q, account: { ...q.account, locked: true, pwdLastSet: '1' } }), 'account-changed');
    const without = { ...policy, rules: policy.rules.map((rule) => ({ ...rule, may: ['new-password'] as const })) };
    assert.equal(whyNotWrite({ ...q, policy: without }), 'operation-not-allowed');
    const only = { ...policy, rules: policy.rules.map((rule) => ({ ...rule, may: ['unlock'] as const })) };
    assert.equal(whyNotWrite({ ...honest(isProtected), policy: only }), 'operation-not-allowed');
  }
});

test('officers who let an unlock go on let no password be set, and the other way round', () => {
  const q = unlock(true);
  const signature = (operation?: Operation): Attestation => ({
    v: 1,
    reset: q.reset,
    run: q.run,
    account: q.account.guid,
    id: 'g',
    at: minutesAgo(5),
    kind: 'break-glass',
    person: 'officer2',
    unwitnessed: false,
    reason: '',
    review: 'r',
    method: 'passkey',
    credential: '',
    signed: {} as SignedRecord, // whose signature is checked elsewhere
    ...(operation ? { operation } : {}),
  });
  const asked = (question: WriteQuestion, operation?: Operation) =>
    whyNotWrite({ ...question, attestations: [...question.attestations, signature(operation)] });
  assert.equal(asked(q, 'unlock'), undefined);
  assert.equal(asked(q, 'new-password'), 'evidence-missing');
  assert.equal(asked(q), 'evidence-missing');
  assert.equal(asked(honest(true)), undefined);
  assert.equal(asked(honest(true), 'unlock'), 'evidence-missing');
});

test('whatever is said where, nothing is done but what the rule allows, the claimant chose and every approver was asked (10,000 cases)', () => {
  const operation = fc.constantFrom<Operation>(...OPERATIONS);
  const maybe = fc.option(operation, { nil: undefined });
  fc.assert(
    fc.property(
      fc.record({
        asked: operation,
        may: fc.subarray([...OPERATIONS], { minLength: 1 }),
        chosen: fc.array(operation, { maxLength: 2 }),
        named: maybe,
        decisions: fc.tuple(maybe, maybe),
      }),
      ({ asked, may, chosen, named, decisions }) => {
        const q = honest(true);
        const common = { v: 1 as const, reset: q.reset, run: q.run, account: q.account.guid, at: minutesAgo(28) };
        const said = (a: Attestation): Attestation => {
          const one = a.kind === 'approvers' ? named : a.kind === 'decision' ? decisions[a.stage] : undefined;
          return one === undefined ? a : ({ ...a, operation: one } as Attestation);
        };
        const wishes = chosen.map((one, index): Attestation => ({ ...common, id: `c${index}`, kind: 'operation', operation: one }));
        const allowed =
          whyNotWrite({
            ...q,
            operation: asked,
            account: { ...q.account, locked: true },
            policy: { ...policy, rules: policy.rules.map((rule) => ({ ...rule, may, replaceFactors: { ...rule, wait: 86_400 } })) },
            attestations: [...q.attestations.map(said), ...wishes],
          }) === undefined;
        const everybody = [named, ...decisions].every((one) => operationIn({ operation: one }) === asked);
        // A new password needs no wish of its own: the password itself is one.
        const wished = chosen.every((one) => one === asked) && (asked === 'new-password' || chosen.length > 0);
        assert.equal(allowed, may.includes(asked) && everybody && wished);
      },
    ),
    { seed: 20_261_126, numRuns: 10_000 },
  );
});
