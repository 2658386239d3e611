import { workflowInfo } from '@temporalio/workflow';
import type { LeafOutcome, LeafType } from '#domain/leaf-types.ts';
import { endedWithoutNew, refusedNext, type Next } from '#domain/next.ts';
import { REFUSALS, type PasswordReason, type RefusalCode } from '#domain/refusals.ts';
import type { ResetState } from '#domain/reset-state.ts';
import { toldToClaimant } from '#domain/told-to-claimant.ts';
import type { Progress, SignedWord } from '#activities/contract.ts';
import { openInbox, type Command, type CommandOf, type Inbox } from './inbox.ts';
import { local, verifier } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';

/** One reset under way: what people see of it now, and the door through which they speak. */
export interface ResetRun {
  readonly reset: string;
  readonly run: string;
  readonly inbox: Inbox;
  step: number;
  state: ResetState;
  next: Next;
  waitingFor: Progress['waitingFor'];
  deadline: number;
  /** Which account was identified, null for a decoy; undefined before. */
  named: { account: string | null } | undefined;
  /** Whether a smart card was shown: what is known of it may change while the reset waits. */
  byCard: boolean;
  /** Whether the directory has a throw-away password in the place of the old one: there is no way back to that. */
  oldPasswordEnded: boolean;
  /** The command that was taken and is still to be answered. */
  pending: Command | undefined;
  /** The lock or objection that counts, to be answered when the end is recorded. */
  lock: Command | undefined;
}

/** The end of a reset other than success. */
export class Ending {
  readonly state: 'refused' | 'expired' | 'cancelled';
  readonly code: RefusalCode;
  readonly stages: Progress['stages'];

  constructor(state: Ending['state'], code: RefusalCode, stages?: Progress['stages']) {
    this.state = state;
    this.code = code;
    this.stages = stages;
  }
}

export function openRun(reset: string, next: Next): ResetRun {
  const firstHour = Date.now() + 3_600_000;
  return {
    reset,
    run: workflowInfo().runId,
    inbox: openInbox(),
    step: 0,
    state: 'proving',
    next,
    waitingFor: 'claimant',
    deadline: firstHour,
    named: undefined,
    byCard: false,
    oldPasswordEnded: false,
    pending: undefined,
    lock: undefined,
  };
}

type LeafOf = { type: LeafType; outcome: LeafOutcome; reason?: string; update?: string; do?: Progress['leaf']['do'] };
type Move = Partial<Pick<ResetRun, 'state' | 'next' | 'waitingFor' | 'deadline'>> &
  Pick<Progress, 'proven' | 'refusal' | 'stages' | 'oldPassword'>;

/** Takes the move into the run and gives the record of it, to be written together with its leaf. */
export function moved(run: ResetRun, leaf: LeafOf, move: Move = {}): Progress {
  const { proven, refusal, stages, oldPassword, ...rest } = move;
  Object.assign(run, rest);
  run.step += 1;
  return {
    reset: run.reset,
    run: run.run,
    step: run.step,
    state: run.state,
    next: run.next,
    waitingFor: run.waitingFor,
    expiresAt: new Date(run.deadline).toISOString(),
    leaf: leaf as Progress['leaf'],
    ...(proven ? { proven } : {}),
    ...(refusal ? { refusal } : {}),
    ...(stages ? { stages } : {}),
    ...(oldPassword ? { oldPassword } : {}),
  };
}

/** Makes a move known: recorded with its leaf before anybody is told. */
export async function show(run: ResetRun, leaf: LeafOf, move: Move = {}): Promise<void> {
  await local.recordProgress(moved(run, leaf, move));
}

/** Answers the command in hand with what the person can do now, and with what the verifier has to say about it. */
export function accept(run: ResetRun, word?: SignedWord): void {
  run.pending?.reply({ outcome: 'ok', next: run.next, ...(word ? { word } : {}) });
  run.pending = undefined;
}

/** A no that leaves the reset where it is. */
export function refuse(run: ResetRun, code: RefusalCode, reasons: PasswordReason[] = []): void {
  run.pending?.reply({ outcome: 'refused', code, next: run.next, ...(reasons.length > 0 ? { reasons } : {}) });
  run.pending = undefined;
}

/** Waits for one of the commands that the step is open for, as askUntil does. Throws Ending at the deadline. */
export async function ask<K extends Command['kind']>(
  run: ResetRun,
  kinds: readonly K[],
  expired: Ending,
  aside?: (command: Command) => Promise<boolean>,
): Promise<CommandOf<K>> {
  const command = await askUntil(run, kinds, run.deadline, aside);
  if (command === 'due') throw expired;
  return command;
}

/**
 * Waits for one of the commands that the step is open for, or gives `due` at a moment of the workflow's clock. Whatever
 * else comes is answered and recorded: leaving ends the reset, an officer's lock too, `aside` may take what it knows, the
 * rest is told that it is not its turn.
 */
export async function askUntil<K extends Command['kind']>(
  run: ResetRun,
  kinds: readonly K[],
  moment: number,
  aside?: (command: Command) => Promise<boolean>,
): Promise<CommandOf<K> | 'due'> {
  for (;;) {
    const command = await run.inbox.next(moment);
    if (command === 'deadline') return 'due';
    if (command === 'superseded') throw new Ending('refused', 'superseded');
    if (command.kind === 'lock' && run.named) {
      await judgeLock(run, run.named.account, command);
      continue;
    }
    if (command.kind === 'object' && run.named) {
      await judgeObjection(run, run.named.account, command);
      continue;
    }
    run.pending = command;
    if ((kinds as readonly string[]).includes(command.kind)) return command as CommandOf<K>; // its kind is one of K by the line's own test
    if (command.kind === 'cancel') throw new Ending('cancelled', 'reset-cancelled');
    if (aside && (await aside(command))) continue;
    await notNow(run, command);
  }
}

/** An officer's lock, at whatever step it comes. Throws Ending when it counts; every other outcome is answered here. */
export async function judgeLock(run: ResetRun, account: string | null, command: CommandOf<'lock'>): Promise<void> {
  const { updateId, message, reply } = command;
  const { reset } = run;
  const checked = await unlessUnavailable(() => verifier.confirmLock({ reset, run: run.run, updateId, account, ...message }));
  if (checked !== 'unavailable' && checked.outcome === 'confirmed') {
    run.lock = command;
    throw new Ending('refused', 'reset-locked');
  }
  if (checked === 'unavailable') await show(run, { type: 'step.unavailable', outcome: 'unknown', update: updateId });
  reply({ outcome: 'refused', code: checked === 'unavailable' ? 'service-unavailable' : checked.code, next: run.next });
}

/** Whose account it is did not ask for the replacement of their factors. Throws Ending when that counts; every other outcome is answered here. */
async function judgeObjection(run: ResetRun, account: string | null, command: CommandOf<'object'>): Promise<void> {
  const { updateId, message, reply } = command;
  const asked = { reset: run.reset, run: run.run, updateId, sealed: message.sealed, account };
  const checked = await unlessUnavailable(() => verifier.confirmObjection(asked));
  if (checked !== 'unavailable' && checked.outcome === 'confirmed') {
    run.lock = command;
    throw new Ending('refused', 'replacement-objected');
  }
  if (checked === 'unavailable') await show(run, { type: 'step.unavailable', outcome: 'unknown', update: updateId });
  reply({ outcome: 'refused', code: checked === 'unavailable' ? 'service-unavailable' : checked.code, next: run.next });
}

async function notNow(run: ResetRun, command: Command): Promise<void> {
  await show(run, { type: 'reset.not-now', outcome: 'denied', reason: command.kind, update: command.updateId });
  refuse(run, command.kind === 'decide' ? 'approval-closed' : command.kind === 'breakGlass' ? 'break-glass-closed' : 'not-now');
}

/** Ends the reset, and answers whoever waits for it. */
export async function end(run: ResetRun, ending: Ending): Promise<void> {
  const leaf = { reason: ending.code, ...(run.pending ? { update: run.pending.updateId } : {}) };
  const told = toldToClaimant(ending.code);
  const move = {
    state: ending.state,
    next: run.oldPasswordEnded ? endedWithoutNew(told) : refusedNext(told, REFUSALS[told].words),
    waitingFor: null,
    refusal: ending.code,
    ...(ending.stages ? { stages: ending.stages } : {}),
  };
  await show(run, { ...leaf, ...leafOf(ending) }, move);
  // Who cancels or denies got what they asked for, and whose decision was counted too, whatever came behind it; everybody else is told no.
  if (ending.state === 'cancelled' || run.pending?.kind === 'decide') accept(run);
  else refuse(run, ending.code);
  run.lock?.reply({ outcome: 'ok', next: run.next });
}

function leafOf(ending: Ending): { type: LeafType; outcome: LeafOutcome } {
  if (ending.state === 'cancelled') return { type: 'reset.state', outcome: 'success' };
  if (ending.code === 'superseded') return { type: 'reset.superseded', outcome: 'denied' };
  if (ending.code === 'approval-expired') return { type: 'approval.expired', outcome: 'expired' };
  return { type: 'reset.refused', outcome: ending.state === 'expired' ? 'expired' : 'denied' };
}

/** A step's process did not answer: recorded, said, and the person may try again. */
export async function unavailable(run: ResetRun, update: string): Promise<void> {
  await show(run, { type: 'step.unavailable', outcome: 'unknown', update });
  refuse(run, 'service-unavailable');
}

const TOO_LATE: Partial<Record<Command['kind'], RefusalCode>> = {
  decide: 'approval-closed',
  lock: 'lock-too-late',
  object: 'objection-too-late',
  breakGlass: 'break-glass-closed',
};

/** Whoever spoke too late still gets an answer, and the answer its leaf. */
export async function turnAway(run: ResetRun): Promise<void> {
  for (const command of run.inbox.rest()) {
    run.pending = command;
    await show(run, { type: 'reset.not-now', outcome: 'denied', reason: command.kind, update: command.updateId });
    refuse(run, TOO_LATE[command.kind] ?? 'reset-ended');
  }
}
