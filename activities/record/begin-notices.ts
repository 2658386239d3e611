import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { NoticesAsked } from '../device-contract.ts';

/**
 * Begins the workflow that tells the devices of a reset, or of a change of factors, for days. It is no child of the reset: its input and result would stand in the
 * reset's history under another workflow's key, and nobody could open that history alone. Begun once, however often it is asked.
 */
export async function beginNotices(client: Pick<Client, 'workflow'>, taskQueue: string, asked: NoticesAsked): Promise<void> {
  try {
    await client.workflow.start('deviceNotices', {
      workflowId: `notices/${'reset' in asked ? asked.reset : asked.factors}`,
      taskQueue,
      args: [asked],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
