import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { historyFromJSON, historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';
import { secretFile } from '#config';
import { historyConverter } from '#history/converter.ts';
import { keyOfRing, openHistory } from '#history/offline.ts';
import { openRing, type HistoryKeys } from '#history/open-ring.ts';
import type { HistoryJson } from '#history/payloads-in-json.ts';
import { historyKeysFile } from '#ops/setup/history-keys.ts';
import type { TestStack } from './stack.ts';

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType;

export interface Server {
  client: Client;
  keys: HistoryKeys;
  /** In clear. */
  history: (reset: string) => Promise<History>;
  /** As the server keeps it. */
  kept: (reset: string) => Promise<HistoryJson>;
  /** Moves one workflow's clock forward by the server itself (measured), by so many seconds to the millisecond; nothing else notices. Of a reset, or by a workflow's whole id. */
  skip: (id: string, seconds: number) => Promise<void>;
  terminate: (reset: string) => Promise<void>;
  /** Tasks that wait in a queue, workflow and activity tasks together, as the server counts them. */
  backlog: (queue: string) => Promise<number>;
  close: () => Promise<void>;
}

/** The Temporal server of the stack, as a test looks into it. */
export async function server(run: TestStack['run']): Promise<Server> {
  const namespace = 'countersign';
  const connection = await Connection.connect({ address: run.temporal });
  const keys = openRing(secretFile(historyKeysFile(run.state, 'api')));
  const client = new Client({ connection, namespace, dataConverter: historyConverter(keys) });
  const execution = (id: string) => ({ namespace, workflowExecution: { workflowId: id.includes('/') ? id : `reset/${id}` } });
  const kept = async (reset: string): Promise<HistoryJson> =>
    JSON.parse(historyToJSON(await client.workflow.getHandle(`reset/${reset}`).fetchHistory())) as HistoryJson;
  return {
    client,
    keys,
    async history(reset) {
      const owner = { namespace, workflowId: `reset/${reset}` };
      return historyFromJSON(openHistory(await kept(reset), owner, keyOfRing(keys, owner)));
    },
    kept,
    async skip(workflow, seconds) {
      const id = randomUUID();
      const ms = Math.round(seconds * 1000);
      const duration = { seconds: Math.floor(ms / 1000) as never, nanos: (ms % 1000) * 1_000_000 }; // the SDK's type wants a Long, the wire takes a number
      await connection.workflowService.updateWorkflowExecutionOptions({
        ...execution(workflow),
        workflowExecutionOptions: {
          timeSkippingConfig: { enabled: true, fastForwardConfig: { id, duration } },
        },
        updateMask: { paths: ['time_skipping_config'] },
      });
      await connection.workflowService.pollWorkflowExecutionTimeSkipping({ ...execution(workflow), fastForwardId: id });
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
