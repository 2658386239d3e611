import { samePerson, type AccountFacts, type Identity } from './account.ts';
import type { DecisionMethod } from './attestation.ts';
import { covers, isInForce, type Delegation } from './delegation.ts';
import type { RefusalCode } from './refusals.ts';

type Person = Identity & Pick<AccountFacts, 'enabled' | 'locked' | 'expired' | 'groups'>;

/** What a source of a stage came to when the directory was asked: one person, or everybody in a group, nested ones included. */
export type ResolvedSource = { person: string } | { groupSid: string };

/** The person in whose place somebody decides, and by which delegation. */
export interface InPlaceOf {
  delegator: Person;
  delegation: Delegation;
  withdrawn: boolean;
  /** The officers who made it, when the delegator did not. */
  madeBy: readonly Identity[];
  lastOwnReset: Date | undefined;
  lastFactorChange: Date | undefined;
}

export interface DecisionQuestion {
  approver: Person;
  /** Undefined when the approver decides as themselves. */
  inPlaceOf: InPlaceOf | undefined;
  claimant: Identity & Pick<AccountFacts, 'dn' | 'groups'>;
  /** How a decision may be confirmed, and so a delegation under which one is taken. */
  methods: readonly DecisionMethod[];
  /** GUIDs of those who could decide the stage when approval was asked for, as the verifier signed them. */
  frozen: readonly string[];
  /** The stage's sources as the directory says now; what nobody or nothing fills any more is left out. */
  sources: readonly ResolvedSource[];
  /** People who issued a code used in this reset, or vouched for the claimant. */
  issuers: readonly Identity[];
  /** People whose approval counts already, over all stages; under a delegation that is both of them. */
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
 * function answers the verifier when approval is asked for and at the decision, and the writer just before the write. Who
 * decides in the place of another needs that other's right whole, and every conflict of either stands in the way.
 */
export function whyNotDecide(q: DecisionQuestion): RefusalCode | undefined {
  const conflict = conflictOf(q, q.approver);
  if (conflict) return conflict;
  if (!q.inPlaceOf) return whyNotOwn(q, q.approver) ?? whyNotNow(q, q.approver, q);
  const { delegator, delegation } = q.inPlaceOf;
  if (delegation.from !== delegator.guid || delegation.to !== q.approver.guid) return 'delegation-over';
  if (q.inPlaceOf.withdrawn || !isInForce(delegation, q.now.getTime()) || !covers(delegation.scope, q.claimant)) return 'delegation-over';
  // Nobody gives themselves a right, or chooses who decides about them: not with another officer's consent either.
  const isMaker = (person: Identity) => q.inPlaceOf?.madeBy.some((maker) => samePerson(maker, person));
  if (isMaker(q.claimant) || isMaker(delegator) || isMaker(q.approver)) return 'made-for-oneself';
  if (!q.methods.includes(delegation.method)) return 'delegation-too-weak';
  if (conflictOf(q, delegator)) return 'delegator-conflict';
  if (whyNotOwn(q, delegator)) return 'delegator-no-approver';
  if (whyNotNow(q, delegator, q.inPlaceOf)) return 'delegator-not-now';
  return whyNotNow(q, q.approver, q);
}

function conflictOf(q: DecisionQuestion, person: Identity): RefusalCode | undefined {
  // Nobody decides on their own account, through whichever identity.
  if (samePerson(person, q.claimant)) return 'own-account';
  // The person who vouched for the claimant, in person or with a code, is not a second pair of eyes.
  if (q.issuers.some((issuer) => samePerson(person, issuer))) return 'issued-the-code';
  // One person counts once, whatever stage and whatever account of theirs.
  return q.decided.some((earlier) => samePerson(person, earlier)) ? 'already-decided' : undefined;
}

function whyNotOwn({ sources, frozen }: DecisionQuestion, person: Person): RefusalCode | undefined {
  if (!isEligible(person, sources)) return 'not-an-approver';
  // Whoever can edit a manager or a group cannot make an approver for a request that is already there.
  return frozen.includes(person.guid) ? undefined : 'eligible-too-late';
}

type Changes = Pick<InPlaceOf, 'lastOwnReset' | 'lastFactorChange'>;

function whyNotNow(q: DecisionQuestion, person: Person, changes: Changes): RefusalCode | undefined {
  if (!person.enabled || person.expired || person.locked) return 'approver-not-active';
  // A taken-over approver would have been reset, or given other factors, shortly before.
  if (isWithin(q, changes.lastOwnReset)) return 'recently-reset';
  return isWithin(q, changes.lastFactorChange) ? 'factors-replaced' : undefined;
}

function isWithin({ now, coolingOffSeconds }: DecisionQuestion, change: Date | undefined): boolean {
  return change !== undefined && now.getTime() - change.getTime() < coolingOffSeconds * 1000;
}
