import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Attestation } from '#domain/attestation.ts';
import { askedForReplacement } from '#domain/factor-replacement.ts';
import { replacementToTell, toldWhen } from '#domain/message.ts';
import { messageInWords } from '#domain/message-words.ts';
import { requirementsOf } from '#domain/policy-requirements.ts';
import { whyNotReplace, whyNotWait, type ReplacementQuestion } from '#domain/replacement-conditions.ts';
import { replacementInWords } from '#domain/rule-words.ts';
import { toldAt } from '#domain/telling.ts';
import { whyNotWrite } from '#domain/write-conditions.ts';
import { PolicyError } from '#prisma/policy-findings.ts';
import { parseNewPolicy } from '#prisma/policy-text.ts';
import { demoPolicyWith, privilegedRule } from '../support/policies.ts';
import { honest, policy } from './honest-write.ts';

const DAY = 86_400;
const way = 'accept: [{ name: a code and the app, proofs: [recovery-code], factors: [totp] }]';
const one = '[{ label: manager, by: { relation: manager } }]';
const two = '[{ label: officers, by: { group: CS-Security-Officers }, needs: 2 }]';
const desk = 'accept: [{ name: desk, proofs: [issued-code] }]';

function said(text: string): string {
  try {
    parseNewPolicy(text);
    return '';
  } catch (error) {
    assert.ok(error instanceof PolicyError);
    return error.findings.join('\n');
  }
}
const standard = (lines: string, may = '[new-password, replace-factors]'): string =>
  demoPolicyWith(
    `rules:${privilegedRule}\n  - id: rest\n    when: { protected: false }\n    may: ${may}\n    ${way}\n    approvals: []${lines}`,
  );
const replacing = (approvals: string, wait: string, ways = desk) =>
  `\n    replaceFactors: { ${ways}, approvals: ${approvals}, wait: ${wait} }`;
const guarded = (approvals: string, wait: string): string =>
  demoPolicyWith(
    `rules:\n  - id: privileged\n    when: { protected: true }\n    may: [new-password, replace-factors]\n    ${way}\n    approvals: ${two}${replacing(approvals, wait)}`,
  );

test('a rule that replaces lost factors says by what, with whose approval and after which wait, and one that does not says neither', () => {
  assert.equal(said(standard(replacing(one, '5s'))), '');
  assert.match(said(standard('')), /^line \d+, rule "rest", may: This lets lost factors be replaced and does not say what is asked/);
  assert.match(
    said(standard(replacing(one, '5s'), '[new-password]')),
    /^line \d+, rule "rest", replaceFactors: This counts for nothing, since may does not have replace-factors/,
  );
  assert.match(
    said(standard(replacing(one, '5s'), '[replace-factors]')),
    /rule "rest", may: Whoever has a factor could do nothing under this rule/,
  );
  const twice = 'accept: [{ name: desk, proofs: [issued-code] }, { name: desk, proofs: [recovery-code, recovery-code] }]';
  assert.match(
    said(standard(replacing(one, '5s', twice))),
    /rule "rest", replaceFactors, way in "desk", name: The name "desk" is used twice/,
  );
  assert.match(
    said(standard(replacing('[{ label: a, by: { role: nobody } }]', '5s'))),
    /replaceFactors, stage "a", by: there is no role "nobody"/i,
  );
});

test('the floor: somebody approves always; for protected accounts two people, and a wait of a day', () => {
  assert.match(said(standard(replacing('[]', '5s'))), /replaceFactors, approvals: .*write at least one stage/);
  assert.match(
    said(guarded(one, '3d')),
    /rule "privileged", replaceFactors, approvals: The factors of a protected account are replaced with the approval of at least two people/,
  );
  assert.match(said(guarded(two, '23h')), /rule "privileged", replaceFactors, wait: .*for a day at least; write 24h or more\.$/);
  assert.equal(said(guarded(two, '24h')), '');
  const open = standard(replacing(one, '5s'))
    .replace(privilegedRule, '')
    .replace('{ protected: false }', '{}')
    .replace('approvals: []', `approvals: ${two}`);
  assert.match(said(open), /rule "rest", replaceFactors, approvals: .*or write "protected: false" under when/);
});

test('what is asked for it is read aloud, and a draft that changes it changes what is asked', () => {
  const [rule] = policy.rules;
  assert.ok(rule?.replaceFactors);
  assert.equal(
    replacementInWords(rule),
    'Who has lost every factor: help desk code (issued-code); approved by manager, then security-officer: 2 different people; then a wait of 3 days, in which the holder can object.',
  );
  const shorter = { ...rule, replaceFactors: { ...rule.replaceFactors, wait: DAY } };
  assert.notEqual(requirementsOf(policy, rule, true), requirementsOf(policy, shorter, true));
});

test('what is still to be shown is what the nearest way lacks, and nothing once one is whole', () => {
  const ways = [
    { name: 'both', proofs: ['recovery-code', 'issued-code'] as const },
    { name: 'desk', proofs: ['issued-code'] as const },
  ];
  assert.deepEqual(askedForReplacement(ways, ['recovery-code'])?.choices, ['issued-code']);
  assert.equal(askedForReplacement(ways, ['issued-code']), undefined);
  assert.equal(askedForReplacement([], []), undefined);
});

test('whoever the account belongs to is told at every step, whatever the rule says; a newer reset is told of instead', () => {
  const silent = { tell: { requested: [], changed: [], unchanged: [] } };
  const of = { replaced: false, waits: true, refusal: null };
  const outcomes = [
    replacementToTell('requested', of),
    replacementToTell('cooling-off', of),
    replacementToTell('ended', { ...of, replaced: true }),
    replacementToTell('ended', of),
  ];
  assert.deepEqual(outcomes, ['replacement-requested', 'replacement-waits', 'factors-replaced', 'factors-kept']);
  for (const outcome of outcomes) assert.ok(outcome && toldAt(silent, toldWhen(outcome), false).includes('holder'), outcome);
  assert.equal(replacementToTell('ended', { ...of, refusal: 'superseded' }), undefined);
  assert.equal(replacementToTell('cooling-off', { ...of, waits: false }), undefined, 'it is over already');
  const { words } = messageInWords('replacement-waits', 'Ada', ['holder'], new Date('2026-11-27T10:15:00Z'));
  assert.match(words, /From 2026-11-27 at 10:15 UTC on/);
  assert.match(words, /sign in to My factors with your password, and say that you did not ask for it/);
});

/** An honest replacement of a protected account, at the moment at which the new factors are set up. */
function question(): ReplacementQuestion {
  const { writerClass: _, operation: __, breakGlassSources: ___, revoked: ____, ...q } = honest(true);
  const earlier = (at: string) => new Date(Date.parse(at) - 4 * DAY * 1000).toISOString();
  const before = q.attestations
    .filter(({ kind }) => kind !== 'factor')
    .map((a): Attestation => {
      const at = earlier(a.at);
      if (a.kind === 'identified') return { ...a, at, circumstances: { ...a.circumstances, at } };
      return a.kind === 'approvers' || a.kind === 'decision' ? { ...a, at, operation: 'replace-factors' } : { ...a, at };
    });
  const common = { v: 1 as const, reset: q.reset, run: q.run, account: q.account.guid };
  const at = (minutes: number) => new Date(q.now.getTime() + minutes * 60_000).toISOString();
  const begun = new Date(q.now.getTime() - 4 * DAY * 1000).toISOString();
  const until = new Date(Date.parse(begun) + 3 * DAY * 1000).toISOString();
  return {
    ...q,
    attestations: [
      ...before,
      { ...common, id: 'lost', kind: 'operation', at: earlier(at(-28)), operation: 'replace-factors' },
      { ...common, id: 'wait', kind: 'cooling-off', at: begun, operation: 'replace-factors', until },
      { ...common, id: 'back', kind: 'proof', at: at(-5), method: 'issued-code', credential: 'c2', issuer: 'clerk' },
    ],
  };
}

test('an honest replacement may be, and what was signed for it is good for no password', () => {
  const q = question();
  assert.equal(whyNotWait(q), undefined);
  assert.equal(whyNotReplace(q), undefined);
  for (const operation of ['new-password', 'unlock'] as const)
    assert.equal(
      whyNotWrite({
        ...q,
        operation,
        writerClass: 'privileged',
        breakGlassSources: [],
        revoked: new Set(),
        account: { ...q.account, locked: true },
      }),
      'evidence-missing',
      operation,
    );
});

test('no subset of the statements but the whole lets factors be replaced, and none of them at any other time (10,000 cases)', () => {
  const q = question();
  const { attestations } = q;
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: attestations.length, maxLength: attestations.length }),
      fc.boolean(),
      fc.integer({ min: -5 * DAY, max: DAY }),
      (kept, whole, seconds) => {
        const now = new Date(q.now.getTime() + seconds * 1000);
        const some = attestations.filter((_, index) => whole || kept[index]);
        const isWhole = some.length === attestations.length;
        // The return was five minutes before and is good for half an hour.
        const inTime = seconds >= -300 && seconds <= 1500;
        assert.equal(whyNotReplace({ ...q, attestations: some, now }) === undefined, isWhole && inTime);
      },
    ),
    { seed: 20_261_126, numRuns: 10_000 },
  );
});

test('one objection ends it, and so does a lock; whatever else is said, and however much', () => {
  const q = question();
  const common = { v: 1 as const, reset: q.reset, run: q.run, account: q.account.guid, at: q.now.toISOString(), person: 'x' };
  assert.equal(
    whyNotReplace({ ...q, attestations: [{ ...common, id: 'o', kind: 'objection' }, ...q.attestations] }),
    'replacement-objected',
  );
  const lock: Attestation = { ...common, id: 'l', kind: 'lock', reason: '', method: 'totp', credential: 'c' };
  assert.equal(whyNotReplace({ ...q, attestations: [...q.attestations, lock] }), 'reset-locked');
  const again = q.attestations.find(({ kind }) => kind === 'cooling-off');
  assert.ok(again);
  assert.equal(
    whyNotReplace({ ...q, attestations: [...q.attestations, { ...again, id: 'wait2' }] }),
    'evidence-missing',
    'two waits are none',
  );
});
