import { samePerson, type AccountFacts } from './account.ts';
import type { ApproverSource } from './policy.ts';
import type { RefusalCode } from './refusals.ts';

type Person = Pick<AccountFacts, 'guid' | 'employeeId' | 'enabled' | 'locked' | 'expired' | 'groups'>;

export interface DecisionQuestion {
  approver: Person;
  claimant: Pick<AccountFacts, 'guid' | 'employeeId' | 'managerGuid'>;
  by: ApproverSource;
  /** SID of the stage's group when it asks for one; undefined when that group does not exist. */
  groupSid: string | undefined;
  /** People who issued a code used in this reset. */
  issuers: readonly Pick<AccountFacts, 'guid' | 'employeeId'>[];
  /** People who decided an earlier stage. */
  decided: readonly Pick<AccountFacts, 'guid' | 'employeeId'>[];
  /** When the approver's own password was last reset by this product, or undefined. */
  lastOwnReset: Date | undefined;
  coolingOffSeconds: number;
  now: Date;
}

/** Whether an approver belongs to a stage: the manager by one hop, or a member of its group, nested ones included. */
export function isEligible(
  approver: Pick<AccountFacts, 'guid' | 'groups'>,
  by: ApproverSource,
  managerGuid: string | undefined,
  groupSid: string | undefined,
): boolean {
  if ('relation' in by) return managerGuid !== undefined && approver.guid === managerGuid;
  return groupSid !== undefined && approver.groups.includes(groupSid);
}

/**
 * Why this person may not decide this stage, or undefined when they may. The most fundamental reason first; the same
 * function answers the console, the verifier at the decision and the writer just before the write.
 */
export function whyNotDecide(q: DecisionQuestion): RefusalCode | undefined {
  // Nobody decides on their own account, through whichever identity.
  if (samePerson(q.approver, q.claimant)) return 'own-account';
  // The person who vouched for the claimant with a code is not a second pair of eyes.
  if (q.issuers.some((issuer) => samePerson(q.approver, issuer))) return 'issued-the-code';
  // Two stages mean two people.
  if (q.decided.some((earlier) => samePerson(q.approver, earlier))) return 'already-decided';
  if (!isEligible(q.approver, q.by, q.claimant.managerGuid, q.groupSid)) return 'not-an-approver';
  if (!q.approver.enabled || q.approver.expired || q.approver.locked) return 'approver-not-active';
  // A taken-over approver would have been reset shortly before.
  if (q.lastOwnReset && q.now.getTime() - q.lastOwnReset.getTime() < q.coolingOffSeconds * 1000) return 'recently-reset';
  return undefined;
}
