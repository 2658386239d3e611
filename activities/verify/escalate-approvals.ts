import { recordLeaf } from '#activities/record-leaf.ts';
import { frozenStages } from '#domain/approvals-given.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import type { ApprovalsAsked } from './request-approvals.ts';
import { statementsOf } from './statements.ts';

/**
 * Opens a stage to the people of one escalation, as they were frozen when approval was asked for; nobody loses a right. A
 * repeated call adds nobody again. When to escalate is the workflow's word: its history shows the timer.
 */
export async function escalateApprovals(
  deps: VerifierDeps,
  asked: ApprovalsAsked & { stage: number; escalation: number },
): Promise<{ added: number }> {
  const said = await statementsOf(deps.db, deps, asked);
  const frozen = frozenStages(said.approvers)?.[asked.stage];
  const row = await deps.db.approval.findUnique({ where: { resetId_stage: { resetId: asked.reset, stage: asked.stage } } });
  if (!frozen || !row) return { added: 0 };
  const added = (frozen.escalations[asked.escalation - 1] ?? []).filter((guid) => !row.eligible.includes(guid));
  const people = await Promise.all(added.map((guid) => deps.people.read(guid)));

  return deps.db.$transaction(async (tx) => {
    // Crash before the end of this transaction: nobody was added, and the retry adds them.
    const { count } = await tx.approval.updateMany({
      where: { id: row.id, escalations: asked.escalation - 1 },
      data: {
        escalations: asked.escalation,
        eligible: [...row.eligible, ...added],
        eligibleNames: [...row.eligibleNames, ...people.map((person) => person?.displayName ?? '')],
      },
    });
    if (count === 1)
      await recordLeaf(
        tx,
        {
          type: 'approval.escalated',
          outcome: added.length > 0 ? 'success' : 'failure',
          reset: asked.reset,
          actor: { type: 'service', name: VERIFIER },
          do: { stage: asked.stage, escalation: asked.escalation, added: added.length },
        },
        VERIFIER,
      );
    return { added: added.length };
  });
}
