import type { Methods } from './accept.ts';
import { fills, openWays } from './key-kinds.ts';
import type { FactorMethod, ProofMethod } from './next.ts';
import { samePerson, type AccountFacts } from './account.ts';
import { whyNotReset } from './account-state.ts';
import type { ResolvedSource } from './approval.ts';
import { breakGlassGiven } from './break-glass.ts';
import { afterBusinessTime } from './calendar.ts';
import { stagesInTurn } from './approval-stage.ts';
import { whyNotApproved } from './approvals-given.ts';
import type { ApproversNamed, Attestation, BreakGlassSigned, DecisionConfirmed, Identified, OperationChosen } from './attestation.ts';
import { sameCircumstances } from './circumstances.ts';
import type { Delegation } from './delegation.ts';
import { COME_BACK_SECONDS, stagesFor } from './factor-replacement.ts';
import { asFrozen, frozenAccounts } from './same-people.ts';
import { mayUnlock, type Operation } from './operation.ts';
import { whyNotOperation } from './operation-chosen.ts';
import { mayBeRule, mayDecideBy, selectRule, type Policy, type Rule } from './policy.ts';
import type { RefusalCode } from './refusals.ts';
import type { Place } from './rule-choice.ts';
import { SPREAD_SECONDS } from './stage-timers.ts';
import { stillVouched, type ResolvedVoucher } from './vouching.ts';

/** What the writer knows at first hand: signatures already checked with its pinned key, the directory read with its own bind. */
export interface WriteQuestion {
  reset: string;
  run: string;
  writerClass: 'staff' | 'privileged';
  /** What is about to be done. */
  operation: Operation;
  policy: Policy;
  policySha256: string;
  /** Every statement signed for this reset, bodies parsed after their signature was checked. */
  attestations: readonly Attestation[];
  account: AccountFacts;
  /** pwdLastSet as the throw-away password of this reset left it, where one was set before this write. */
  setBefore?: string | undefined;
  /** Where the account stands in the directory just now. Undefined for an auditor, to whom it is enough that the rule may have been the one. */
  place: Place | undefined;
  /** Everybody who decided, in whose place, signed break-glass, issued a code or vouched, read just now; a person missing here no longer exists. */
  people: ReadonlyMap<string, AccountFacts>;
  /** What the sources of each stage of the account's rule are now, escalations included. */
  sources: readonly (readonly ResolvedSource[])[];
  /** What the sources of those who may vouch are now. */
  voucherSources: readonly ResolvedVoucher[];
  /** What the sources of officers who may sign break-glass are now. */
  breakGlassSources: readonly ResolvedSource[];
  lastResets: ReadonlyMap<string, Date>;
  /** By the ids of the decisions taken under them: delegations whose signature was checked; and which of all were withdrawn. */
  delegations: ReadonlyMap<string, Delegation>;
  withdrawn: ReadonlySet<string>;
  /** When the factors of each were last replaced. */
  factorChanges: ReadonlyMap<string, Date>;
  /** Ids of the decisions and of the signatures under break-glass that these people signed: their signatures checked, not only the verifier's word for them. */
  signedDecisions: ReadonlySet<string>;
  /** Of the factors that were shown, the ids of those that their owner or the help desk ended since. Empty for an auditor, who judges the moment by the statements alone. */
  revoked: ReadonlySet<string>;
  now: Date;
}

/** Verifier and writer may be two hosts; a statement from further in the future than this is not believed. */
const CLOCK_SLACK_MS = 60_000;

/**
 * The last moment at which a reset that was identified then may still be written: the unproven time, the choice of what to
 * do, every turn's wait, the passwords, and an hour of slack for retries. What its statements say counts no longer. For a
 * replacement of factors its own stages, its wait, and the time to come back.
 */
export function lastMoment(policy: Policy, rule: Rule, identifiedAt: Date, operation: Operation = 'new-password'): Date {
  const { unproven, choosePassword } = policy.timers;
  const later = (from: Date, seconds: number) => new Date(from.getTime() + seconds * 1000);
  let moment = later(identifiedAt, unproven + (mayUnlock(rule) ? choosePassword : 0));
  const stages = stagesFor(rule, operation);
  for (const turn of stagesInTurn(stages)) {
    const ends = turn
      .flatMap((index) => stages[index] ?? [])
      .map(({ timers, calendar }) =>
        // With a calendar a stage may begin to count so much later (domain/stage-timers.ts).
        calendar === undefined
          ? later(moment, timers.expire).getTime()
          : afterBusinessTime(policy.calendars[calendar], moment, timers.expire + SPREAD_SECONDS).getTime(),
      );
    moment = new Date(Math.max(...ends));
  }
  if (operation === 'replace-factors') return later(moment, (rule.replaceFactors?.wait ?? 0) + COME_BACK_SECONDS + 3600);
  return later(moment, choosePassword * policy.attempts.passwordsPerReset + 3600);
}

/** By what a write is allowed, and whether it may be made before the witnesses have cosigned the intent. */
export type WriteJudgement = { refused: RefusalCode } | { by: 'approvals' | 'break-glass'; unwitnessed: boolean };

/**
 * Why the writer may not write, or undefined when every condition of the frozen policy holds by the signed statements
 * and by what the directory says now. Pure: the same answer for the same question, so it can be replayed by an auditor.
 * The most fundamental condition first: whose reset, which account, which rule, which proofs, whose approval.
 */
export function whyNotWrite(q: WriteQuestion): RefusalCode | undefined {
  const judged = judgeWrite(q);
  return 'refused' in judged ? judged.refused : undefined;
}

/** The same, with what the write rests on when it is allowed. */
export function judgeWrite(q: WriteQuestion): WriteJudgement {
  const judged = judgeReset(q);
  return typeof judged === 'string' ? { refused: judged } : judged;
}

function judgeReset(q: WriteQuestion): RefusalCode | Exclude<WriteJudgement, { refused: RefusalCode }> {
  // A lock ends the reset whatever else was said, in whichever run and whenever: there is no way back from it.
  if (q.attestations.some((a) => a.kind === 'lock' && a.reset === q.reset)) return 'reset-locked';
  const mine = q.attestations.filter((a) => a.reset === q.reset && a.run === q.run);
  const identified = identification(mine);
  if (!identified || identified.account !== q.account.guid || identified.sid !== q.account.sid) return 'evidence-missing';
  if (identified.policy !== q.policySha256) return 'evidence-missing';

  const changed = whatChanged(q.setBefore === undefined ? identified : { ...identified, pwdLastSet: q.setBefore }, q.account);
  if (changed) return changed;
  const state = whyNotReset(q.account);
  if (state) return state;
  if (q.operation === 'unlock' && !q.account.locked) return 'not-locked';

  const rule = ruleNow(q, identified);
  if (!rule) return 'no-rule';
  if (rule.id !== identified.rule) return 'account-changed';
  // The moment by which the rule was chosen is the one at which the account was named.
  if (Math.abs(Date.parse(identified.circumstances.at) - at(identified)) > CLOCK_SLACK_MS) return 'evidence-missing';
  // The staff writer never touches a protected account, whatever right it was given by mistake, and the other way round.
  if ((q.account.protectedBy !== undefined) !== (q.writerClass === 'privileged')) return 'evidence-missing';

  if (!(q.now <= lastMoment(q.policy, rule, new Date(identified.at), q.operation))) return 'evidence-missing';
  // What was signed for another account or in the future says nothing about this write.
  const counting = mine.filter((a) => a.account === q.account.guid && at(a) <= q.now.getTime() + CLOCK_SLACK_MS);
  if (!counting.includes(identified)) return 'evidence-missing';
  // The order of the rule is the order of events: named, proven, decided. A statement from before the name is not about it.
  const since = counting.filter((a) => at(a) >= at(identified) - CLOCK_SLACK_MS);
  const accept = acceptFor(q, rule);
  const named = counting.filter((a): a is ApproversNamed => a.kind === 'approvers');
  // Whose accounts belong together: by the directory as it is now, and by what was frozen then.
  const frozen = frozenAccounts(named);
  const people = new Map([...q.people].map(([guid, person]) => [guid, asFrozen(person, frozen)]));
  const claimant = asFrozen(q.account, frozen);
  const known = {
    claimant,
    people,
    lastResets: q.lastResets,
    factorChanges: q.factorChanges,
    coolingOffSeconds: q.policy.timers.coolingOff,
  };

  if (whenAccepted(accept, since) === undefined) return 'evidence-missing';
  // A vouching that is void by now counts like none: some way in has to be whole without it.
  const standing = since.filter((a) => a.kind !== 'proof' || stillVouched(a, { ...known, sources: q.voucherSources }));
  const provenAt = whenAccepted(accept, standing);
  if (provenAt === undefined) return 'vouch-void';
  if (
    whenAccepted(
      accept,
      standing.filter((a) => a.kind !== 'factor' || !q.revoked.has(a.credential)),
    ) === undefined
  )
    return 'factor-revoked';

  const decisions = counting.filter((a): a is DecisionConfirmed => a.kind === 'decision').toSorted(byTime);
  const chosen = counting.filter((a): a is OperationChosen => a.kind === 'operation');
  const signatures = counting.filter((a): a is BreakGlassSigned => a.kind === 'break-glass');
  const other = whyNotOperation({ operation: q.operation, rule, chosen, named, given: [...decisions, ...signatures], provenAt });
  if (other) return other;

  const issuerIds = since.flatMap((a) => (a.kind === 'proof' && a.issuer !== null ? [a.issuer] : []));
  const issuers = issuerIds.map((guid) => people.get(guid));
  // Who vouched and then vanished cannot be told from the claimant or the approvers any more.
  if (!issuers.every((issuer) => issuer !== undefined)) return 'evidence-missing';
  if (issuers.some((issuer) => samePerson(issuer, claimant))) return 'issuer-own-account';
  const given = {
    ...known,
    named,
    decisions,
    issuers,
    signed: q.signedDecisions,
    provenAt,
    slackMs: CLOCK_SLACK_MS,
  };
  const why = whyNotApproved({
    ...given,
    stages: stagesFor(rule, q.operation),
    sources: q.sources,
    delegations: q.delegations,
    withdrawn: q.withdrawn,
    methods: mayDecideBy(rule, q.account.protectedBy !== undefined),
  });
  // Nobody is in such a hurry to replace factors that officers would have to stand in.
  if (q.operation === 'replace-factors') return why ?? { by: 'approvals', unwitnessed: false };
  // Break-glass stands in for approvals that are missing, never against one person's no.
  if (why === 'approval-denied' || signatures.length === 0) return why ?? { by: 'approvals', unwitnessed: false };
  const glass = breakGlassGiven({ ...given, allowed: rule.breakGlass, signatures, sources: q.breakGlassSources, now: q.now });
  if (!why) return { by: 'approvals', unwitnessed: glass.given && glass.unwitnessed };
  return glass.given ? { by: 'break-glass', unwitnessed: glass.unwitnessed } : glass.why;
}

/** The rule that fits by what was signed about the moment of naming, and by what the directory says of the account now. */
function ruleNow({ policy, account, place }: WriteQuestion, { rule: id, circumstances }: Identified): Rule | undefined {
  const situation = { isProtected: account.protectedBy !== undefined, place, circumstances };
  if (place) return selectRule(policy, situation);
  const rule = policy.rules.find((one) => one.id === id);
  return rule && mayBeRule(policy, rule, situation) ? rule : undefined;
}

/** The ways in that a rule has for one operation: whoever has lost every factor shows none. */
function acceptFor({ policy, account, operation }: WriteQuestion, rule: Rule): readonly Methods[] {
  if (operation !== 'replace-factors') return openWays(policy, rule, account.protectedBy !== undefined);
  return (rule.replaceFactors?.accept ?? []).map(({ proofs }) => ({ proofs, factors: [] }));
}

/** When the last statement came in that made some alternative whole, in milliseconds; undefined when none is. */
function whenAccepted(accept: readonly Methods[], statements: readonly Attestation[]): number | undefined {
  const proof = (method: ProofMethod): number => Math.min(...statements.filter((a) => a.kind === 'proof' && a.method === method).map(at));
  const factor = (method: FactorMethod): number =>
    Math.min(...statements.filter((a) => a.kind === 'factor' && fills(method, a.method)).map(at));
  const whole = accept.map(({ proofs, factors }) => Math.max(...proofs.map(proof), ...factors.map(factor))).filter(Number.isFinite);
  return whole.length > 0 ? Math.min(...whole) : undefined;
}

/** The one identification of a run. Two that differ would let a lying worker choose between them, so they are none. */
function identification(statements: readonly Attestation[]): Identified | undefined {
  const all = statements.filter((a): a is Identified => a.kind === 'identified').toSorted(byTime);
  const [first] = all;
  return first && all.every((other) => sameFacts(first, other)) ? first : undefined;
}

const FACTS = ['account', 'sid', 'policy', 'rule', 'protected', 'manager', 'pwdLastSet'] as const;

function sameFacts(a: Identified, b: Identified): boolean {
  return FACTS.every((fact) => a[fact] === b[fact]) && sameCircumstances(a.circumstances, b.circumstances);
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
