import type { Client } from '@temporalio/client';
import type { Database } from '#db';
import type { ClosedRun } from '../contract.ts';
import type { Log } from '#process-log';
import { againAndAgain } from '../again-and-again.ts';
import { beginUnlessRunning, type OneAtATime } from '../one-at-a-time.ts';

/** Which workflow seals, and how many runs it takes. */
export type Sealing = OneAtATime & { most: number };

const EVERY_MS = 5000;
/** Temporal's list of runs is a moment behind its histories. */
const RECENT_MS = 2 * 60_000;
/** Everything that Temporal still keeps is looked through again: whatever slipped by, whoever held it up. */
const WHOLE_EVERY_MS = 15 * 60_000;
const PAGE = 500;

/**
 * Closed runs, terminated ones included, that are not sealed yet: at most as many as asked for. The runs that seal are
 * left out, since each would need another; what they did is said by the leaves they wrote.
 */
export async function unsealed(
  db: Database,
  client: Pick<Client, 'workflow'>,
  { workflow, most }: Pick<Sealing, 'workflow' | 'most'>,
  closedSince?: Date,
): Promise<ClosedRun[]> {
  const since = closedSince ? ` AND CloseTime >= '${closedSince.toISOString()}'` : '';
  const query = `ExecutionStatus != 'Running' AND WorkflowType != '${workflow}'${since}`;
  const found: ClosedRun[] = [];
  let page: ClosedRun[] = [];
  const take = async (): Promise<void> => {
    const rows = await db.sealedHistory.findMany({ where: { runId: { in: page.map(({ runId }) => runId) } }, select: { runId: true } });
    const sealed = new Set(rows.map(({ runId }) => runId));
    found.push(...page.filter(({ runId }) => !sealed.has(runId)));
    page = [];
  };
  for await (const { workflowId, runId } of client.workflow.list({ query, pageSize: PAGE })) {
    page.push({ workflowId, runId });
    if (page.length === PAGE) await take();
    if (found.length >= most) break;
  }
  await take();
  return found.slice(0, most);
}

/** Looks for runs to seal now and every few seconds until the returned function is called. */
export function startSealing(db: Database, client: Pick<Client, 'workflow'>, sealing: Sealing, log: Log): () => Promise<void> {
  let wholeAt = 0;
  const turn = async (): Promise<void> => {
    const now = Date.now();
    const isWhole = now >= wholeAt;
    const runs = await unsealed(db, client, sealing, isWhole ? undefined : new Date(now - RECENT_MS));
    // A whole look that came to its end without finding anything is done for a while.
    if (isWhole && runs.length === 0) wholeAt = now + WHOLE_EVERY_MS;
    // While one seals already, they are found again at the next turn.
    if (runs.length > 0) await beginUnlessRunning(client, sealing, { runs });
  };
  return againAndAgain(EVERY_MS, turn, log, 'closed runs could not be looked for; tried again').stop;
}
