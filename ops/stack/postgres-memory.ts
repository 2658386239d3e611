import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const table = '/proc/sysvipc/shm';
const longestMs = 10_000;

/**
 * PostgreSQL does not start while a process of a server before it, which was killed, is still attached to the shared memory
 * that postmaster.pid names ("pre-existing shared memory block is still in use"). Those end by themselves when they see
 * that it is gone. Resolves when none is left or this cannot be seen (sysvipc(5)), after ten seconds at the latest.
 */
export async function untilMemoryIsFree(data: string): Promise<void> {
  const deadline = Date.now() + longestMs;
  while (attached(data) > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** How many processes have the memory of the server that last ran on this folder; 0 after one that ended in good order. */
export function attached(data: string): number {
  const lockFile = join(data, 'postmaster.pid');
  if (!existsSync(lockFile) || !existsSync(table)) return 0;
  // Its seventh line: key and id of the memory.
  const id = readFileSync(lockFile, 'utf8').split('\n')[6]?.trim().split(/\s+/)[1];
  const [names = [], ...rows] = readFileSync(table, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const mine = rows.find((row) => row[names.indexOf('shmid')] === id);
  return Number(mine?.[names.indexOf('nattch')] ?? 0);
}
