import type { Alternative } from '#domain/accept.ts';
import type { ProofMethod } from '#domain/next.ts';
import type { Policy, Rule } from '#domain/policy.ts';
import { policyVersion, type FrozenPolicy } from '#prisma/policies.ts';
import type { Transaction } from '#db';
import { Broken } from '#activities/closed-failures.ts';

/** Versions are named by the hash of their text, so one that was checked once never changes. */
const known = new Map<string, Policy>();

/** The policy that a reset froze. Throws Broken when it is not there or its text no longer has that hash. */
export async function frozenPolicy(db: Transaction, sha256: string): Promise<FrozenPolicy> {
  const kept = known.get(sha256);
  if (kept) return { sha256, policy: kept };
  const found = await policyVersion(db, sha256);
  if (!found) throw new Broken('a reset froze a policy version that is not there any more');
  if (known.size >= 100) known.clear();
  known.set(sha256, found.policy);
  return found;
}

export function ruleOf(policy: Policy, id: string | null): Rule | undefined {
  return policy.rules.find((rule) => rule.id === id);
}

/** The alternatives of a rule; without one those of every rule, since only behind proof and factor somebody is told that there is none. */
export function acceptedOf(policy: Policy, id: string | null): readonly Alternative[] {
  return ruleOf(policy, id)?.accept ?? policy.rules.flatMap(({ accept }) => accept);
}

/** Every proof that a rule takes, be it beside a factor or of somebody who has lost every factor; without a rule those of all rules. */
export function proofsOf(policy: Policy, id: string | null): ReadonlySet<ProofMethod> {
  const rule = ruleOf(policy, id);
  const rules = rule ? [rule] : policy.rules;
  const ways = [...acceptedOf(policy, id), ...rules.flatMap(({ replaceFactors }) => replaceFactors?.accept ?? [])];
  return new Set(ways.flatMap(({ proofs }) => proofs));
}
