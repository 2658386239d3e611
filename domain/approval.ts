import { samePerson, type AccountFacts } from './account.ts';
import type { RefusalCode } from './refusals.ts';

type Identity = Pick<AccountFacts, 'guid' | 'employeeId'>;
type Person = Pick<AccountFacts, 'guid' | 'employeeId' | 'enabled' | 'locked' | 'expired' | 'groups'>;

/** What a source of a stage came to when the directory was asked: one person, or everybody in a group, nested ones included. */
export type ResolvedSource = { person: string } | { groupSid: string };

export interface DecisionQuestion {
  approver: Person;
  claimant: Identity;
  /** GUIDs of those who could decide the stage when approval was asked for, as the verifier signed them. */
  frozen: readonly string[];
  /** The stage's sources as the directory says now; what nobody or nothing fills any more is left out. */
  sources: readonly ResolvedSource[];
  /** People who issued a code used in this reset. */
  issuers: readonly Identity[];
  /** People whose approval counts already, over all stages. */
  decided: readonly Identity[];
  /** When the approver's own password was last reset by this product, or undefined. */
  lastOwnReset: Date | undefined;
  /** When the approver's factors were last replaced, or undefined. */
  lastFactorChange: Date | undefined;
  coolingOffSeconds: number;
  now: Date;
}

/** Whether somebody belongs to a stage by one of its sources as they are now. */
export function isEligible(approver: Pick<AccountFacts, 'guid' | 'groups'>, sources: readonly ResolvedSource[]): boolean {
  return sources.some((source) => ('person' in source ? source.person === approver.guid : approver.groups.includes(source.groupSid)));
}

/**
 * Why this person may not decide this stage, or undefined when they may. The most fundamental reason first; the same
 * function answers the verifier when approval is asked for and at the decision, and the writer just before the write.
 */
export function whyNotDecide(q: DecisionQuestion): RefusalCode | undefined {
  // Nobody decides on their own account, through whichever identity.
  if (samePerson(q.approver, q.claimant)) return 'own-account';
  // The person who vouched for the claimant with a code is not a second pair of eyes.
  if (q.issuers.some((issuer) => samePerson(q.approver, issuer))) return 'issued-the-code';
  // One person counts once, whatever stage and whatever account of theirs.
  if (q.decided.some((earlier) => samePerson(q.approver, earlier))) return 'already-decided';
  if (!isEligible(q.approver, q.sources)) return 'not-an-approver';
  // Whoever can edit a manager or a group cannot make an approver for a request that is already there.
  if (!q.frozen.includes(q.approver.guid)) return 'eligible-too-late';
  if (!q.approver.enabled || q.approver.expired || q.approver.locked) return 'approver-not-active';
  // A taken-over approver would have been reset, or given other factors, shortly before.
  if (isWithin(q, q.lastOwnReset)) return 'recently-reset';
  if (isWithin(q, q.lastFactorChange)) return 'factors-replaced';
  return undefined;
}

function isWithin({ now, coolingOffSeconds }: DecisionQuestion, change: Date | undefined): boolean {
  return change !== undefined && now.getTime() - change.getTime() < coolingOffSeconds * 1000;
}
