import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { secretFile } from '#config';
import { failureConverterPath } from '#history/converter.ts';
import { openRing } from '#history/open-ring.ts';
import { temporalLogger } from '#activities/temporal-logger.ts';
import { openLog } from '#process-log';
import { workflowCode } from '#activities/release/workflow-code.ts';
import { runWorker } from '#activities/run-worker.ts';
import { floorActivities } from './floor-activities.ts';
import { FLOOR_QUEUES, type FloorRole } from './floor-names.ts';

/** One of the floor's three worker processes, run as the product runs its own. Arguments: role, Temporal's address, namespace, file of the history keys. */
const [role, address, namespace, keysFile] = process.argv.slice(2) as [FloorRole, string, string, string];
const log = openLog(`floor-${role}`, 'info');
const bundle = async () =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('floor-workflow.ts', import.meta.url)),
    failureConverterPath,
    logger: temporalLogger(log, 'warn'),
  });
// A bench that is ended in the middle leaves nothing behind.
process.once('disconnect', () => process.exit(1));
const older = (): never => {
  throw new Error('the floor has one release');
};
const releases =
  role === 'reset' ? { releases: { deployment: 'floor', current: workflowCode((await bundle()).code), archived: older } } : {};

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
  ...releases,
  limits,
  mayTimeSkip: true,
});
// The channel that tells of the bench's end would keep this process for ever.
process.exit(0);
