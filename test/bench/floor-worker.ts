import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { secretFile } from '#config';
import { failureConverterPath } from '#history/converter.ts';
import { openRing } from '#history/open-ring.ts';
import { openLog, temporalLogger } from '#activities/log.ts';
import { runWorker } from '#activities/run-worker.ts';
import { floorActivities } from './floor-activities.ts';
import { FLOOR_QUEUES, type FloorRole } from './floor-names.ts';

/** One of the floor's three worker processes, run as the product runs its own. Arguments: role, Temporal's address, namespace, file of the history keys. */
const [role, address, namespace, keysFile] = process.argv.slice(2) as [FloorRole, string, string, string];
const log = openLog(`floor-${role}`, 'info');
const bundled =
  role === 'reset'
    ? {
        workflowBundle: await bundleWorkflowCode({
          workflowsPath: fileURLToPath(new URL('floor-workflow.ts', import.meta.url)),
          failureConverterPath,
          logger: temporalLogger(log, 'warn'),
        }),
      }
    : {};

// The same limits as activities/worker.ts, verifier.ts and writer.ts.
const limits = {
  reset: { maxConcurrentLocalActivityExecutions: 8, maxConcurrentActivityTaskExecutions: 8, maxCachedWorkflows: 500 },
  verify: { maxConcurrentActivityTaskExecutions: 8 },
  write: { maxConcurrentActivityTaskExecutions: 2, maxConcurrentActivityTaskPolls: 2 },
}[role];

await runWorker({
  settings: { temporal: { address, namespace }, logLevel: 'info' },
  log,
  keys: openRing(secretFile(keysFile)),
  taskQueue: FLOOR_QUEUES[role],
  activities: floorActivities,
  ...bundled,
  limits,
  mayTimeSkip: true,
});
