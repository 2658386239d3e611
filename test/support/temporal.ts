import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';
import type { TestStack } from './stack.ts';

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType;

export interface Server {
  client: Client;
  history: (reset: string) => Promise<History>;
  /** Moves one workflow's clock forward by the server itself (measured); nothing else notices. */
  skip: (reset: string, seconds: number) => Promise<void>;
  terminate: (reset: string) => Promise<void>;
  /** Tasks that wait in a queue, workflow and activity tasks together, as the server counts them. */
  backlog: (queue: string) => Promise<number>;
  close: () => Promise<void>;
}

/** The Temporal server of the stack, as a test looks into it. */
export async function server(run: TestStack['run']): Promise<Server> {
  const namespace = 'countersign';
  const connection = await Connection.connect({ address: run.temporal });
  const client = new Client({ connection, namespace });
  const execution = (reset: string) => ({ namespace, workflowExecution: { workflowId: `reset/${reset}` } });
  return {
    client,
    history: (reset) => client.workflow.getHandle(`reset/${reset}`).fetchHistory(),
    async skip(reset, seconds) {
      const id = randomUUID();
      await connection.workflowService.updateWorkflowExecutionOptions({
        ...execution(reset),
        workflowExecutionOptions: {
          timeSkippingConfig: { enabled: true, fastForwardConfig: { id, duration: { seconds: seconds as never } } },
        }, // the SDK's type wants a Long, the wire takes a number
        updateMask: { paths: ['time_skipping_config'] },
      });
      await connection.workflowService.pollWorkflowExecutionTimeSkipping({ ...execution(reset), fastForwardId: id });
    },
    terminate: async (reset) => void (await client.workflow.getHandle(`reset/${reset}`).terminate('a test ends it')),
    async backlog(queue) {
      let waiting = 0;
      for (const taskQueueType of [TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY]) {
        const { stats } = await connection.workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name: queue },
          taskQueueType,
          reportStats: true,
        });
        waiting += Number(stats?.approximateBacklogCount ?? 0);
      }
      return waiting;
    },
    close: () => connection.close(),
  };
}
