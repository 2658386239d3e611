import type { Client } from '@temporalio/client';

/** A workflow of which one runs at a time, under an id of its own. */
export interface OneAtATime {
  workflow: string;
  id: string;
  taskQueue: string;
  /** After so long it is ended, whatever it does; an hour unless said otherwise. */
  longest?: '1 day';
}

/** Starts it unless it runs already; then whatever it was to do is found again at the next turn. Answers whether it began. */
export async function beginUnlessRunning(
  client: Pick<Client, 'workflow'>,
  { workflow, id, taskQueue, longest }: OneAtATime,
  input: object,
): Promise<boolean> {
  try {
    await client.workflow.start(workflow, {
      workflowId: id,
      taskQueue,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      workflowExecutionTimeout: longest ?? '1 hour',
      args: [input],
    });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return false;
    throw error;
  }
}
