import { Client, Connection } from '@temporalio/client';
import { loadSettings, readSecretLine, secretFile, underTest, workerSettings } from '#config';
import { openDatabase } from '#db';
import { historyConverter } from '#history/converter.ts';
import { openRing } from '#history/open-ring.ts';
import { listenForChanges } from '#prisma/changes.ts';
import { recordStart } from '#prisma/process-runs.ts';
import type { LocalActivities, WorkerActivities } from './contract.ts';
import { refuseDebugger } from '#no-debugger';
import { openLog } from '#process-log';
import { relayOf } from './mail/relay-of.ts';
import { sendMail } from './mail/send-mail.ts';
import { notifyDevices } from './notices/notify-devices.ts';
import { beginNotices } from './record/begin-notices.ts';
import { stageTimers } from './record/stage-timers.ts';
import { awaitWitnessed } from './record/await-witnessed.ts';
import { watchClock } from './record/watch-clock.ts';
import { claimAccount, commitIntent, releaseAccount } from './record/account-claim.ts';
import { recordProgress } from './record/record-progress.ts';
import { readWorkflowCode } from './release/workflow-code.ts';
import { runWorker } from './run-worker.ts';
import { startMailing } from './record/start-mailing.ts';
import { startTelling } from './record/start-telling.ts';
import { startWatching } from './record/start-watching.ts';
import { startSweep } from './record/sweep.ts';
import { watchFailures } from './record/watch-failures.ts';
import { sealHistory } from './seal/seal-history.ts';
import { startSealing } from './seal/sweep-unsealed.ts';

/** The worker: workflows, and the steps that touch our own tables. It reads no directory, opens nothing and signs nothing. */
const QUEUE = 'reset';
const SEALING = { workflow: 'sealHistories', id: 'seal', most: 50, taskQueue: QUEUE };
const MAILING = { workflow: 'sendMails', id: 'tell/mail', taskQueue: QUEUE };
const TELLING = { workflow: 'tellPeople', id: 'tell/people', taskQueue: QUEUE };
const settings = loadSettings(workerSettings);
const log = openLog('worker', settings.logLevel);
refuseDebugger((words) => log.warn({}, words));
const keys = openRing(secretFile(settings.temporal.historyKeysFile));
const url = readSecretLine(settings.database.urlFile);
const db = openDatabase(url, 8);
const changes = listenForChanges(url, log);

const connection = Connection.lazy({ address: settings.temporal.address });
const client = new Client({ connection, namespace: settings.temporal.namespace, dataConverter: historyConverter(keys) });

const relay = settings.mail && relayOf(settings.mail, readSecretLine);
const activities: WorkerActivities & LocalActivities = {
  awaitWitnessed: (asked) => awaitWitnessed({ db, changes }, asked),
  beginNotices: (asked) => beginNotices(client, QUEUE, asked),
  notifyDevices: (asked) => notifyDevices(db, asked),
  sendMail: (asked) => sendMail({ db, relay }, asked),
  sealHistory: (closed) => sealHistory({ db, client, folder: settings.historiesFolder }, closed),
  recordProgress: (progress) => recordProgress(db, progress),
  claimAccount: (asked) => claimAccount(db, asked),
  commitIntent: (intent) => commitIntent(db, intent),
  releaseAccount: (asked) => releaseAccount(db, asked),
  stageTimers: (asked) => stageTimers(db, asked),
};

let stopSweeps = async (): Promise<void> => {};
const archived = (sha256: string) => readWorkflowCode(settings.workflowCode.folder, sha256);
const current = archived(settings.workflowCode.current);
await runWorker({
  settings,
  log,
  keys,
  taskQueue: QUEUE,
  activities,
  releases: { deployment: 'countersign', current, archived },
  limits: {
    // Recording is one short transaction each; eight at a time fill the pool of eight connections.
    maxConcurrentLocalActivityExecutions: 8,
    // Waiting for witnesses holds a place for two seconds at most and costs nothing meanwhile.
    maxConcurrentActivityTaskExecutions: 32,
    // About 0.25 MB each (measured): parked resets are evicted and replayed when somebody speaks.
    maxCachedWorkflows: 500,
  },
  mayTimeSkip: underTest,
  recordStart: () => recordStart(db, 'worker', { bundle: current.sha256 }),
  started: async () => {
    const stops = [
      startSweep(db, client, log),
      startSealing(db, client, SEALING, log),
      startTelling(db, client, changes, TELLING, log),
      startWatching(db, client, QUEUE, log),
      startMailing(db, client, MAILING, log),
      watchFailures(db, log),
      watchClock(db, 'worker', log),
    ];
    stopSweeps = async () => void (await Promise.all(stops.map((stop) => stop())));
  },
  draining: () => stopSweeps(),
  stopped: async () => {
    await connection.close();
    await changes.close();
    await db.$disconnect();
  },
});
