import type { HistoryJson } from '#history/payloads-in-json.ts';

/** Something in a history that the code must produce again, byte for byte. */
export interface Recorded {
  event: number;
  /** For people, such as `the input of the step confirmDecision`. */
  what: string;
  /** The activity that it is handed to; null for what the workflow itself says: answers and results. */
  activityId: string | null;
  /** Base64. */
  data: string;
}

interface PayloadsJson {
  payloads?: { data?: string }[];
}
interface FailureJson {
  message?: string;
  stackTrace?: string;
  cause?: FailureJson;
}
interface EventJson {
  eventId?: string;
  activityTaskScheduledEventAttributes?: { activityId?: string; activityType?: { name?: string }; input?: PayloadsJson };
  workflowExecutionUpdateCompletedEventAttributes?: {
    meta?: { updateId?: string };
    outcome?: { success?: PayloadsJson; failure?: FailureJson };
  };
  workflowExecutionCompletedEventAttributes?: { result?: PayloadsJson };
  workflowExecutionFailedEventAttributes?: { failure?: FailureJson };
}

/**
 * All that workflow code said into a history in clear, in order: the input of each activity, the answer to each update,
 * the result. What others said to it (arguments, updates, results of activities) is what makes it say so; the input of a
 * local activity stands in no history.
 */
export function recordedPayloads({ events }: HistoryJson): Recorded[] {
  return (events as EventJson[]).flatMap((one) => {
    const event = Number(one.eventId);
    const said = (what: string, activityId: string | null, payloads: PayloadsJson | undefined, failure?: FailureJson): Recorded[] =>
      [...(payloads?.payloads ?? []).map(({ data }) => data ?? ''), ...wordsOf(failure)].map((data) => ({ event, what, activityId, data }));
    const scheduled = one.activityTaskScheduledEventAttributes;
    const answered = one.workflowExecutionUpdateCompletedEventAttributes;
    const completed = one.workflowExecutionCompletedEventAttributes;
    const failed = one.workflowExecutionFailedEventAttributes;
    return [
      ...said(`the input of the step ${scheduled?.activityType?.name}`, scheduled?.activityId ?? '', scheduled?.input),
      ...said('the answer to an update', null, answered?.outcome?.success, answered?.outcome?.failure),
      ...said('the result of the workflow', null, completed?.result),
      ...said('the failure of the workflow', null, undefined, failed?.failure),
    ];
  });
}

/** The words of a failure and of its causes in the form that the failure converter gives them, causes last. */
function wordsOf(failure: FailureJson | undefined): string[] {
  if (!failure) return [];
  const { message = '', stackTrace = '', cause } = failure;
  return [Buffer.from(JSON.stringify({ message, stack_trace: stackTrace })).toString('base64'), ...wordsOf(cause)];
}
