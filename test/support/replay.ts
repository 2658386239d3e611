import type { ReplayWorkerOptions } from '@temporalio/worker';
import { historyConverter } from '#history/converter.ts';
import type { HistoryKeys } from '#history/open-ring.ts';

/**
 * How the SDK replays an encrypted history. The namespace is no option of its type, and its default is another one:
 * every ciphertext is bound to the true one.
 */
export function replayWith(code: string, keys: HistoryKeys, namespace = 'countersign'): ReplayWorkerOptions {
  const options: ReplayWorkerOptions & { namespace: string } = {
    workflowBundle: { code },
    dataConverter: historyConverter(keys),
    replayName: 'test',
    namespace,
  };
  return options;
}
