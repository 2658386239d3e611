import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attestation } from '#domain/attestation.ts';
import { placeOf, type Policy, type Rule } from '#domain/policy.ts';
import { whyNotWrite } from '#domain/write-conditions.ts';
import { alice, honest, minutesAgo, policy, statements } from './honest-write.ts';

test('the rule is chosen again by what was signed of the moment and by what the directory says now', () => {
  const only = (when: Rule['when']): Policy => ({
    ...policy,
    rules: policy.rules.map((rule) => ({ ...rule, when: { ...rule.when, ...when } })),
  });
  const seen = { flags: ['locked'], via: 'portal', networks: ['branches'], at: minutesAgo(30) };
  const named = statements('identified', () => ({ circumstances: seen }));
  const asked = (when: Rule['when'], q = honest(false)) => whyNotWrite({ ...named(q), policy: only(when) });
  // It is not locked any more, and the writer sees no source at all: the statement stands for both.
  assert.equal(asked({ flags: ['locked'], networks: ['branches'] }), undefined);
  assert.equal(asked({ notFlags: ['locked'] }), 'no-rule');
  assert.equal(asked({ networks: ['head office'] }), 'no-rule');
  // Groups and place are those of now.
  const groups = new Map([['Treasury', 'S-treasury']]);
  const inGroup = (of: string[]) => ({ ...honest(false), place: { ...placeOf(alice, groups), groups: of } });
  assert.equal(asked({ memberOf: ['Treasury'] }, inGroup(['S-treasury'])), undefined);
  assert.equal(asked({ memberOf: ['Treasury'] }, inGroup([])), 'no-rule');
  assert.equal(asked({ notMemberOf: ['Vault'] }, inGroup([])), 'no-rule', 'a group that is gone opens no door');
  const [privileged, standard] = policy.rules;
  assert.ok(privileged && standard);
  const before: Policy = { ...policy, rules: [{ ...standard, id: 'treasury', when: { memberOf: ['Treasury'] } }, privileged, standard] };
  assert.equal(whyNotWrite({ ...inGroup(['S-treasury']), policy: before }), 'account-changed', 'it joined a group that has its own rule');
  assert.equal(whyNotWrite({ ...inGroup([]), policy: before }), undefined);
});

test('each way in has to be whole, and approvals count from the moment that it was', () => {
  const both: Policy = {
    ...policy,
    rules: policy.rules.map((rule) => ({
      ...rule,
      accept: [{ name: 'both codes', proofs: ['recovery-code', 'issued-code'], factors: ['totp'] }],
    })),
  };
  const more = (minutes: number): Attestation =>
    ({
      ...(honest(true).attestations[1] as Attestation),
      id: '7',
      at: minutesAgo(minutes),
      method: 'recovery-code',
      issuer: null,
    }) as Attestation;
  const asked = (...add: Attestation[]) =>
    whyNotWrite({ ...honest(true), policy: both, attestations: [...honest(true).attestations, ...add] });
  assert.equal(asked(), 'evidence-missing');
  assert.equal(asked(more(25)), undefined);
  assert.equal(asked(more(15)), 'evidence-missing', 'the manager had decided before the second proof');
});
