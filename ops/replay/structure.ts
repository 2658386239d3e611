import type { HistoryJson } from '#history/payloads-in-json.ts';
import type { SealedLeaf } from './sealed-leaf.ts';

interface EventJson {
  eventId?: string;
  eventTime?: string;
  eventType?: string;
  workflowExecutionStartedEventAttributes?: { workflowId?: string; originalExecutionRunId?: string };
}

/** How a history of a closed run may end. */
const ENDS = /^EVENT_TYPE_WORKFLOW_EXECUTION_(COMPLETED|FAILED|TIMED_OUT|CANCELED|TERMINATED|CONTINUED_AS_NEW)$/;

/**
 * Whether the SDK can be asked to replay a history at all: it begins with its start and its events are numbered from 1. The
 * SDK's core panics on others and its replay never ends.
 */
export function isReplayable({ events }: HistoryJson): boolean {
  const all = events as EventJson[];
  return all[0]?.workflowExecutionStartedEventAttributes !== undefined && all.every(({ eventId }, at) => eventId === String(at + 1));
}

/**
 * What is wrong with a history as a whole, a sentence each: another workflow's or run's, cut, with gaps, with a clock that
 * goes backwards. None of it needs a key or code.
 */
export function faultsOf({ events }: HistoryJson, leaf: SealedLeaf): string[] {
  const all = events as EventJson[];
  const faults: string[] = [];
  const started = all[0]?.workflowExecutionStartedEventAttributes;
  if (!started) faults.push('it does not begin with the start of a workflow');
  else {
    if (started.workflowId !== leaf.workflowId)
      faults.push(`it is the history of another workflow, ${String(started.workflowId)}: somebody put it in the place of this one`);
    else if (started.originalExecutionRunId !== leaf.runId)
      faults.push(`it is the history of another run, ${String(started.originalExecutionRunId)}`);
  }
  const gap = all.findIndex(({ eventId }, at) => eventId !== String(at + 1));
  if (gap >= 0) faults.push(`event ${gap + 1} is missing or out of its place`);
  const last = all.at(-1);
  if (!ENDS.test(last?.eventType ?? '')) faults.push(`it ends with event ${all.length}, which ends no workflow: its tail was cut`);
  const { history } = leaf;
  if (history && all.length !== history.events) faults.push(`it has ${all.length} events, and ${history.events} were sealed`);
  const back = all.findIndex(({ eventTime }, at) => at > 0 && Date.parse(eventTime ?? '') < Date.parse(all[at - 1]?.eventTime ?? ''));
  if (back >= 0) faults.push(`event ${back + 1} is dated before the event that it follows`);
  return faults;
}
