import type { Operation } from './operation.ts';
import { approversNeeded } from './policy-floor.ts';
import { isServed, selectRule, type Policy } from './policy.ts';
import type { Situation } from './rule-choice.ts';

/** What a policy comes to for one account at one moment. */
export type Outcome =
  | { rule: string; may: readonly Operation[]; accept: readonly string[]; stages: readonly string[]; approvers: number }
  /** Outside of every subtree that is served, or served and without a rule. */
  | { refused: 'not-served' | 'no-rule' };

export function outcomeOf(policy: Policy, situation: Situation): Outcome {
  if (situation.place && !isServed(policy, situation.place)) return { refused: 'not-served' };
  const rule = selectRule(policy, situation);
  if (!rule) return { refused: 'no-rule' };
  return {
    rule: rule.id,
    may: rule.may,
    accept: rule.accept.map(({ name }) => name),
    stages: rule.approvals.map(({ label }) => label),
    approvers: approversNeeded(rule),
  };
}
