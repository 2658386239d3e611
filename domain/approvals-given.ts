import type { AccountFacts } from './account.ts';
import { whyNotDecide, type DecisionQuestion, type ResolvedSource } from './approval.ts';
import { openStages, type ApprovalStage } from './approval-stage.ts';
import { isOwnKey, type ApproversNamed, type DecisionConfirmed, type DecisionMethod, type FrozenStage } from './attestation.ts';
import { makersOf, type Delegation } from './delegation.ts';
import type { RefusalCode } from './refusals.ts';

export interface ApprovalsQuestion {
  stages: readonly ApprovalStage[];
  /** Signed statements of this reset, run and account, oldest first. */
  named: readonly ApproversNamed[];
  decisions: readonly DecisionConfirmed[];
  claimant: AccountFacts;
  issuers: readonly AccountFacts[];
  /** By the ids of the decisions taken under them: delegations whose signature was checked. */
  delegations: ReadonlyMap<string, Delegation>;
  /** Ids of delegations that were withdrawn. What was decided under them and is not written yet counts no more. */
  withdrawn: ReadonlySet<string>;
  /** Everybody who decided, and in whose place, read just now; a person missing here no longer exists. */
  people: ReadonlyMap<string, AccountFacts>;
  /** What the sources of each stage, escalations included, are now. */
  sources: readonly (readonly ResolvedSource[])[];
  lastResets: ReadonlyMap<string, Date>;
  /** When each person's factors were last replaced. */
  factorChanges: ReadonlyMap<string, Date>;
  /** How a decision may have been confirmed, the floor observed. */
  methods: readonly DecisionMethod[];
  /** Ids of the decisions whose approver's own signature was checked. */
  signed: ReadonlySet<string>;
  coolingOffSeconds: number;
  /** When the claimant had passed proof and factor, in ms; nothing from before counts. */
  provenAt: number;
  slackMs: number;
}

/**
 * Why the stages of a rule do not have the approvals they need, or undefined when each has: from so many different
 * people, all frozen when approval was asked for and still eligible, stage after stage, and nobody denied.
 */
export function whyNotApproved(q: ApprovalsQuestion): RefusalCode | undefined {
  // One denial ends it, whatever came before or after, whoever said it and however many stages there are.
  if (q.decisions.some((d) => d.decision === 'deny')) return 'approval-denied';
  if (q.stages.length === 0) return undefined;
  const frozen = frozenStages(q.named);
  if (frozen?.length !== q.stages.length) return 'evidence-missing';

  const approvals = q.stages.map(() => 0);
  const counted: Pick<AccountFacts, 'guid' | 'employeeId'>[] = [];
  let refused: RefusalCode | undefined;
  for (const decision of q.decisions) {
    // Stages are decided in turn: a decision for one that was not open yet was for something else.
    if (!openStages(q.stages, approvals).includes(decision.stage)) continue;
    // Approvers decide about a proven claimant: an approval from before that was for something else.
    if (at(decision) < q.provenAt - q.slackMs) continue;
    const by = isConfirmed(q, decision) ? whoDecided(q, decision) : undefined;
    const why = by ? judge(q, frozen, counted, decision, by) : 'evidence-missing';
    if (why || !by) {
      refused ??= why;
      continue;
    }
    counted.push(by.approver, ...(by.inPlaceOf ? [by.inPlaceOf.delegator] : []));
    approvals[decision.stage] = (approvals[decision.stage] ?? 0) + 1;
    if (openStages(q.stages, approvals).length === 0) return undefined;
  }
  return refused ?? 'evidence-missing';
}

/** The verifier's word that a passkey or a smart card signed is not enough: the signature itself was checked. */
function isConfirmed({ methods, signed }: ApprovalsQuestion, { id, method }: DecisionConfirmed): boolean {
  return methods.includes(method) && (!isOwnKey(method) || signed.has(id));
}

type WhoDecided = Pick<DecisionQuestion, 'approver' | 'inPlaceOf'>;

/** Nobody when one of them is gone, or when what the decision was taken under is no delegation of the verifier's. */
function whoDecided(q: ApprovalsQuestion, { id, person, onBehalfOf }: DecisionConfirmed): WhoDecided | undefined {
  const approver = q.people.get(person);
  if (!approver || !onBehalfOf) return approver && { approver, inPlaceOf: undefined };
  const [delegator, delegation] = [q.people.get(onBehalfOf.person), q.delegations.get(id)];
  if (!delegator || !delegation) return undefined;
  const [lastOwnReset, lastFactorChange] = [q.lastResets.get(delegator.guid), q.factorChanges.get(delegator.guid)];
  // An officer who left since keeps their GUID here; only the employee number is lost with them.
  const madeBy = makersOf(delegation).map((guid) => q.people.get(guid) ?? { guid, employeeId: undefined });
  const withdrawn = q.withdrawn.has(delegation.id);
  return { approver, inPlaceOf: { delegator, delegation, withdrawn, madeBy, lastOwnReset, lastFactorChange } };
}

/** The one list of approvers that was frozen. Two that differ would let a lying worker choose between them, so they are none. */
export function frozenStages(named: readonly ApproversNamed[]): readonly FrozenStage[] | undefined {
  const [first, ...others] = named;
  if (!first) return undefined;
  const text = JSON.stringify(first.stages);
  return others.every((other) => JSON.stringify(other.stages) === text) ? first.stages : undefined;
}

/** Everybody who may come to decide a stage once so many of its escalations have been made. */
export function frozenPeople(stage: FrozenStage | undefined, escalations: number): string[] {
  return stage ? [...stage.people, ...stage.escalations.slice(0, escalations).flat()] : [];
}

function at(statement: { at: string }): number {
  return Date.parse(statement.at);
}

function judge(
  q: ApprovalsQuestion,
  frozen: readonly FrozenStage[],
  counted: readonly Pick<AccountFacts, 'guid' | 'employeeId'>[],
  decision: DecisionConfirmed,
  { approver, inPlaceOf }: WhoDecided,
): RefusalCode | undefined {
  const stage = frozen[decision.stage];
  return whyNotDecide({
    approver,
    inPlaceOf,
    claimant: q.claimant,
    methods: q.methods,
    // Whether an escalation had been made by then was the verifier's to judge.
    frozen: frozenPeople(stage, stage?.escalations.length ?? 0),
    sources: q.sources[decision.stage] ?? [],
    issuers: q.issuers,
    decided: counted,
    lastOwnReset: q.lastResets.get(approver.guid),
    lastFactorChange: q.factorChanges.get(approver.guid),
    coolingOffSeconds: q.coolingOffSeconds,
    // Cooling-off is about the moment of the decision: waiting does not mend it. A reset of the approver since then refuses too.
    now: new Date(at(decision)),
  });
}
