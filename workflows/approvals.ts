import type { BreakGlass } from '#activities/break-glass-contract.ts';
import type { IdentifiedAccount, StageMove, StageTimer } from '#activities/contract.ts';
import { openStages, stagesInTurn } from '#domain/approval-stage.ts';
import { waitForApproval } from '#domain/next.ts';
import type { Operation } from '#domain/operation.ts';
import { judgeBreakGlass, setAside } from './break-glass.ts';
import { confirm } from './decisions.ts';
import { accept, askUntil, Ending, show, type ResetRun } from './reset-run.ts';
import { resume } from './resume.ts';
import { escalating, freezing, local } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';
import { unlessLocked } from './unless-locked.ts';

/** The approvals of one reset: what is asked, and what was given up to now. */
export interface Gathering {
  readonly run: ResetRun;
  readonly account: string;
  readonly operation: Operation;
  readonly stages: IdentifiedAccount['stages'];
  /** How many approvals each stage has. */
  readonly approvals: number[];
  /** The verifier's statements that were counted: a decision that is sent twice is one vote. */
  readonly counted: Set<string>;
}

/** What is still to be recorded of the stages, and what security officers allowed, when they stand in for some. */
export interface Gathered {
  stages: StageMove[];
  glass?: BreakGlass;
}

/**
 * Every stage that the rule asks for, in turn or side by side; none asked, none waited for. Feasibility is judged before
 * anybody waits, and one denial ends the reset. Break-glass sets aside whatever is not decided yet. The claimant may leave
 * and come back meanwhile. The command that decided the last stage stays in hand for the answer.
 */
export async function gatherApprovals(
  run: ResetRun,
  stages: IdentifiedAccount['stages'],
  account: string,
  operation: Operation,
): Promise<Gathered> {
  if (stages.length === 0) return { stages: [] };
  const asked = await unlessLocked(run, () => freezing.requestApprovals({ reset: run.reset, run: run.run, account }));
  if (asked.outcome === 'no-approver') throw new Ending('refused', 'no-approver');
  const gathering: Gathering = { run, account, operation, stages, approvals: stages.map(() => 0), counted: new Set() };
  let moves: StageMove[] = [];
  for (const turn of stagesInTurn(stages)) {
    const taken = await takeTurn(gathering, turn, moves);
    if (taken.glass) return taken;
    moves = taken.stages;
  }
  return { stages: moves };
}

/** Opens the stages of one turn and waits until each has the approvals it needs. Throws Ending at a denial, or when one expires. */
async function takeTurn(gathering: Gathering, turn: number[], before: StageMove[]): Promise<Gathered> {
  const { run, account } = gathering;
  const timers = await local.stageTimers({ reset: run.reset, stages: turn, openedAt: new Date().toISOString() });
  const ends = timers.filter((timer) => timer.do === 'expire');
  const opened = ends.map(({ stage, at }): StageMove => ({ index: stage, state: 'waiting', expiresAt: at }));
  await show(
    run,
    { type: 'reset.state', outcome: 'success' },
    { ...waiting(gathering, ends), state: 'awaiting-approval', proven: true, stages: [...before, ...opened] },
  );
  // What the claimant did, or the approval that closed the turn before, is answered with what waits now.
  accept(run);

  for (;;) {
    const due = timers[0] ? Date.parse(timers[0].at) : firstEnd(gathering, ends);
    const command = await askUntil(run, ['decide', 'breakGlass'], due, (other) => resume(run, account, other));
    if (command === 'due') {
      const again = await fallDue(gathering, timers.shift());
      const later = again ? timers.findIndex(({ at }) => Date.parse(at) >= Date.parse(again.at)) : -1;
      // After the end of its stage it is of no use any more.
      if (again && later >= 0) timers.splice(later, 0, again);
      continue;
    }
    if (command.kind === 'breakGlass') {
      const glass = await judgeBreakGlass(run, account, command);
      if (glass) return { stages: setAside(gathering.stages, gathering.approvals), glass };
      continue;
    }
    const approved = await confirm(gathering, command);
    if (!approved) continue;
    if (!openStages(gathering.stages, gathering.approvals).some((stage) => turn.includes(stage))) return { stages: [approved] };
    await show(run, { type: 'reset.state', outcome: 'success' }, { ...waiting(gathering, ends), stages: [approved] });
    accept(run);
  }
}

/** What the claimant and the list of resets show while stages are open. */
function waiting(gathering: Gathering, ends: readonly StageTimer[]) {
  const { run, operation, stages, approvals } = gathering;
  const deadline = firstEnd(gathering, ends);
  const open = openStages(stages, approvals).flatMap((index) => (stages[index] ? [{ index, ...stages[index] }] : []));
  return {
    next: waitForApproval(
      open.map(({ index, label, needs }) => ({ label, lacks: needs - (approvals[index] ?? 0) })),
      new Date(deadline),
      run.reset,
      operation,
    ),
    waitingFor: open.map(({ label }) => label).join(' '),
    deadline,
  };
}

/** When the first of the stages ends that still wait: one that is decided ends nothing any more. */
function firstEnd({ stages, approvals }: Gathering, ends: readonly StageTimer[]): number {
  const open = openStages(stages, approvals);
  return Math.min(...ends.filter(({ stage }) => open.includes(stage)).map(({ at }) => Date.parse(at)));
}

/** An escalation that could not be made is tried again so much later; decisions are taken meanwhile. */
const AGAIN_MS = 300_000;

/**
 * A moment of the stage's list has come. A stage that is decided already needs nothing of it. Gives the timer again, with
 * a later moment, when nobody could make the escalation now: that ends no reset, since whoever could decide still can.
 */
async function fallDue({ run, account, stages, approvals }: Gathering, timer: StageTimer | undefined): Promise<StageTimer | undefined> {
  if (!timer || !openStages(stages, approvals).includes(timer.stage)) return undefined;
  const { stage } = timer;
  if (timer.do === 'expire') throw new Ending('expired', 'approval-expired', [{ index: stage, state: 'expired' }]);
  if (timer.do === 'escalate') {
    const asked = { reset: run.reset, run: run.run, account, stage, escalation: timer.tier ?? 1 };
    const made = await unlessUnavailable(() => escalating.escalateApprovals(asked));
    if (made !== 'unavailable') return undefined;
    await show(run, { type: 'step.unavailable', outcome: 'unknown', do: { stage } });
    return { ...timer, at: new Date(Date.now() + AGAIN_MS).toISOString() };
  }
  await show(
    run,
    { type: 'approval.reminded', outcome: 'success', do: { stage } },
    { stages: [{ index: stage, state: 'waiting', reminded: true }] },
  );
  return undefined;
}
