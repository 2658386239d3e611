import type { PayloadCodec } from '@temporalio/common';
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

/** The SDK's core logs what a replay finds; here it is in what is answered. Once a process, before the first replay. */
export function silenceSdk(): void {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => {}), telemetryOptions: { logging: { filter: 'OFF' } } });
}

/**
 * Replays histories in clear with the code that ran them, one after the other, and answers for each what is wrong, a
 * sentence each. Twice looked at: the SDK's own replay finds steps of another kind or order; then every payload that the
 * code produces is laid beside the recorded one, which finds edited names, inputs, answers, results and times, that a
 * replay alone lets pass. The code runs as it was archived: what it produces is taken from the codec, where all of it passes.
 */
export async function* deepReplay(
  code: WorkflowCode,
  namespace: string,
  histories: AsyncIterable<Replayable> | Iterable<Replayable>,
): AsyncGenerator<{ replayed: Replayable; faults: string[] }> {
  let produced: Produced[] = [];
  const listening: PayloadCodec = {
    async encode(payloads, context) {
      const activityId = context?.type === 'activity' ? (context.activityId ?? '') : null;
      if (!(context?.type === 'activity' && context.isLocal))
        produced.push(...payloads.map(({ data }) => ({ activityId, data: Buffer.from(data ?? []).toString('base64') })));
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
  let current: Replayable | undefined;
  async function* pushed() {
    for await (const one of histories) {
      current = one;
      produced = [];
      yield { workflowId: one.workflowId, history: one.history };
    }
  }
  for await (const { error } of Worker.runReplayHistories(options, pushed())) {
    if (!current) return;
    const replay = error ? [`the code that is archived for it does not go this way: ${firstLine(error.message)}`] : [];
    yield { replayed: current, faults: [...replay, ...differences(recordedPayloads(current.history), produced)] };
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
