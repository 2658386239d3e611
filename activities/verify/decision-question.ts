import type { AccountFacts, Identity } from '#domain/account.ts';
import { frozenAccounts } from '#domain/same-people.ts';
import { whyNotDecide, type ResolvedSource } from '#domain/approval.ts';
import { openStages, sourcesOf, type ApprovalStage } from '#domain/approval-stage.ts';
import { frozenPeople, frozenStages } from '#domain/approvals-given.ts';
import { peopleOfDecision, type DecisionMethod } from '#domain/attestation.ts';
import { makersOf } from '#domain/delegation.ts';
import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Transaction } from '#db';
import { endedOf } from '#prisma/delegations.ts';
import type { DecisionAsked } from './confirm-decision.ts';
import type { VerifierDeps } from './deps.ts';
import { ourDelegation, type OurDelegation } from './delegations.ts';
import { lastChanges } from './last-changes.ts';
import { databaseTime } from './once.ts';
import { personOrGuid, withAccounts } from './people.ts';
import { statementsOf, type Said } from './statements.ts';

/** Another decision was signed after the people concerned had been read: they have to be read again. */
export class DecidedMeanwhile extends Error {
  constructor() {
    super('another decision came first');
    this.name = 'DecidedMeanwhile';
  }
}

/** Everybody whom a decision concerns, as the directory has them now. */
export interface Concerned {
  approver: AccountFacts | undefined;
  claimant: AccountFacts | undefined;
  issuers: Identity[];
  /** Who decided already, and in whose place. */
  decided: Identity[];
  /** How many decisions there were when everybody was read. */
  decisions: number;
  /** The delegation that is named, when it is one of ours; and its delegator, while there is one. */
  inPlaceOf: OurDelegation | undefined;
  delegator: AccountFacts | undefined;
  /** The officers who made it, when the delegator did not. */
  makers: Identity[];
  frozen: string[];
  sources: ResolvedSource[];
}

export async function peopleConcerned(
  deps: VerifierDeps,
  asked: DecisionAsked,
  { said, stage, policy }: { said: Said; stage: ApprovalStage | undefined; policy: Policy },
): Promise<Concerned> {
  const { db, people } = deps;
  const read = (guid: string) => personOrGuid(people, guid);
  const claimant = await people.read(asked.account);
  const row = await db.approval.findUnique({ where: { resetId_stage: { resetId: asked.reset, stage: asked.stage } } });
  const escalations = row?.escalations ?? 0;
  const inPlaceOf =
    asked.delegation === undefined ? undefined : ourDelegation(deps, await db.delegation.findUnique({ where: { id: asked.delegation } }));
  const approver = await people.read(asked.approver);
  const issuers = await Promise.all(said.proofs.flatMap((p) => (p.issuer ? [read(p.issuer)] : [])));
  const decided = await Promise.all(said.decisions.flatMap(peopleOfDecision).map(read));
  const delegator = inPlaceOf && (await people.read(inPlaceOf.facts.from));
  const makers = await Promise.all((inPlaceOf ? makersOf(inPlaceOf.facts) : []).map(read));
  const everybody = [claimant, approver, delegator, ...makers, ...issuers, ...decided];
  const whole = await withAccounts(people, policy.identities, everybody, frozenAccounts(said.approvers));
  return {
    approver: approver && whole(approver),
    claimant: claimant && whole(claimant),
    issuers: issuers.map(whole),
    decided: decided.map(whole),
    decisions: said.decisions.length,
    inPlaceOf,
    delegator: delegator && whole(delegator),
    makers: makers.map(whole),
    frozen: frozenPeople(frozenStages(said.approvers)?.[asked.stage], escalations),
    sources: claimant && stage ? await people.sources(claimant, sourcesOf(stage, escalations), policy.roles) : [],
  };
}

/** Whoever decides about a reset does so one after the other, until the transaction ends. */
export async function takeDecisionTurn(tx: Transaction, reset: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`decide\n${reset}`}, 0))`;
}

/** What was decided up to now. Two decisions may come at once: one waits here until the other's statement is there to be read. */
export async function decisionsNow(tx: Transaction, deps: VerifierDeps, asked: DecisionAsked): Promise<Said['decisions']> {
  await takeDecisionTurn(tx, asked.reset);
  return (await statementsOf(tx, deps, asked)).decisions;
}

/** Why this decision does not count, by the rules of domain/approval.ts; undefined when it does. Throws DecidedMeanwhile. */
export async function whyNotCount(
  tx: Transaction,
  asked: DecisionAsked,
  q: {
    policy: Policy;
    stages: readonly ApprovalStage[];
    people: Concerned;
    decisions: Said['decisions'];
    methods: readonly DecisionMethod[];
  },
): Promise<RefusalCode | undefined> {
  const { approver, claimant, issuers, decided, frozen, sources, inPlaceOf, delegator, makers } = q.people;
  const { decisions } = q;
  const approvals = q.stages.map((_, stage) => decisions.filter((d) => d.stage === stage).length);
  // Stages are decided in turn, each as often as it needs, and nothing after a denial.
  if (!openStages(q.stages, approvals).includes(asked.stage) || decisions.some((d) => d.decision === 'deny')) return 'approval-closed';
  if (decisions.length !== q.people.decisions) throw new DecidedMeanwhile();
  if (!approver) return 'not-an-approver';
  if (!claimant) return 'account-changed';
  // One right is enough: whoever has their own keeps that of the other for a stage where it is needed.
  if (asked.delegation !== undefined && frozen.includes(asked.approver)) return 'decide-as-yourself';
  const changes = await lastChanges(tx, [asked.approver, ...(delegator ? [delegator.guid] : [])]);
  const withdrawn = asked.delegation !== undefined && (await endedOf(tx, [asked.delegation])).size > 0;
  if (asked.delegation !== undefined && (!inPlaceOf || !delegator)) return 'delegation-over';
  return whyNotDecide({
    approver,
    inPlaceOf: inPlaceOf && delegator && { delegator, delegation: inPlaceOf.facts, withdrawn, madeBy: makers, ...changes(delegator.guid) },
    methods: q.methods,
    claimant,
    frozen,
    sources,
    issuers,
    decided,
    ...changes(asked.approver),
    coolingOffSeconds: q.policy.timers.coolingOff,
    now: await databaseTime(tx),
  });
}
