import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';

/**
 * Begins the workflow that tells the devices of a reset for days. It is no child of the reset: its input and result would stand in the
 * reset's history under another workflow's key, and nobody could open that history alone. Begun once, however often it is asked.
 */
export async function beginNotices(
  client: Pick<Client, 'workflow'>,
  taskQueue: string,
  { reset, account }: { reset: string; account: string },
): Promise<void> {
  try {
    await client.workflow.start('deviceNotices', {
      workflowId: `notices/${reset}`,
      taskQueue,
      args: [{ reset, account }],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
