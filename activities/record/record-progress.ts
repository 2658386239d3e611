import type { Database, Transaction } from '#db';
import { isTerminal } from '#domain/reset-state.ts';
import { recordLeaf } from '../record-leaf.ts';
import { askTelling } from './ask-telling.ts';
import { askWatch } from './ask-watch.ts';
import { WORKER } from './worker-name.ts';
import type { Progress, StageMove } from '../contract.ts';

/** Makes one move of a reset visible: the row that people see and its leaf, in one transaction. A repeated call changes nothing. */
export async function recordProgress(db: Database, progress: Progress): Promise<void> {
  await db.$transaction((tx) => recordMove(tx, progress));
}

/** The same within a caller's transaction. False when this move was recorded before. */
export async function recordMove(tx: Transaction, progress: Progress): Promise<boolean> {
  const { reset, run, step, state, next, waitingFor, expiresAt, leaf, stages } = progress;
  const [row] = await tx.reset.updateManyAndReturn({
    where: { id: reset, step: { lt: step } },
    data: {
      runId: run,
      step,
      state,
      next: { ...next },
      waitingFor,
      expiresAt,
      updatedAt: new Date(),
      refusal: progress.refusal ?? null,
      ...(progress.proven ? { provenAt: new Date() } : {}),
      ...(progress.oldPassword ? { oldPassword: progress.oldPassword } : {}),
      ...(isTerminal(state) ? { endedAt: new Date() } : {}),
    },
    select: { policySha256: true, ruleId: true, provenAt: true },
  });
  if (!row) return false;
  for (const stage of stages ?? []) await recordStage(tx, reset, stage);
  // Back at choosing, the account yields again to a newer, equally proven reset.
  if (state === 'choosing-password') await tx.accountClaim.updateMany({ where: { resetId: reset }, data: { committed: false } });
  if (state === 'cooling-off') await askTelling(tx, reset, 'cooling-off');
  if (isTerminal(state) && row.provenAt) await askTelling(tx, reset, 'ended');
  // Who replaced lost factors was let in nowhere; a watch asked for here would end the one of their last reset.
  if (state === 'done' && next.operation !== 'replace-factors') await askWatch(tx, reset);
  await recordLeaf(
    tx,
    {
      type: leaf.type,
      outcome: leaf.outcome,
      reset,
      actor: WORKER,
      ...(leaf.reason ? { reason: leaf.reason } : {}),
      ...(leaf.update ? { update: leaf.update } : {}),
      ...(row.policySha256 ? { policy: { sha256: row.policySha256, rule: row.ruleId } } : {}),
      do: { state, step, ...leaf.do },
    },
    'worker',
  );
  return true;
}

async function recordStage(tx: Transaction, reset: string, { index, state, expiresAt, approvals, reminded }: StageMove): Promise<void> {
  await tx.approval.updateMany({
    where: { resetId: reset, stage: index, state: { in: ['not-reached', 'waiting'] } },
    data: {
      state,
      ...(expiresAt === undefined ? {} : { openedAt: new Date(), expiresAt }),
      ...(approvals === undefined ? {} : { approvals }),
      ...(reminded ? { remindedAt: new Date() } : {}),
    },
  });
}
