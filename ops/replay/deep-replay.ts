import { IllegalStateError, type PayloadCodec } from '@temporalio/common';
import { DefaultLogger, Runtime, Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { loadable, type WorkflowCode } from '#activities/release/workflow-code.ts';
import type { HistoryJson } from '#history/payloads-in-json.ts';
import { recordedPayloads, type Recorded } from './recorded-payloads.ts';

/** One history in clear, to be replayed. */
export interface Replayable {
  workflowId: string;
  runId: string;
  history: HistoryJson;
}

interface Produced {
  activityId: string | null;
  data: string;
}

/** The SDK's core logs what a replay finds; here it is in what is answered. A runtime that is there already is left as it is. */
export function silenceSdk(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR', () => {}), telemetryOptions: { logging: { filter: 'OFF' } } });
  } catch (error) {
    if (!(error instanceof IllegalStateError)) throw error;
  }
}

/** The longest history replays in seconds; the SDK's core panics on some malformed ones and then never answers. */
const PATIENCE_MS = 60_000;

/**
 * Replays histories in clear with the code that ran them, one after the other, and answers for each what is wrong, a
 * sentence each. Twice looked at: the SDK's own replay finds steps of another kind or order; then every payload that the
 * code produces is laid beside the recorded one, which finds edited names, inputs, answers, results and times, that a
 * replay alone lets pass. The code runs as it was archived: what it produces is taken from the codec, where all of it
 * passes.
 */
export async function* deepReplay(
  code: WorkflowCode,
  namespace: string,
  histories: Iterator<Replayable>,
): AsyncGenerator<{ replayed: Replayable; faults: string[] }> {
  const now: { replayed: Replayable | undefined; produced: Produced[] } = { replayed: undefined, produced: [] };
  const listening: PayloadCodec = {
    async encode(payloads, context) {
      const activityId = context?.type === 'activity' ? (context.activityId ?? '') : null;
      if (!(context?.type === 'activity' && context.isLocal))
        now.produced.push(...payloads.map(({ data }) => ({ activityId, data: Buffer.from(data ?? []).toString('base64') })));
      return payloads;
    },
    decode: async (payloads) => payloads,
  };
  const options: ReplayWorkerOptions & { namespace: string } = {
    workflowBundle: loadable(code),
    dataConverter: { payloadCodecs: [listening] },
    replayName: 'countersign',
    namespace,
  };
  function* pushed() {
    for (let one = histories.next(); !one.done; one = histories.next()) {
      now.replayed = one.value;
      now.produced = [];
      yield { workflowId: one.value.workflowId, history: one.value.history };
    }
    now.replayed = undefined;
  }
  let results = Worker.runReplayHistories(options, pushed());
  for (let next = await inTime(results.next()); next === 'stuck' || !next.done; next = await inTime(results.next())) {
    const { replayed, produced } = now;
    if (!replayed) return;
    if (next === 'stuck') {
      yield { replayed, faults: ['the SDK cannot replay it: it is not in the form of a history'] };
      // That worker never ends and is left alone; another one takes the histories that are left.
      results = Worker.runReplayHistories(options, pushed());
    } else {
      const { error } = next.value;
      const replay = error ? [`the code that is archived for it does not go this way: ${firstLine(error.message)}`] : [];
      yield { replayed, faults: [...replay, ...differences(recordedPayloads(replayed.history), produced)] };
    }
  }
}

async function inTime<T>(answer: Promise<T>): Promise<T | 'stuck'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'stuck'>((resolve) => (timer = setTimeout(() => resolve('stuck'), PATIENCE_MS)));
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Recorded payloads that the code did not produce in this order. What it produced beyond them was cut off by an end from outside. */
function differences(recorded: readonly Recorded[], produced: readonly Produced[]): string[] {
  const inputs = new Map<string, string[]>();
  for (const { activityId, data } of produced) if (activityId !== null) inputs.set(activityId, [...(inputs.get(activityId) ?? []), data]);
  const said = produced.filter(({ activityId }) => activityId === null).map(({ data }) => data);
  let at = 0;
  return recorded.flatMap(({ event, what, activityId, data }) => {
    const isSo = activityId === null ? said[at++] === data : inputs.get(activityId)?.shift() === data;
    return isSo ? [] : [`event ${event}, ${what}, is not what the code produces`];
  });
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
