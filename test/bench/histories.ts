import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

const { EventType } = proto.temporal.api.enums.v1;

/** What must be equal for floor and reset to be comparable; how many workflow tasks carry it depends on the moment. */
const SHAPE = {
  'ordinary activities': EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
  'local activities': EventType.EVENT_TYPE_MARKER_RECORDED,
  timers: EventType.EVENT_TYPE_TIMER_STARTED,
  updates: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
} as const;
export type Shape = Record<keyof typeof SHAPE, number>;

/** Number of events of a closed workflow and how many of them are steps, timers and updates. */
export async function historyOf(client: Client, workflowId: string): Promise<{ events: number; shape: Shape }> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const count = (type: (typeof SHAPE)[keyof typeof SHAPE]): number => events?.filter((event) => event.eventType === type).length ?? 0;
  const shape = Object.fromEntries(Object.entries(SHAPE).map(([name, type]) => [name, count(type)])) as Shape; // the keys are SHAPE's own
  return { events: events?.length ?? 0, shape };
}

/** How long the tasks of a closed workflow waited for a worker, in milliseconds, by what Temporal wrote down: a queue of ours that is full shows here. */
export async function waitedInQueues(client: Client, workflowId: string): Promise<number> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const at = (event: (typeof events & object)[number] | undefined): number =>
    Number(event?.eventTime?.seconds ?? 0) * 1000 + (event?.eventTime?.nanos ?? 0) / 1e6;
  return (events ?? []).reduce((sum, event) => {
    const scheduled = (event.activityTaskStartedEventAttributes ?? event.workflowTaskStartedEventAttributes)?.scheduledEventId;
    return scheduled ? sum + at(event) - at(events?.[Number(scheduled) - 1]) : sum;
  }, 0);
}
