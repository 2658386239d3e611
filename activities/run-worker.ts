import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { historyConverter } from '#history/converter.ts';
import type { HistoryKeys } from '#history/open-ring.ts';
import type { ProcessRun } from '#prisma/process-runs.ts';
import { closedFailures } from './closed-failures.ts';
import { temporalLogger, type Log } from './log.ts';
import { refuseTimeSkipping } from './refuse-time-skipping.ts';

export interface WorkerRun {
  settings: { temporal: { address: string; namespace: string }; logLevel: 'debug' | 'info' | 'warn' | 'error' };
  log: Log;
  /** Encrypt and open what this process says to Temporal and hears from it. */
  keys: HistoryKeys;
  taskQueue: string;
  activities: object;
  /** Only the worker process runs workflows. */
  workflowBundle?: WorkerOptions['workflowBundle'];
  /** What this process can bear; each entry states why. */
  limits: Pick<
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

/** A supervisor starts all processes at once; a server that is later than this is not coming. */
const CONNECT_SECONDS = 60;

/**
 * Runs one worker until SIGTERM or SIGINT: connects, refuses a server that skips time, prints {"msg":"ready"} when it
 * polls, then takes no new task, lets running ones end for `shutdownGraceTime` and is gone after `shutdownForceTime`.
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
    const worker = await Worker.create({
      connection,
      namespace: settings.temporal.namespace,
      taskQueue,
      activities: run.activities,
      dataConverter: historyConverter(run.keys),
      ...(run.workflowBundle ? { workflowBundle: run.workflowBundle } : {}),
      ...run.limits,
      interceptors: { activity: [closedFailures(log)] },
      // A running step ends by itself within its start-to-close time of 10 s; one that does not is retried elsewhere.
      shutdownGraceTime: '10s',
      // SDK workers whose server went first were seen alive 10 minutes later (measured).
      shutdownForceTime: '15s',
    });
    const running = worker.run();
    const recorded = await run.recordStart?.();
    await run.started?.();
    log.info({ taskQueue, namespace: settings.temporal.namespace }, 'ready');
    await running;
    await run.draining?.();
    await recorded?.stopped();
    await run.stopped?.();
    log.info({ taskQueue }, 'stopped');
  } finally {
    await connection.close();
  }
}

async function connect(address: string, log: Log): Promise<NativeConnection> {
  const until = Date.now() + CONNECT_SECONDS * 1000;
  for (;;) {
    try {
      return await NativeConnection.connect({ address });
    } catch {
      if (Date.now() > until) throw new Error(`Temporal does not answer at ${address}. Look whether the server runs, then start again.`);
      log.debug({ address }, 'waiting for Temporal');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
