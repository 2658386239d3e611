import type { Database, Prisma, Transaction } from '#db';
import { isTerminal } from '#domain/reset-state.ts';
import { recordLeaf } from '../record-leaf.ts';
import { WORKER } from './worker-name.ts';
import type { Progress } from '../contract.ts';

/** Makes one move of a reset visible: the row that people see and its leaf, in one transaction. A repeated call changes nothing. */
export async function recordProgress(db: Database, progress: Progress): Promise<void> {
  await db.$transaction((tx) => recordMove(tx, progress));
}

/** The same within a caller's transaction. False when this move was recorded before. */
export async function recordMove(tx: Transaction, progress: Progress): Promise<boolean> {
  const { reset, run, step, state, next, waitingFor, expiresAt, leaf, stage } = progress;
  const { count } = await tx.reset.updateMany({
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
      ...(isTerminal(state) ? { endedAt: new Date() } : {}),
    },
  });
  if (count === 0) return false;
  if (stage) await recordStage(tx, reset, stage);
  // Back at choosing, the account yields again to a newer, equally proven reset.
  if (state === 'choosing-password') await tx.accountClaim.updateMany({ where: { resetId: reset }, data: { committed: false } });
  const row = await tx.reset.findUniqueOrThrow({ where: { id: reset }, select: { policySha256: true, ruleId: true } });
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

async function recordStage(tx: Transaction, reset: string, stage: NonNullable<Progress['stage']>): Promise<void> {
  const opening: Prisma.ApprovalUpdateManyMutationInput = { state: 'waiting', openedAt: new Date(), expiresAt: stage.nextExpiresAt };
  await tx.approval.updateMany({ where: { resetId: reset, stage: stage.index, state: 'waiting' }, data: { state: stage.state } });
  if (stage.openNext)
    await tx.approval.updateMany({ where: { resetId: reset, stage: stage.index + 1, state: 'not-reached' }, data: opening });
  if (stage.state !== 'approved')
    await tx.approval.updateMany({ where: { resetId: reset, state: 'waiting' }, data: { state: stage.state } });
}
