import type { StageMove } from '#activities/contract.ts';
import { openStages } from '#domain/approval-stage.ts';
import type { Gathering } from './approvals.ts';
import type { CommandOf } from './inbox.ts';
import { accept, Ending, refuse, show, unavailable } from './reset-run.ts';
import { verifier } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';

/**
 * One approver's decision. An approval that counts is answered by the caller: it gives what became of its stage. Every
 * other outcome is answered here and gives nothing. Throws Ending at a denial.
 */
export async function confirm(
  { run, account, stages, approvals, counted }: Gathering,
  { updateId, message }: CommandOf<'decide'>,
): Promise<StageMove | undefined> {
  const { approver, delegation, stage, decision, reason, sealed } = message;
  // A decision made for a stage that is over, or not reached, is not a decision on another one.
  if (!openStages(stages, approvals).includes(stage)) {
    await show(run, { type: 'approval.refused', outcome: 'denied', reason: 'approval-closed', update: updateId });
    refuse(run, 'approval-closed');
    return undefined;
  }
  const checked = await unlessUnavailable(() =>
    verifier.confirmDecision({ reset: run.reset, run: run.run, updateId, sealed, account, approver, delegation, stage, decision, reason }),
  );
  if (checked === 'unavailable') {
    await unavailable(run, updateId);
    return undefined;
  }
  if (checked.outcome === 'refused') {
    refuse(run, checked.code);
    return undefined;
  }
  if (checked.decision === 'deny') throw new Ending('refused', 'approval-denied', [{ index: stage, state: 'denied' }]);
  if (counted.has(checked.attestation)) {
    accept(run);
    return undefined;
  }
  counted.add(checked.attestation);
  approvals[stage] = (approvals[stage] ?? 0) + 1;
  const isComplete = !openStages(stages, approvals).includes(stage);
  return { index: stage, state: isComplete ? 'approved' : 'waiting', approvals: approvals[stage] };
}
