import type { AccountFacts } from './account.ts';
import { whyNotReset } from './account-state.ts';
import { whyNotDecide } from './approval.ts';
import type { Attestation, DecisionConfirmed, Identified } from './attestation.ts';
import { selectRule, type Policy, type Rule } from './policy.ts';
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
  /** Everybody who decided, read just now; a person missing here no longer exists. */
  people: ReadonlyMap<string, AccountFacts>;
  /** SIDs of the groups that the rule's stages name. */
  groupSids: ReadonlyMap<string, string>;
  lastResets: ReadonlyMap<string, Date>;
  now: Date;
}

/** A proof or factor counts for the whole life of a parked reset: unproven time, every stage's wait, the choice, and an hour of slack for retries. */
export function attestationLifetimeSeconds(policy: Policy, rule: Rule): number {
  const { unproven, approval, choosePassword } = policy.timers;
  return unproven + rule.approvals.length * approval + choosePassword * policy.attempts.passwordsPerReset + 3600;
}

/**
 * Why the writer may not write, or undefined when every condition of the frozen policy holds by the signed statements
 * and by what the directory says now. Pure: the same answer for the same question, so it can be replayed by an auditor.
 */
export function whyNotWrite(q: WriteQuestion): RefusalCode | undefined {
  const mine = q.attestations.filter((a) => a.reset === q.reset && a.run === q.run);
  const identified = mine.find((a): a is Identified => a.kind === 'identified');
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

  const notBefore = q.now.getTime() - attestationLifetimeSeconds(q.policy, rule) * 1000;
  const ofAccount = mine.filter((a) => a.account === q.account.guid && Date.parse(a.at) >= notBefore && Date.parse(a.at) <= q.now.getTime() + CLOCK_SLACK_MS);
  if (!ofAccount.some((a) => a.kind === 'proof' && rule.proofs.includes(a.method))) return 'evidence-missing';
  if (!ofAccount.some((a) => a.kind === 'factor' && rule.factors.includes(a.method))) return 'evidence-missing';
  return whyNotApproved(q, rule, ofAccount);
}

/** Verifier and writer may be two hosts; a statement from further in the future than this is not believed. */
const CLOCK_SLACK_MS = 60_000;

function whatChanged(then: Identified, now: AccountFacts): RefusalCode | undefined {
  if (then.protected !== (now.protectedBy !== undefined)) return 'account-changed';
  if (then.manager !== (now.managerGuid ?? null)) return 'account-changed';
  if (then.pwdLastSet !== now.pwdLastSet) return 'account-changed';
  return undefined;
}

function whyNotApproved(q: WriteQuestion, rule: Rule, statements: readonly Attestation[]): RefusalCode | undefined {
  const decisions = statements.filter((a): a is DecisionConfirmed => a.kind === 'decision');
  // One denial ends it, whatever came before or after.
  if (decisions.some((d) => d.decision === 'deny')) return 'approval-denied';
  const issuerIds = statements.flatMap((a) => (a.kind === 'proof' && a.issuer ? [a.issuer] : []));
  const issuers = issuerIds.map((guid) => q.people.get(guid) ?? { guid, employeeId: undefined });

  const decided: AccountFacts[] = [];
  for (const [index, stage] of rule.approvals.entries()) {
    const approval = decisions.find((d) => d.stage === index);
    const approver = approval && q.people.get(approval.person);
    if (!approver) return 'evidence-missing';
    const groupSid = 'group' in stage.by ? q.groupSids.get(stage.by.group) : undefined;
    const why = whyNotDecide({
      approver, claimant: q.account, by: stage.by, groupSid, issuers, decided,
      lastOwnReset: q.lastResets.get(approver.guid), coolingOffSeconds: q.policy.timers.coolingOff, now: q.now,
    });
    if (why) return why;
    decided.push(approver);
  }
  return undefined;
}
