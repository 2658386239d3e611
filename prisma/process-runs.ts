import { hostname } from 'node:os';
import type { Database } from './client.ts';
import { bootId } from './host.ts';
import { appendLeaf } from './leaves.ts';

/** Start and end of a process are evidence (NIST SP 800-53 AU-2, AU-5), and so is an end that was no orderly one. */
export interface ProcessRun {
  /** Records the orderly stop. */
  stopped(): Promise<void>;
}

/**
 * Records that this process started. A run of the same process on this host that neither stopped in order nor is alive
 * any more was lost: it is recorded now, with when it had started. Other hosts record their own. `facts`: with what it runs.
 */
export async function recordStart(db: Database, name: string, facts: Record<string, string> = {}): Promise<ProcessRun> {
  const actor = { type: 'service', name } as const;
  const host = hostname();
  const id = await db.$transaction(async (tx) => {
    const open = await tx.processRun.findMany({ where: { name, host, endedAt: null }, orderBy: { startedAt: 'asc' } });
    for (const run of open.filter(({ boot, pid }) => boot !== bootId || pid === process.pid || !isAlive(pid))) {
      const { count } = await tx.processRun.updateMany({ where: { id: run.id, endedAt: null }, data: { endedAt: new Date(), lost: true } });
      // Two that start at the same moment record it once.
      if (count === 1)
        await appendLeaf(
          tx,
          { type: 'process.lost', outcome: 'failure', actor, do: { started: run.startedAt.toISOString(), boot: run.boot } },
          name,
        );
    }
    const { id } = await tx.processRun.create({ data: { name, host, boot: bootId, pid: process.pid }, select: { id: true } });
    await appendLeaf(tx, { type: 'process.started', outcome: 'success', actor, do: facts }, name);
    return id;
  });
  return {
    stopped: () =>
      db.$transaction(async (tx) => {
        await tx.processRun.updateMany({ where: { id }, data: { endedAt: new Date() } });
        await appendLeaf(tx, { type: 'process.stopped', outcome: 'success', actor }, name);
      }),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal is alive all the same.
    return (error as { code?: unknown }).code === 'EPERM';
  }
}
