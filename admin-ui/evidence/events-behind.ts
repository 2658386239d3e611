import type { HistoryEvent } from '../records.ts';

type Attributes = Record<string, unknown>;

/**
 * The events of a workflow's history that lie behind a leaf: those of the activity that wrote it (a local one is a
 * marker), and those of the update that led to it. A leaf that was written outside this workflow has none.
 */
export function eventsBehind(leafText: string, workflow: string, events: readonly HistoryEvent[]): HistoryEvent[] {
  const { id, activity, update } = workflowOf(leafText);
  if (id !== workflow) return [];
  const scheduled = new Set<unknown>(
    events.filter((event) => activity !== undefined && attributesOf(event)['activityId'] === activity).map(({ eventId }) => eventId),
  );
  return events.filter((event) => {
    const attributes = attributesOf(event);
    return (
      scheduled.has(event.eventId) ||
      scheduled.has(attributes['scheduledEventId']) ||
      (activity !== undefined && localActivityOf(attributes) === activity) ||
      (update !== undefined && updateOf(attributes) === update)
    );
  });
}

export function attributesOf(event: HistoryEvent): Attributes {
  const [, attributes] = Object.entries(event).find(([name]) => name.endsWith('EventAttributes')) ?? [];
  return (attributes ?? {}) as Attributes;
}

function workflowOf(text: string): { id?: string; activity?: string; update?: string } {
  try {
    return (JSON.parse(text) as { wf?: { id: string; activity?: string; update?: string } }).wf ?? {};
  } catch {
    return {};
  }
}

/** Temporal's core notes in the marker of a local activity which one it was (core_local_activity, `data`). */
function localActivityOf({ markerName, details }: Attributes): unknown {
  if (markerName !== 'core_local_activity') return undefined;
  const [payload] = (details as { data?: { payloads?: { data?: string }[] } } | undefined)?.data?.payloads ?? [];
  try {
    return (JSON.parse(atob(payload?.data ?? '')) as { activity_id?: unknown }).activity_id;
  } catch {
    return undefined;
  }
}

function updateOf({ acceptedRequest, meta }: Attributes): unknown {
  const of = (value: unknown) => (value as { updateId?: unknown } | undefined)?.updateId;
  return of(meta) ?? of((acceptedRequest as { meta?: unknown } | undefined)?.meta);
}
