import { samePerson, type AccountFacts } from './account.ts';
import { whyNotReset } from './account-state.ts';
import { whyNotDecide } from './approval.ts';
import type { Attestation, DecisionConfirmed, Identified } from './attestation.ts';
import { selectRule, type ApprovalStage, type Policy, type Rule } from './policy.ts';
import type { RefusalCode } from './refusals.ts';

/** What the writer knows at first hand: signatures already checked with its pinned key, the directory read with its own bind. */
export interface WriteQuestion {
  reset: string;
  run: string;
  writerClass: 'staff' | 'privileged';
  policy: Policy;
  policySha256: string;
  /** Every statement signed for this reset, bodies parsed after their signature was checked. */
  attestations: readonly Attestation[];
  account: AccountFacts;
  /** Everybody who decided or issued a code, read just now; a person missing here no longer exists. */
  people: ReadonlyMap<string, AccountFacts>;
  /** SIDs of the groups that the rule's stages name. */
  groupSids: ReadonlyMap<string, string>;
  lastResets: ReadonlyMap<string, Date>;
  now: Date;
}

/** Verifier and writer may be two hosts; a statement from further in the future than this is not believed. */
const CLOCK_SLACK_MS = 60_000;

/** A proof or factor counts for the whole life of a parked reset: unproven time, every stage's wait, the choice, and an hour of slack for retries. */
export function attestationLifetimeSeconds(policy: Policy, rule: Rule): number {
  const { unproven, approval, choosePassword } = policy.timers;
  return unproven + rule.approvals.length * approval + choosePassword * policy.attempts.passwordsPerReset + 3600;
}

/**
 * Why the writer may not write, or undefined when every condition of the frozen policy holds by the signed statements
 * and by what the directory says now. Pure: the same answer for the same question, so it can be replayed by an auditor.
 * The most fundamental condition first: whose reset, which account, which rule, which proofs, whose approval.
 */
export function whyNotWrite(q: WriteQuestion): RefusalCode | undefined {
  const mine = q.attestations.filter((a) => a.reset === q.reset && a.run === q.run);
  const identified = identification(mine);
  if (!identified || identified.account !== q.account.guid || identified.sid !== q.account.sid) return 'evidence-missing';
  if (identified.policy !== q.policySha256) return 'evidence-missing';

  const changed = whatChanged(identified, q.account);
  if (changed) return changed;
  const state = whyNotReset(q.account);
  if (state) return state;

  const rule = selectRule(q.policy, q.account);
  if (!rule) return 'no-rule';
  if (rule.id !== identified.rule) return 'account-changed';
  // The staff writer never touches a protected account, whatever right it was given by mistake, and the other way round.
  if ((q.account.protectedBy !== undefined) !== (q.writerClass === 'privileged')) return 'evidence-missing';

  // What was signed for another account, too long ago or in the future says nothing about this write.
  const counting = mine.filter((a) => a.account === q.account.guid && isInTime(a, attestationLifetimeSeconds(q.policy, rule), q.now));
  if (!counting.includes(identified)) return 'evidence-missing';
  // The order of the rule is the order of events: named, proven, decided. A statement from before the name is not about it.
  const since = counting.filter((a) => at(a) >= at(identified) - CLOCK_SLACK_MS);
  const proofs = since.filter((a) => a.kind === 'proof' && rule.proofs.includes(a.method));
  const factors = since.filter((a) => a.kind === 'factor' && rule.factors.includes(a.method));
  if (proofs.length === 0 || factors.length === 0) return 'evidence-missing';
  const provenAt = Math.max(Math.min(...proofs.map(at)), Math.min(...factors.map(at)));

  const issuerIds = since.flatMap((a) => (a.kind === 'proof' && a.issuer !== null ? [a.issuer] : []));
  const issuers = issuerIds.map((guid) => q.people.get(guid));
  // Who vouched and then vanished cannot be told from the claimant or the approvers any more.
  if (!issuers.every((issuer) => issuer !== undefined)) return 'evidence-missing';
  if (issuers.some((issuer) => samePerson(issuer, q.account))) return 'issuer-own-account';
  return whyNotApproved(q, rule, counting, issuers, provenAt);
}

/** The one identification of a run. Two that differ would let a lying worker choose between them, so they are none. */
function identification(statements: readonly Attestation[]): Identified | undefined {
  const all = statements.filter((a): a is Identified => a.kind === 'identified').toSorted(byTime);
  const [first] = all;
  return first && all.every((other) => sameFacts(first, other)) ? first : undefined;
}

const FACTS = ['account', 'sid', 'policy', 'rule', 'protected', 'manager', 'pwdLastSet'] as const;

function sameFacts(a: Identified, b: Identified): boolean {
  return FACTS.every((fact) => a[fact] === b[fact]);
}

function whatChanged(then: Identified, now: AccountFacts): RefusalCode | undefined {
  if (then.protected !== (now.protectedBy !== undefined)) return 'account-changed';
  if (then.manager !== (now.managerGuid ?? null)) return 'account-changed';
  if (then.pwdLastSet !== now.pwdLastSet) return 'account-changed';
  return undefined;
}

function at(statement: Attestation): number {
  return Date.parse(statement.at);
}

function byTime(a: Attestation, b: Attestation): number {
  return at(a) - at(b) || (a.id < b.id ? -1 : 1);
}

/** False also for a time that cannot be read: NaN is in no order with anything. */
function isInTime(statement: Attestation, lifetimeSeconds: number, now: Date): boolean {
  const age = now.getTime() - at(statement);
  return age >= -CLOCK_SLACK_MS && age <= lifetimeSeconds * 1000;
}

function whyNotApproved(
  q: WriteQuestion,
  rule: Rule,
  statements: readonly Attestation[],
  issuers: readonly AccountFacts[],
  provenAt: number,
): RefusalCode | undefined {
  const decisions = statements.filter((a): a is DecisionConfirmed => a.kind === 'decision').toSorted(byTime);
  // One denial ends it, whatever came before or after.
  if (decisions.some((d) => d.decision === 'deny')) return 'approval-denied';

  const decided: AccountFacts[] = [];
  let after = provenAt;
  for (const [index, stage] of rule.approvals.entries()) {
    // Approvers decide about a proven claimant, stage after stage: an approval from before that was for something else.
    const approvals = decisions.filter((d) => d.decision === 'approve' && d.stage === index && at(d) >= after - CLOCK_SLACK_MS);
    const judged = approvals.map((approval) => judge(q, stage, approval, issuers, decided));
    const good = judged.find((one) => one.why === undefined && one.approver !== undefined);
    if (!good?.approver) return judged[0]?.why ?? 'evidence-missing';
    decided.push(good.approver);
    after = at(good.approval);
  }
  return undefined;
}

interface Judged {
  approval: DecisionConfirmed;
  approver: AccountFacts | undefined;
  why: RefusalCode | undefined;
}

function judge(
  q: WriteQuestion,
  stage: ApprovalStage,
  approval: DecisionConfirmed,
  issuers: readonly AccountFacts[],
  decided: readonly AccountFacts[],
): Judged {
  const approver = q.people.get(approval.person);
  if (!approver) return { approval, approver, why: 'evidence-missing' };
  const groupSid = 'group' in stage.by ? q.groupSids.get(stage.by.group) : undefined;
  const why = whyNotDecide({
    approver,
    claimant: q.account,
    by: stage.by,
    groupSid,
    issuers,
    decided,
    lastOwnReset: q.lastResets.get(approver.guid),
    coolingOffSeconds: q.policy.timers.coolingOff,
    // Cooling-off is about the moment of the decision: waiting does not mend it. A reset of the approver since then refuses too.
    now: new Date(at(approval)),
  });
  return { approval, approver, why };
}
