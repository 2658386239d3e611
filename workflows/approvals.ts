import type { IdentifiedAccount } from '#activities/contract.ts';
import { waitForApproval } from '#domain/next.ts';
import type { CommandOf } from './inbox.ts';
import { accept, ask, Ending, refuse, show, unavailable, type ResetRun } from './reset-run.ts';
import { worker, verifier } from './steps.ts';
import { resume } from './resume.ts';
import { unlessUnavailable } from './unavailable.ts';

/**
 * Every stage that the rule asks for, one after the other; none asked, none waited for. Feasibility is checked before
 * anybody waits, and one denial ends the reset. The claimant may leave and come back meanwhile.
 */
export async function gatherApprovals(run: ResetRun, who: IdentifiedAccount, account: string): Promise<void> {
  const [first] = who.stages;
  if (!first) return;
  const firstDeadline = Date.now() + who.timers.approval * 1000;
  const opened = await worker.openApprovals({ reset: run.reset, run: run.run, account, expiresAt: new Date(firstDeadline).toISOString() });
  if (opened.outcome === 'no-approver') throw new Ending('refused', 'no-approver');
  await show(
    run,
    { type: 'reset.state', outcome: 'success' },
    {
      state: 'awaiting-approval',
      next: waitForApproval(first.label, new Date(firstDeadline), run.reset),
      waitingFor: first.label,
      deadline: firstDeadline,
      proven: true,
    },
  );
  accept(run);

  for (const stage of who.stages.keys()) {
    await decided(run, account, stage);
    const following = who.stages[stage + 1];
    if (!following) break;
    const deadline = Date.now() + who.timers.approval * 1000;
    await show(
      run,
      { type: 'reset.state', outcome: 'success' },
      {
        next: waitForApproval(following.label, new Date(deadline), run.reset),
        waitingFor: following.label,
        deadline,
        stage: { index: stage, state: 'approved', openNext: true, nextExpiresAt: new Date(deadline).toISOString() },
      },
    );
    accept(run);
  }
}

/** Waits until somebody who may has approved this stage; their command stays in hand for the answer. Throws Ending at a denial or the deadline. */
async function decided(run: ResetRun, account: string, stage: number): Promise<void> {
  const expired = new Ending('expired', 'approval-expired', { index: stage, state: 'expired', openNext: false, nextExpiresAt: null });
  for (;;) {
    const command = await ask(run, ['decide'], expired, (other) => resume(run, account, other));
    const decision = await confirm(run, account, stage, command);
    if (decision === 'denied')
      throw new Ending('refused', 'approval-denied', { index: stage, state: 'denied', openNext: false, nextExpiresAt: null });
    if (decision === 'approved') return;
  }
}

async function confirm(
  run: ResetRun,
  account: string,
  stage: number,
  { updateId, message }: CommandOf<'decide'>,
): Promise<'approved' | 'denied' | 'refused'> {
  // A decision made for an earlier stage arrives late: it is not a decision on this one.
  if (message.stage !== stage) {
    await show(run, { type: 'approval.refused', outcome: 'denied', reason: 'approval-closed', update: updateId });
    refuse(run, 'approval-closed');
    return 'refused';
  }
  const { approver, decision, reason, sealed } = message;
  const checked = await unlessUnavailable(() =>
    verifier.confirmDecision({ reset: run.reset, run: run.run, updateId, sealed, account, approver, stage, decision, reason }),
  );
  if (checked === 'unavailable') {
    await unavailable(run, updateId);
    return 'refused';
  }
  if (checked.outcome === 'refused') {
    refuse(run, checked.code);
    return 'refused';
  }
  return checked.decision === 'approve' ? 'approved' : 'denied';
}
