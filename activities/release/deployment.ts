import type { NativeConnection } from '@temporalio/worker';
import proto from '@temporalio/proto';

const { WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED } = proto.temporal.api.enums.v1.WorkerDeploymentVersionStatus;

const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;
const PASSING = new Set([
  4, // deadline exceeded
  8, // resource exhausted
  10, // aborted: another one changed the deployment at the same time
  14, // unavailable
]);

/** A worker's releases, as Temporal knows them under one name; a release is the SHA-256 of its workflows' code. */
export interface Deployment {
  /** Releases on which workflows may still be open: all that the server does not call drained. */
  open(): Promise<string[]>;
  /** New workflows begin on this release from now on. Its worker must poll already; waits until the server has noticed it. */
  setCurrent(release: string): Promise<void>;
}

/** A server that runs has noticed a worker that polls well within this. */
const NOTICE_MS = 60_000;
const AGAIN_MS = 100;

export function deployment(connection: Pick<NativeConnection, 'workflowService'>, namespace: string, deploymentName: string): Deployment {
  const describe = async () => {
    try {
      const { workerDeploymentInfo } = await connection.workflowService.describeWorkerDeployment({ namespace, deploymentName });
      return workerDeploymentInfo;
    } catch (error) {
      if (codeOf(error) === NOT_FOUND) return undefined;
      throw error;
    }
  };
  return {
    async open() {
      const info = await patiently(describe);
      return (info?.versionSummaries ?? [])
        .filter(({ status }) => status !== WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED)
        .flatMap(({ deploymentVersion }) => deploymentVersion?.buildId ?? []);
    },
    async setCurrent(release) {
      await patiently(async () => {
        const current = (await describe())?.routingConfig?.currentDeploymentVersion?.buildId;
        if (current === release) return;
        await connection.workflowService.setWorkerDeploymentCurrentVersion({
          namespace,
          deploymentName,
          buildId: release,
          identity: 'worker',
        });
      }, [NOT_FOUND, FAILED_PRECONDITION]);
    },
  };
}

/** Again until it works, for what passes by itself; whoever starts a minute before its server still becomes current. */
async function patiently<T>(ask: () => Promise<T>, alsoPassing: readonly number[] = []): Promise<T> {
  const until = Date.now() + NOTICE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined || !(PASSING.has(code) || alsoPassing.includes(code)) || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}
