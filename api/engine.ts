import { setTimeout as sleep } from 'node:timers/promises';
import {
  isGrpcServiceError,
  ServiceError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { keyOfRing, openHistory } from '#history/offline.ts';
import type { HistoryKeys } from '#history/open-ring.ts';
import type { HistoryJson } from '#history/payloads-in-json.ts';
import { Refusal } from '#domain/refusals.ts';
import {
  ACKNOWLEDGE_UPDATE,
  CONSOLE_WORKFLOWS,
  noticesWorkflowId,
  resetWorkflowId,
  TASK_QUEUES,
  UPDATES,
  type AckAnswer,
  type AckMessage,
  type Reply,
  type ResetInput,
  type Typed,
} from '#workflows/messages.ts';

/** The workflow by its name only: its code runs in the worker, never here. */
type PasswordReset = (input: ResetInput) => Promise<string>;
export type ConsoleWorkflow = keyof typeof CONSOLE_WORKFLOWS;

/** What the API asks of Temporal. Each ask may be repeated under its id and is carried out once. */
export interface Engine {
  begin(reset: string, updateId: string, message: Typed): Promise<Reply>;
  /** 'closed' when the workflow no longer runs: the reset has ended, and its row says how. */
  update(reset: string, name: keyof typeof UPDATES, updateId: string, message?: object): Promise<Reply | 'closed'>;
  /** What an update of this id was answered, or undefined when the workflow never had it. */
  answered(reset: string, updateId: string): Promise<Reply | undefined>;
  /** Begins what nobody waits for; its row says what comes of it. Within `minutes` it has ended in whatever way. */
  start(workflow: ConsoleWorkflow, id: string, asked: object, minutes: number): Promise<void>;
  run<A>(workflow: ConsoleWorkflow, id: string, asked: object): Promise<A>;
  /** The workflow's events in clear, as the SDK's replay reads them, or undefined when the server no longer has them. */
  history(reset: string): Promise<HistoryJson | undefined>;
  /** What an agent says to the workflow that tells the devices of this reset; 'closed' when that has ended. */
  acknowledge(about: string, updateId: string, message: AckMessage): Promise<AckAnswer | 'closed'>;
  ready(): Promise<void>;
}

/** A person waits in front of this: longer than a restart of the worker, shorter than patience. */
const PATIENCE_MS = 25_000;
/** One attempt; an update without an answer so far is asked for again under the same id. */
const ATTEMPT_MS = 10_000;
/** gRPC: cancelled, deadline exceeded, resource exhausted, aborted, internal, unavailable. Nothing is known, so the same id is asked again. */
const UNKNOWN_OUTCOME = new Set<number>([1, 4, 8, 10, 13, 14]);
const NOT_FOUND = new Set<number>([5]);
const ALREADY_EXISTS = new Set<number>([6]);

/** `client` encrypts by the same `keys` that open an exported history here. */
export function createEngine(client: Client, keys: HistoryKeys, patienceMs: number = PATIENCE_MS): Engine {
  const patiently = <T>(ask: () => Promise<T>) => untilKnown(patienceMs, ask);
  const within = <T>(ms: number, ask: () => Promise<T>) => client.connection.withDeadline(Date.now() + Math.min(ms, patienceMs), ask);

  const tell = async <A>(workflow: string, name: string, updateId: string, message: object | undefined): Promise<A | 'closed'> => {
    const handle = client.workflow.getHandle(workflow);
    try {
      return await (message
        ? handle.executeUpdate<A, [object]>(name, { updateId, args: [message] })
        : handle.executeUpdate<A, []>(name, { updateId }));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || endedMeanwhile(error)) return 'closed';
      throw error;
    }
  };

  const update = (reset: string, name: string, updateId: string, message: object | undefined): Promise<Reply | 'closed'> =>
    tell<Reply>(resetWorkflowId(reset), name, updateId, message);

  const start = async (
    workflow: ConsoleWorkflow,
    workflowId: string,
    asked: object,
    workflowExecutionTimeout: `${number} minutes`,
  ): Promise<void> => {
    try {
      await within(ATTEMPT_MS, () =>
        client.workflow.start(CONSOLE_WORKFLOWS[workflow], {
          workflowId,
          taskQueue: TASK_QUEUES.reset,
          args: [asked],
          // One that failed had no outcome: asked again, the verifier finds what it has stored, or does it then.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
          workflowExecutionTimeout,
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  };

  return {
    begin: (reset, updateId, message) =>
      patiently(async () => {
        const input: ResetInput = { reset };
        const startWorkflowOperation = new WithStartWorkflowOperation<PasswordReset>('passwordReset', {
          workflowId: resetWorkflowId(reset),
          taskQueue: TASK_QUEUES.reset,
          args: [input],
          workflowIdConflictPolicy: 'FAIL',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
        });
        startWorkflowOperation.workflowHandle().catch(() => {}); // the same failure is thrown below
        try {
          return await within(ATTEMPT_MS, () =>
            client.workflow.executeUpdateWithStart<PasswordReset, Reply, [Typed]>(UPDATES.begin, {
              updateId,
              args: [message],
              startWorkflowOperation,
            }),
          );
        } catch (error) {
          // An earlier attempt, whose answer was lost, has started it: its update has the same id.
          if (!alreadyStarted(error)) throw error;
          const reply = await within(ATTEMPT_MS, () => update(reset, UPDATES.begin, updateId, message));
          if (reply === 'closed') throw new Refusal('reset-ended');
          return reply;
        }
      }),

    update: (reset, name, updateId, message) => patiently(() => within(ATTEMPT_MS, () => update(reset, UPDATES[name], updateId, message))),

    answered: (reset, updateId) =>
      patiently(async () => {
        try {
          return await within(ATTEMPT_MS, () =>
            client.workflow.getHandle(resetWorkflowId(reset)).getUpdateHandle<Reply>(updateId).result(),
          );
        } catch (error) {
          if (error instanceof WorkflowNotFoundError || isGrpc(error, NOT_FOUND)) return undefined;
          throw error;
        }
      }),

    start: (workflow, workflowId, asked, minutes) => patiently(() => start(workflow, workflowId, asked, `${minutes} minutes`)),

    run: <A>(workflow: ConsoleWorkflow, workflowId: string, asked: object) =>
      patiently<A>(async () => {
        await start(workflow, workflowId, asked, '2 minutes');
        return (await within(ATTEMPT_MS, () => client.workflow.getHandle(workflowId).result())) as A; // the workflow's own answer type, named by the caller
      }),

    acknowledge: (about, updateId, message) =>
      patiently(() => within(ATTEMPT_MS, () => tell<AckAnswer>(noticesWorkflowId(about), ACKNOWLEDGE_UPDATE, updateId, message))),

    async history(reset) {
      try {
        const owner = { namespace: client.options.namespace, workflowId: resetWorkflowId(reset) };
        const history = await within(ATTEMPT_MS, () => client.workflow.getHandle(owner.workflowId).fetchHistory());
        return openHistory(JSON.parse(historyToJSON(history)) as HistoryJson, owner, keyOfRing(keys, owner));
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw unknownOutcome(error) ? new Refusal('service-unavailable', { retryAfterSeconds: 10 }) : error;
      }
    },

    async ready() {
      await within(2000, () => client.workflowService.getSystemInfo({}));
    },
  };
}

/** Asks again, by the same ids, as long as nothing is known about the outcome and the person may still be waiting. */
async function untilKnown<T>(patienceMs: number, ask: () => Promise<T>): Promise<T> {
  const giveUp = Date.now() + patienceMs;
  for (let pause = 100; ; pause = Math.min(pause * 2, 2000)) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof WorkflowFailedError) throw new Refusal('service-unavailable', { retryAfterSeconds: 10 });
      if (!unknownOutcome(error)) throw error;
      if (Date.now() + pause >= giveUp) throw new Refusal('service-unavailable', { retryAfterSeconds: 10 });
      await sleep(pause);
    }
  }
}

function unknownOutcome(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  return isGrpc(error, UNKNOWN_OUTCOME);
}

function isGrpc(error: unknown, codes: ReadonlySet<number>): boolean {
  const grpc = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(grpc) && codes.has(grpc.code);
}

function alreadyStarted(error: unknown): boolean {
  if (error instanceof WorkflowExecutionAlreadyStartedError) return true;
  return isGrpc(error, ALREADY_EXISTS);
}

/** The workflow completed while the update was open; the server then fails the update. */
function endedMeanwhile(error: unknown): boolean {
  if (!(error instanceof WorkflowUpdateFailedError)) return false;
  const { type } = (error.cause ?? {}) as { type?: unknown }; // an ApplicationFailure across the process border
  return type === 'AcceptedUpdateCompletedWorkflow' || type === 'AbortedByWorkflowClosing';
}
