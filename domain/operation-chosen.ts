import type { ApproversNamed, BreakGlassSigned, DecisionConfirmed, OperationChosen } from './attestation.ts';
import { operationIn, type Operation } from './operation.ts';
import type { Rule } from './policy.ts';
import type { RefusalCode } from './refusals.ts';

interface OperationQuestion {
  /** What the writer is about to do. */
  operation: Operation;
  rule: Pick<Rule, 'may'>;
  /** Signed statements of this reset, run and account. */
  chosen: readonly OperationChosen[];
  named: readonly ApproversNamed[];
  /** Decisions, and what officers signed in their place. */
  given: readonly (DecisionConfirmed | BreakGlassSigned)[];
  /** When the claimant had passed proof and factor, in ms. */
  provenAt: number;
}

/**
 * Why this may not be done by what the claimant asked for and others approved, or undefined when it may. Nobody is unlocked
 * who did not ask for it once proven; whoever approved knew what; and no approval of the one is an approval of the other.
 */
export function whyNotOperation({ operation, rule, chosen, named, given, provenAt }: OperationQuestion): RefusalCode | undefined {
  if (!rule.may.includes(operation)) return 'operation-not-allowed';
  if ([...chosen, ...named, ...given].some((statement) => operationIn(statement) !== operation)) return 'evidence-missing';
  if (operation !== 'new-password' && chosen.length === 0) return 'evidence-missing';
  const [first, last] = [Math.min(...chosen.map(at)), Math.max(...chosen.map(at))];
  // Chosen by somebody proven, and before anybody was asked to approve. That all is lost may be said before the last proof.
  if ((operation !== 'replace-factors' && first < provenAt) || named.some((one) => at(one) < last)) return 'evidence-missing';
  return undefined;
}

function at(statement: { at: string }): number {
  return Date.parse(statement.at);
}
