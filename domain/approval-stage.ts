/** Who may decide a stage. Each source is resolved from the directory, never from a message. */
export type ApproverSource =
  /** The account's manager; that manager's manager; who is recorded as owner (managedBy) of the nearest unit above the account. */
  | { relation: 'manager' | 'managers-manager' | 'unit-owner' }
  /** The members of a group, by its sAMAccountName, nested ones included. */
  | { group: string }
  /** Who is recorded as owner (managedBy) of a group. */
  | { ownerOf: string }
  /** A role that the policy itself names: the members of its groups. */
  | { role: string };

/** More people who may decide when nobody did for so long. It adds, it never takes anybody's right away. */
export interface Escalation {
  /** Seconds of the stage's calendar after its opening. */
  after: number;
  to: readonly ApproverSource[];
}

/** Seconds of the stage's calendar after its opening. */
export interface StageTimers {
  remind: readonly number[];
  escalate: readonly Escalation[];
  expire: number;
}

export interface ApprovalStage {
  /** What the claimant and the console read: a role in small letters with dashes. */
  label: string;
  /** Any of these. */
  by: readonly ApproverSource[];
  /** How many different people have to approve. */
  needs: number;
  /** Opens together with the stage before it, rather than after it. */
  beside: boolean;
  timers: StageTimers;
  /** Name of the policy's calendar by which the timers run; none: around the clock. */
  calendar: string | undefined;
}

/** Indexes of the stages that open together, in the order in which they open. */
export function stagesInTurn(stages: readonly Pick<ApprovalStage, 'beside'>[]): number[][] {
  const turns: number[][] = [];
  for (const [index, { beside }] of stages.entries()) {
    const last = turns.at(-1);
    if (beside && last) last.push(index);
    else turns.push([index]);
  }
  return turns;
}

/**
 * The stages that wait for a decision, given how many approvals count for each: those of the first turn that is not
 * complete. Empty when every stage has what it needs.
 */
export function openStages(stages: readonly Pick<ApprovalStage, 'beside' | 'needs'>[], approvals: readonly number[]): number[] {
  const lacks = (index: number) => (approvals[index] ?? 0) < (stages[index]?.needs ?? 0);
  return (
    stagesInTurn(stages)
      .find((turn) => turn.some(lacks))
      ?.filter(lacks) ?? []
  );
}

/** Every source by which somebody may come to decide a stage once so many of its escalations have been made. */
export function sourcesOf(stage: ApprovalStage, escalations: number): ApproverSource[] {
  return [...stage.by, ...stage.timers.escalate.slice(0, escalations).flatMap(({ to }) => to)];
}
