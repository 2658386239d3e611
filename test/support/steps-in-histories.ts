import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { keyOfRing, openHistory } from '#history/offline.ts';
import type { HistoryJson } from '#history/payloads-in-json.ts';
import type { Server } from './temporal.ts';

/** One completed call of an activity, ordinary or local, as its workflow's history has it. */
export interface CompletedStep {
  workflow: string;
  run: string;
  activity: string;
  name: string;
  result: unknown;
}

type Attributes = Record<string, unknown> & {
  eventId?: string;
  activityId?: string;
  activityType?: { name?: string };
  scheduledEventId?: string;
};
type Payloads = { payloads?: { data?: string }[] } | undefined;

/** Every completed call in every workflow that began since. */
export async function stepsSince(server: Server, since: Date): Promise<CompletedStep[]> {
  const steps: CompletedStep[] = [];
  for await (const { workflowId, runId } of server.client.workflow.list({ query: `StartTime >= "${since.toISOString()}"` })) {
    const kept = JSON.parse(historyToJSON(await server.client.workflow.getHandle(workflowId, runId).fetchHistory())) as HistoryJson;
    const owner = { namespace: 'countersign', workflowId };
    const { events } = openHistory(kept, owner, keyOfRing(server.keys, owner)) as {
      events: (Record<string, Attributes> & { eventId: never })[];
    };
    const scheduled = new Map(
      events.flatMap((event) => {
        const of = event['activityTaskScheduledEventAttributes'];
        return of ? [[String(event.eventId), { activity: of.activityId ?? '', name: of.activityType?.name ?? '' }]] : [];
      }),
    );
    for (const event of events) {
      const completed = event['activityTaskCompletedEventAttributes'];
      const step = completed && scheduled.get(completed.scheduledEventId ?? '');
      if (step) steps.push({ workflow: workflowId, run: runId, ...step, result: valueOf(completed['result'] as Payloads) });
      const marker = event['markerRecordedEventAttributes'];
      if (marker?.['markerName'] !== 'core_local_activity') continue;
      const details = marker['details'] as { data?: Payloads; result?: Payloads };
      const note = valueOf(details.data) as { activity_id: string; activity_type: string };
      steps.push({
        workflow: workflowId,
        run: runId,
        activity: note.activity_id,
        name: note.activity_type,
        result: valueOf(details.result),
      });
    }
  }
  return steps;
}

function valueOf(payloads: Payloads): unknown {
  const data = payloads?.payloads?.[0]?.data;
  return data ? JSON.parse(Buffer.from(data, 'base64').toString('utf8')) : null;
}
