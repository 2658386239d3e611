import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { WithStartWorkflowOperation, type Client } from '@temporalio/client';
import { FLOOR_QUEUES, FLOOR_UPDATES, type FloorRole } from './floor-names.ts';
import type { Watch } from './samples.ts';

export interface Floor {
  pids: Record<string, number>;
  /** One empty reset, timed step by step. Returns its workflow id. */
  reset: (watch: Watch) => Promise<string>;
  stop: () => Promise<void>;
}

type FloorWorkflow = (reset: string) => Promise<string>;
const entry = fileURLToPath(new URL('floor-worker.ts', import.meta.url));

/** Starts the floor's three workers on the stack's own Temporal; resolves when all of them poll. */
export async function startFloor(client: Client, address: string, keysFile: string): Promise<Floor> {
  const { namespace } = client.options;
  const roles = Object.keys(FLOOR_QUEUES) as FloorRole[];
  const workers = await Promise.all(roles.map(async (role) => ({ role, child: await startWorker([role, address, namespace, keysFile]) })));
  return {
    pids: Object.fromEntries(workers.map(({ role, child }) => [`floor-${role}`, child.pid ?? 0])),
    reset: (watch) => emptyReset(client, watch),
    async stop() {
      const ended = workers.map(({ child }) => new Promise((resolve) => child.once('exit', resolve)));
      for (const { child } of workers) child.kill('SIGTERM');
      await Promise.all(ended);
    },
  };
}

function startWorker(args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const { stdout } = child;
  if (!stdout) throw new Error('the output of a worker of the floor is not read');
  return new Promise((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (line) => {
      if (line.includes('"msg":"ready"')) resolve(child);
    });
    child.once('error', reject).once('exit', (code) => reject(new Error(`the floor's worker ${args[0]} ended with ${code}`)));
  });
}

async function emptyReset(client: Client, { lap }: Watch): Promise<string> {
  const reset = randomUUID();
  const workflowId = `bench-floor/${reset}`;
  const startWorkflowOperation = new WithStartWorkflowOperation<FloorWorkflow>('floor', {
    workflowId,
    taskQueue: FLOOR_QUEUES.reset,
    args: [reset],
    workflowIdConflictPolicy: 'FAIL',
  });
  const args: [object] = [{ sealed: randomUUID() }];
  await client.workflow.executeUpdateWithStart<FloorWorkflow, object, [object]>(FLOOR_UPDATES.begin, {
    updateId: randomUUID(),
    args,
    startWorkflowOperation,
  });
  lap('begin');
  const handle = client.workflow.getHandle(workflowId);
  for (const step of ['prove', 'factor', 'choose'] as const) {
    await handle.executeUpdate<object, [object]>(FLOOR_UPDATES[step], { updateId: randomUUID(), args });
    lap(step);
  }
  await handle.result();
  lap('tail');
  return workflowId;
}
