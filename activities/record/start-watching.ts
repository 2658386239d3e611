import type { Client } from '@temporalio/client';
import type { Database } from '#db';
import type { Log } from '#process-log';
import { againAndAgain } from '../again-and-again.ts';
import { beginUnlessRunning } from '../one-at-a-time.ts';

const EVERY_MS = 2000;
const MOST = 50;

/** Begins a watch for each reset that asks for one, a workflow each, at most fifty at a time. */
export async function watchOnce(db: Database, client: Pick<Client, 'workflow'>, taskQueue: string): Promise<void> {
  const rows = await db.$queryRaw<{ reset: string }[]>`
    SELECT reset_id::text AS reset FROM account_watch WHERE begun_at IS NULL ORDER BY asked_at LIMIT ${MOST}`;
  for (const { reset } of rows) {
    await beginUnlessRunning(client, { workflow: 'watchAccount', id: `watch/${reset}`, taskQueue, longest: '1 day' }, { reset });
    // If we crash here, it is asked for once more, runs already, and nothing comes of that.
    await db.$executeRaw`UPDATE account_watch SET begun_at = clock_timestamp() WHERE reset_id = ${reset}::uuid`;
  }
}

/** Has accounts watched soon after their reset, until the returned function is called. */
export function startWatching(db: Database, client: Pick<Client, 'workflow'>, taskQueue: string, log: Log): () => Promise<void> {
  const turns = againAndAgain(EVERY_MS, () => watchOnce(db, client, taskQueue), log, 'no watch could be begun; tried again');
  return () => turns.stop();
}
