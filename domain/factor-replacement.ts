import type { ProofMethod } from './next.ts';
import type { ApprovalStage } from './approval-stage.ts';
import type { Operation } from './operation.ts';
import type { Rule } from './policy.ts';

/** What a rule asks before every factor of somebody who has lost them all is replaced. */
export interface FactorReplacement {
  /** Any one of these is enough, whole. There is no factor to ask for. */
  accept: readonly { name: string; proofs: readonly ProofMethod[] }[];
  approvals: readonly ApprovalStage[];
  /** Seconds between the last approval and the moment from which new factors can be set up. */
  wait: number;
}

/** So long it is waited at least before the factors of a protected account are replaced, whatever a policy says: seconds. */
export const LEAST_PROTECTED_WAIT = 86_400;

/** So long after the wait the claimant may come back, in seconds; then it is asked anew. */
export const COME_BACK_SECONDS = 7 * 86_400;

/** What still has to be shown for a replacement, or undefined when one way is whole. The way that lacks least comes first. */
export function askedForReplacement(
  accept: FactorReplacement['accept'],
  passed: readonly ProofMethod[],
): { step: 'prove'; choices: readonly ProofMethod[] } | undefined {
  const left = accept.map(({ proofs }) => proofs.filter((method) => !passed.includes(method)));
  if (left.length === 0 || left.some((lacks) => lacks.length === 0)) return undefined;
  return { step: 'prove', choices: [...new Set(left.flat())] };
}

/** The stages that a rule asks for one operation: a replacement has its own. */
export function stagesFor(rule: Pick<Rule, 'approvals' | 'replaceFactors'> | undefined, operation: Operation): readonly ApprovalStage[] {
  return (operation === 'replace-factors' ? rule?.replaceFactors?.approvals : rule?.approvals) ?? [];
}
