import type { NativeConnection } from '@temporalio/worker';

const UNIMPLEMENTED = 12;
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;

/**
 * Refuses to work with a server on which waiting times can be skipped: a caller could skip an approval's deadline. The
 * server tells no configuration, so it is asked to skip time for a workflow that does not exist: UNIMPLEMENTED means the
 * feature is off, NOT_FOUND that it is on (tried on server 1.32.1). Throws one sentence when it is on and `allowed` is false.
 */
export async function refuseTimeSkipping(
  connection: Pick<NativeConnection, 'workflowService'>,
  namespace: string,
  allowed: boolean,
): Promise<void> {
  if (allowed) return;
  const code = await askToSkip(connection, namespace);
  // A server that keeps this call from us keeps it from every holder of our token; who may skip there is its authorizer's business.
  if (code === UNIMPLEMENTED || code === PERMISSION_DENIED) return;
  if (code === NOT_FOUND) {
    throw new Error(
      `Temporal lets callers skip time in namespace "${namespace}", so approval deadlines could be skipped. Start the server without frontend.WorkflowTimeSkippingEnabled.`,
    );
  }
  throw new Error('Temporal did not say whether time can be skipped. Look whether the server runs, then start again.');
}

async function askToSkip(connection: Pick<NativeConnection, 'workflowService'>, namespace: string): Promise<number | undefined> {
  try {
    await connection.workflowService.updateWorkflowExecutionOptions({
      namespace,
      workflowExecution: { workflowId: 'countersign/no-such-workflow' },
      workflowExecutionOptions: { timeSkippingConfig: { enabled: true } },
      updateMask: { paths: ['time_skipping_config'] },
    });
    return NOT_FOUND;
  } catch (error) {
    return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
  }
}
