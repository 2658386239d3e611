import { asyncLocalStorage } from '@temporalio/activity';
import type { Transaction } from '#db';
import { appendLeaf, appendLeaves, type NewLeaf } from '#prisma/leaves.ts';

/** Appends a leaf that says in which workflow, run, activity and attempt it was written, when there is one (a sweep has none). */
export async function recordLeaf(tx: Transaction, leaf: Omit<NewLeaf, 'workflow'>, process: string): Promise<string> {
  return appendLeaf(tx, { ...leaf, ...whereWritten() }, process);
}

/** The same for many leaves of one reset. */
export async function recordLeaves(
  tx: Transaction,
  reset: string,
  leaves: readonly Omit<NewLeaf, 'workflow' | 'reset'>[],
  process: string,
): Promise<void> {
  const where = whereWritten();
  await appendLeaves(
    tx,
    reset,
    leaves.map((leaf) => ({ ...leaf, ...where })),
    process,
  );
}

function whereWritten(): Pick<NewLeaf, 'workflow'> {
  const info = asyncLocalStorage.getStore()?.info;
  const execution = info?.workflowExecution;
  if (!info || !execution) return {};
  const { activityId, attempt, activityNamespace } = info;
  return { workflow: { ns: activityNamespace, id: execution.workflowId, run: execution.runId, activity: activityId, attempt } };
}
