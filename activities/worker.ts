import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import { loadSettings, readSecretLine, secretFile, underTest, withCa, workerSettings } from '#config';
import { openDatabase } from '#db';
import { failureConverterPath, historyConverter } from '#history/converter.ts';
import { openRing } from '#history/open-ring.ts';
import { listenForChanges } from '#prisma/changes.ts';
import { recordStart } from '#prisma/process-runs.ts';
import { openApprovals } from './approvals/open-approvals.ts';
import type { LocalActivities, WorkerActivities } from './contract.ts';
import { openDirectory } from './directory/connect.ts';
import { openLog, temporalLogger } from './log.ts';
import { notifyDevices } from './notices/notify-devices.ts';
import { awaitWitnessed } from './record/await-witnessed.ts';
import { watchClock } from './record/watch-clock.ts';
import { claimAccount, commitIntent, releaseAccount } from './record/account-claim.ts';
import { recordProgress } from './record/record-progress.ts';
import { runWorker } from './run-worker.ts';
import { startSweep } from './record/sweep.ts';

/** The worker: workflows, and the steps that touch our own tables or read the directory. It opens nothing and signs nothing. */
const settings = loadSettings(workerSettings);
const log = openLog('worker', settings.logLevel);
const keys = openRing(secretFile(settings.temporal.historyKeysFile));
const url = readSecretLine(settings.database.urlFile);
const db = openDatabase(url, 8);
const changes = listenForChanges(url, log);
const directory = openDirectory(
  withCa(settings.directory),
  { dn: settings.bind.dn, password: () => readSecretLine(settings.bind.passwordFile) },
  { connections: 2 },
);

const activities: WorkerActivities & LocalActivities = {
  openApprovals: (asked) => openApprovals({ db, directory }, asked),
  awaitWitnessed: (asked) => awaitWitnessed({ db, changes }, asked),
  notifyDevices: (asked) => notifyDevices(db, asked),
  recordProgress: (progress) => recordProgress(db, progress),
  claimAccount: (asked) => claimAccount(db, asked),
  commitIntent: (intent) => commitIntent(db, intent),
  releaseAccount: (asked) => releaseAccount(db, asked),
};

let stopSweep = async (): Promise<void> => {};
let stopClock = async (): Promise<void> => {};
const connection = Connection.lazy({ address: settings.temporal.address });
const client = new Client({ connection, namespace: settings.temporal.namespace, dataConverter: historyConverter(keys) });
await runWorker({
  settings,
  log,
  keys,
  taskQueue: 'reset',
  activities,
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    failureConverterPath,
    logger: temporalLogger(log, 'warn'),
  }),
  limits: {
    // Recording is one short transaction each; eight at a time fill the pool of eight connections.
    maxConcurrentLocalActivityExecutions: 8,
    // Waiting for witnesses holds a place for two seconds at most and costs nothing meanwhile.
    maxConcurrentActivityTaskExecutions: 32,
    // About 0.25 MB each (measured): parked resets are evicted and replayed when somebody speaks.
    maxCachedWorkflows: 500,
  },
  mayTimeSkip: underTest,
  recordStart: () => recordStart(db, 'worker'),
  started: async () => {
    stopSweep = startSweep(db, client, log);
    stopClock = watchClock(db, 'worker', log);
  },
  draining: async () => {
    await stopSweep();
    await stopClock();
  },
  stopped: async () => {
    await connection.close();
    await directory.close();
    await changes.close();
    await db.$disconnect();
  },
});
