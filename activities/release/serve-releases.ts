import type { Worker } from '@temporalio/worker';
import type { Log } from '#process-log';
import type { Deployment } from './deployment.ts';
import type { WorkflowCode } from './workflow-code.ts';

export interface Releases {
  /** The name under which Temporal knows them. */
  deployment: string;
  current: WorkflowCode;
  /** Archived code by its hash. Throws a sentence when it is not there. */
  archived: (sha256: string) => WorkflowCode;
}

export interface ServedReleases {
  /** Rejects when a worker of an older release fails; never resolves. */
  failed: Promise<never>;
  /** Stops looking and answers when the older workers have drained. They stop at the process's own signal. */
  stopped: () => Promise<void>;
}

/** How often drained releases are given up. The server itself takes minutes to call one drained. */
const LOOK_MS = 60_000;

/**
 * Makes the current release the one on which workflows begin, and serves every older one on which some are still open,
 * each with a worker of its own in this process: whoever waits for an approval since the day before an upgrade ends on the
 * code they began with. Only as many are served as the server names; each goes when nothing is open on it any more. An
 * older release whose code is not in the archive is said in the log and looked for again.
 */
export async function serveReleases(
  releases: Releases,
  at: Deployment,
  serve: (code: WorkflowCode) => Promise<Worker>,
  log: Log,
): Promise<ServedReleases> {
  const served = new Map<string, { worker: Worker; running: Promise<void> }>();
  let fail = (_reason: unknown): void => {};
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => {}); // whoever waits for it hears of it; before that it is no crash

  const begin = async (release: string): Promise<void> => {
    let code: WorkflowCode;
    try {
      code = releases.archived(release);
    } catch (error) {
      log.error({ release, words: error instanceof Error ? error.message : '' }, 'workflows wait for code that is not there');
      return;
    }
    const worker = await serve(code);
    const running = worker.run();
    running.catch(fail);
    served.set(release, { worker, running });
    log.info({ release }, 'an older release is served until nothing is open on it');
  };
  const look = async (): Promise<void> => {
    const open = new Set(await at.open());
    open.delete(releases.current.sha256);
    for (const release of open) if (!served.has(release)) await begin(release);
    for (const [release, { worker, running }] of served) {
      if (open.has(release)) continue;
      served.delete(release);
      worker.shutdown();
      await running;
      log.info({ release }, 'nothing is open on an older release any more');
    }
  };

  // Before the change, so that what was current is served without a gap.
  await look();
  await at.setCurrent(releases.current.sha256);
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking
      .then(look)
      .catch((error: unknown) =>
        log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'Temporal did not say which releases are open'),
      );
  }, LOOK_MS);
  return {
    failed,
    async stopped() {
      clearInterval(timer);
      await looking;
      await Promise.all([...served.values()].map(({ running }) => running));
    },
  };
}
