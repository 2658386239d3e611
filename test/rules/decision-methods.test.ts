import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attestation } from '#domain/attestation.ts';
import { whyNotWrite, type WriteQuestion } from '#domain/write-conditions.ts';
import { honest, policy, statements } from './honest-write.ts';

test('a one-time code confirms a decision about an ordinary account where the rule takes it, and about a protected one nowhere', () => {
  const [stage] = policy.rules[0]?.approvals ?? [];
  assert.ok(stage);
  const withCodes = { ...policy, rules: policy.rules.map((rule) => ({ ...rule, decisions: ['totp'] as const })) };
  const ordinary = (q: WriteQuestion): WriteQuestion => ({
    ...q,
    policy: { ...withCodes, rules: withCodes.rules.map((rule) => (rule.id === 'standard' ? { ...rule, approvals: [stage] } : rule)) },
    sources: [[{ person: 'boss' }]],
    attestations: [
      ...honest(false).attestations,
      ...honest(true).attestations.flatMap((a): Attestation[] => {
        if (a.kind === 'approvers') return [{ ...a, account: 'alice', stages: a.stages.slice(0, 1) }];
        return a.kind === 'decision' && a.stage === 0 ? [{ ...a, account: 'alice', method: 'totp' }] : [];
      }),
    ],
    signedDecisions: new Set(),
  });
  assert.equal(whyNotWrite(ordinary(honest(false))), undefined);
  const onlyKeys = ordinary(honest(false));
  const rules = onlyKeys.policy.rules.map((rule) => ({ ...rule, decisions: ['passkey'] as const }));
  assert.equal(whyNotWrite({ ...onlyKeys, policy: { ...onlyKeys.policy, rules } }), 'evidence-missing');
  const byCode = statements('decision', () => ({ method: 'totp' }))(honest(true));
  assert.equal(whyNotWrite({ ...byCode, policy: withCodes }), 'evidence-missing', 'the floor stands below every policy');
});
