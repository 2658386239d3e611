import { DefaultLogger, Runtime, type ReplayWorkerOptions } from '@temporalio/worker';
import { historyConverter } from '#history/converter.ts';
import type { HistoryKeys } from '#history/open-ring.ts';
import { bundleWorkflows } from '#ops/setup/bundle-workflows.ts';

/** The workflows' code as the worker runs it. Silences the SDK: what a replay finds is in what it throws. */
export async function bundledWorkflows(): Promise<string> {
  const logger = new DefaultLogger('ERROR', () => {});
  Runtime.install({ logger, telemetryOptions: { logging: { filter: 'OFF' } } });
  return bundleWorkflows();
}

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
