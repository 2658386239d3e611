import type { BreakGlass } from '#activities/break-glass-contract.ts';
import type { StageMove } from '#activities/contract.ts';
import { underBreakGlass } from '#domain/next.ts';
import type { CommandOf } from './inbox.ts';
import { accept, refuse, show, unavailable, type ResetRun } from './reset-run.ts';
import { verifier } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';

/**
 * One security officer's signature under break-glass. Enough of them are answered by the caller: it gives what they allow,
 * and the command stays in hand. Every other outcome is answered here and gives nothing.
 */
export async function judgeBreakGlass(run: ResetRun, account: string, command: CommandOf<'breakGlass'>): Promise<BreakGlass | undefined> {
  const { updateId, message } = command;
  run.pending = command;
  const asked = { reset: run.reset, run: run.run, updateId, account, ...message };
  const checked = await unlessUnavailable(() => verifier.breakGlass(asked));
  if (checked === 'unavailable') {
    await unavailable(run, updateId);
    return undefined;
  }
  if (checked.outcome === 'refused') {
    refuse(run, checked.code);
    return undefined;
  }
  if (checked.given) return checked.given;
  // The claimant is told, and the lists show it; the approvers may still decide.
  await show(run, { type: 'reset.state', outcome: 'success', update: updateId }, { next: underBreakGlass(run.next) });
  accept(run);
  return undefined;
}

/** What becomes of the stages that nobody has decided, when officers stand in for them. */
export function setAside(stages: readonly { needs: number }[], approvals: readonly number[]): StageMove[] {
  return stages.flatMap(({ needs }, index): StageMove[] => ((approvals[index] ?? 0) < needs ? [{ index, state: 'set-aside' }] : []));
}
