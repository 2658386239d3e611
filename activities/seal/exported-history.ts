import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { keyIdsIn } from '#history/offline.ts';
import type { HistoryJson } from '#history/payloads-in-json.ts';
import type { ClosedRun } from '../contract.ts';

/** What an auditor needs to know of a closed history before opening it. Numbers are decimal text. */
export interface HistoryFacts {
  type: string;
  /** How it ended: the kind of its last event without its prefix, such as COMPLETED or TERMINATED. */
  ended: string;
  events: string;
  lastEvent: string;
  /** SHA-256 of the workflows' code that ran it; null when none ever did, or a worker without releases. */
  bundle: string | null;
  /** Name and version of the SDK that ran it. */
  sdk: string | null;
  /** The history keys that its payloads were encrypted under. */
  keys: string[];
}

export interface ExportedHistory {
  /** The archived form: JSON without white space, UTF-8, payloads encrypted as Temporal keeps them. The SDK replays it. */
  bytes: Buffer;
  sha256: string;
  facts: HistoryFacts;
}

/** The members of an event that are read here; `historyToJSON` writes 64-bit numbers as text. */
interface EventJson {
  eventId?: string;
  eventType?: string;
  workflowExecutionStartedEventAttributes?: { workflowType?: { name?: string } };
  workflowTaskCompletedEventAttributes?: {
    deploymentVersion?: { buildId?: string };
    sdkMetadata?: { sdkName?: string; sdkVersion?: string };
  };
}

/** Fetches the whole history of one run from Temporal, undecrypted. Throws what gRPC throws; NOT_FOUND when it is gone. */
export async function exportHistory(client: Pick<Client, 'workflow'>, { workflowId, runId }: ClosedRun): Promise<ExportedHistory> {
  const history = JSON.parse(historyToJSON(await client.workflow.getHandle(workflowId, runId).fetchHistory())) as HistoryJson;
  const bytes = Buffer.from(JSON.stringify(history));
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex'), facts: factsOf(history) };
}

/** Read from the history itself, so that whoever holds the file can find the same. */
export function factsOf(history: HistoryJson): HistoryFacts {
  const events = history.events as EventJson[];
  const tasks = events.flatMap(({ workflowTaskCompletedEventAttributes: task }) => task ?? []);
  const sdk = tasks.find(({ sdkMetadata }) => sdkMetadata?.sdkVersion)?.sdkMetadata;
  return {
    type: events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? '',
    ended: (events.at(-1)?.eventType ?? '').replace('EVENT_TYPE_WORKFLOW_EXECUTION_', ''),
    events: String(events.length),
    lastEvent: events.at(-1)?.eventId ?? '0',
    bundle: tasks.find(({ deploymentVersion }) => deploymentVersion?.buildId)?.deploymentVersion?.buildId ?? null,
    sdk: sdk ? `${sdk.sdkName ?? ''} ${sdk.sdkVersion ?? ''}`.trim() : null,
    keys: keyIdsIn(history),
  };
}
