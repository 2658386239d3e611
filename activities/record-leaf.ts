import { asyncLocalStorage } from '@temporalio/activity';
import type { Transaction } from '#db';
import { appendLeaf, type NewLeaf } from '#prisma/leaves.ts';

/** Appends a leaf that says in which workflow, run, activity and attempt it was written, when there is one (a sweep has none). */
export async function recordLeaf(tx: Transaction, leaf: Omit<NewLeaf, 'workflow'>, process: string): Promise<string> {
  const info = asyncLocalStorage.getStore()?.info;
  const execution = info?.workflowExecution;
  if (!info || !execution) return appendLeaf(tx, leaf, process);
  const { activityId, attempt, activityNamespace } = info;
  const workflow = { ns: activityNamespace, id: execution.workflowId, run: execution.runId, activity: activityId, attempt };
  return appendLeaf(tx, { ...leaf, workflow }, process);
}
