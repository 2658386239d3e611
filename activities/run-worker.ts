import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { historyConverter } from '#history/converter.ts';
import type { HistoryKeys } from '#history/open-ring.ts';
import type { ProcessRun } from '#prisma/process-runs.ts';
import { closedFailures } from './closed-failures.ts';
import { heartbeats } from './heartbeats.ts';
import { temporalLogger } from './temporal-logger.ts';
import type { Log } from '#process-log';
import { deployment } from './release/deployment.ts';
import { serveReleases, type Releases } from './release/serve-releases.ts';
import { loadable, type WorkflowCode } from './release/workflow-code.ts';
import { refuseTimeSkipping } from './refuse-time-skipping.ts';

export interface WorkerRun {
  settings: { temporal: { address: string; namespace: string }; logLevel: 'debug' | 'info' | 'warn' | 'error' };
  log: Log;
  /** Encrypt and open what this process says to Temporal and hears from it. */
  keys: HistoryKeys;
  taskQueue: string;
  activities: object;
  /** Only the worker process runs workflows: each on the release that it began with. */
  releases?: Releases;
  /** What this process can bear; each entry states why. */
  limits: Limits;
  /** The same activities on a second queue, with a limit of its own: what waits there takes no place from the first. */
  beside?: { taskQueue: string; limits: Limits };
  /** True only in our own tests, which skip time on the server. */
  mayTimeSkip: boolean;
  /** The leaf of the start, written when the worker polls; that of the stop follows once it has drained. */
  recordStart?: () => Promise<ProcessRun>;
  /** Begins, before the ready line, what runs beside the tasks; ends it before the stop is recorded. */
  started?: () => Promise<void>;
  draining?: () => Promise<void>;
  /** Lets go of what the process holds. */
  stopped?: () => Promise<void>;
}

type Limits = Pick<
  WorkerOptions,
  | 'maxConcurrentActivityTaskExecutions'
  | 'maxConcurrentLocalActivityExecutions'
  | 'maxConcurrentWorkflowTaskExecutions'
  | 'maxCachedWorkflows'
  | 'workflowThreadPoolSize'
  | 'maxConcurrentActivityTaskPolls'
  | 'maxConcurrentWorkflowTaskPolls'
  | 'reuseV8Context'
>;

/** Parked workflows of an older release are few; evicted ones are replayed when somebody speaks. */
const CACHED_OF_OLDER = 50;

/** A supervisor starts all processes at once; a server that is later than this is not coming. */
const CONNECT_SECONDS = 60;

/**
 * Runs one worker until SIGTERM or SIGINT: connects, refuses a server that skips time, prints {"msg":"ready"} when it
 * polls (with workflows: when they begin on its release), then takes no new task, lets running ones end for
 * `shutdownGraceTime` and is gone after `shutdownForceTime`.
 */
export async function runWorker(run: WorkerRun): Promise<void> {
  const { settings, log, taskQueue } = run;
  Runtime.install({
    logger: temporalLogger(log, settings.logLevel),
    // Without forwarding the core writes its own text lines to the console, in between our JSON.
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
    shutdownSignals: ['SIGINT', 'SIGTERM'],
  });
  const connection = await connect(settings.temporal.address, log);
  try {
    await refuseTimeSkipping(connection, settings.temporal.namespace, run.mayTimeSkip);
    const options: WorkerOptions = {
      connection,
      namespace: settings.temporal.namespace,
      taskQueue,
      activities: run.activities,
      dataConverter: historyConverter(run.keys),
      ...run.limits,
      interceptors: { activity: [closedFailures(log), heartbeats] },
      // How long a workflow waits for a worker that is dead before another one takes it up; the SDK's own is 10 s.
      stickyQueueScheduleToStartTimeout: '2s',
      // A running step ends by itself within its start-to-close time of 10 s; one that does not is retried elsewhere.
      shutdownGraceTime: '10s',
      // SDK workers whose server went first were seen alive 10 minutes later (measured).
      shutdownForceTime: '15s',
    };
    const { releases } = run;
    const worker = await Worker.create(releases ? { ...options, ...pinnedTo(releases, releases.current) } : options);
    const beside = run.beside && (await Worker.create({ ...options, taskQueue: run.beside.taskQueue, ...run.beside.limits }));
    const running = Promise.all([worker.run(), beside?.run()]);
    const older =
      releases &&
      (await serveReleases(
        releases,
        deployment(connection, settings.temporal.namespace, releases.deployment),
        (code) => Worker.create({ ...options, ...pinnedTo(releases, code), maxCachedWorkflows: CACHED_OF_OLDER }),
        log,
      ));
    const recorded = await run.recordStart?.();
    await run.started?.();
    log.info({ taskQueue, namespace: settings.temporal.namespace, ...(releases ? { release: releases.current.sha256 } : {}) }, 'ready');
    await (older ? Promise.race([running, older.failed]) : running);
    await older?.stopped();
    await run.draining?.();
    await recorded?.stopped();
    await run.stopped?.();
    log.info({ taskQueue }, 'stopped');
  } finally {
    await connection.close();
  }
}

/** A workflow that began on this code ends on it (worker versioning, PINNED). */
function pinnedTo({ deployment }: Releases, code: WorkflowCode): Pick<WorkerOptions, 'workflowBundle' | 'workerDeploymentOptions'> {
  return {
    workflowBundle: loadable(code),
    workerDeploymentOptions: {
      version: { deploymentName: deployment, buildId: code.sha256 },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  };
}

async function connect(address: string, log: Log): Promise<NativeConnection> {
  const until = Date.now() + CONNECT_SECONDS * 1000;
  for (;;) {
    try {
      // What we say is ciphertext, which no packing makes smaller: both ends would only work for it.
      return await NativeConnection.connect({ address, grpcCompression: { codec: 'none' } });
    } catch {
      if (Date.now() > until) throw new Error(`Temporal does not answer at ${address}. Look whether the server runs, then start again.`);
      log.debug({ address }, 'waiting for Temporal');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
