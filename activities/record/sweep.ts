import type { Client } from '@temporalio/client';
import type { Database } from '#db';
import { refusedNext } from '#domain/next.ts';
import { REFUSALS } from '#domain/refusals.ts';
import { RESET_STATES, isTerminal } from '#domain/reset-state.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import type { Log } from '#process-log';
import { askTelling } from './ask-telling.ts';
import { expireCampaigns } from './expire-campaigns.ts';
import { WORKER } from './worker-name.ts';

const OPEN_STATES = RESET_STATES.filter((state) => !isTerminal(state));
/** A reset moves within seconds of its deadline; ten minutes later only one whose workflow is gone still stands open. */
const LONG_OVERDUE_MS = 10 * 60_000;
const EVERY_MS = 30_000;
const MOST_AT_ONCE = 100;
/** Before every id. */
const FROM_THE_START = '00000000-0000-0000-0000-000000000000';

/**
 * Mends what no workflow is left to mend: erases sealed values past their time (also those of a terminated reset), and
 * closes resets whose workflow never started or was terminated, so that they no longer hold their account. Each is safe
 * to repeat and beside another sweeper. Looks at some suspects only, those with ids after `after`; the answer's `next` is
 * where to go on, so that many that wait for good reason, as for witnesses, hide none that waits for nothing.
 */
export async function sweep(
  db: Database,
  client: Pick<Client, 'workflow'>,
  after: string = FROM_THE_START,
): Promise<{ erased: number; closed: number; next: string }> {
  const erased = await eraseExpired(db);
  await expireJointActs(db);
  await expireCampaigns(db);
  let closed = 0;
  const { some, next } = await suspects(db, after);
  for (const reset of some) {
    if (await isRunning(client, reset.id)) continue;
    closed += await close(db, reset);
  }
  return { erased, closed, next };
}

/** Erases what was sealed for too long. A password that was never set is evidence; other typed values were answered in time or never came to a check. */
async function eraseExpired(db: Database): Promise<number> {
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`DELETE FROM sealed_hash WHERE expires_at < now()`;
    const erased = await tx.$queryRaw<
      { purpose: string; subject: string }[]
    >`DELETE FROM sealed WHERE expires_at < now() RETURNING purpose, subject`;
    for (const { subject } of erased.filter(({ purpose }) => purpose === 'password')) {
      await appendLeaf(tx, { type: 'password.erased', outcome: 'expired', reset: subject, actor: WORKER }, 'worker');
    }
    return erased.length;
  });
}

/** The verifier takes no confirmation after its time anyhow; this says so to people, and in the log. */
async function expireJointActs(db: Database): Promise<void> {
  await db.$transaction(async (tx) => {
    const expired = await tx.$queryRaw<{ id: string; kind: string; subject: string }[]>`
      UPDATE joint_act SET state = 'expired' WHERE state = 'proposed' AND expires_at < now() RETURNING id::text, kind, subject`;
    for (const { id, kind, subject } of expired)
      await appendLeaf(
        tx,
        {
          type: 'joint-act.expired',
          outcome: 'expired',
          actor: WORKER,
          do: { act: id, kind, ...(kind === 'halt' ? { halts: subject } : {}) },
        },
        'worker',
      );
  });
}

/** Open resets that should have moved long ago, and those that hold an account firmly: each worth a question to the server. In the order of their ids. */
async function suspects(db: Database, after: string): Promise<{ some: { id: string; step: number }[]; next: string }> {
  const longAgo = new Date(Date.now() - LONG_OVERDUE_MS);
  const holders = await db.accountClaim.findMany({
    where: { committed: true, resetId: { gt: after } },
    orderBy: { resetId: 'asc' },
    select: { resetId: true },
    take: MOST_AT_ONCE,
  });
  const some = await db.reset.findMany({
    where: {
      id: { gt: after },
      state: { in: [...OPEN_STATES] },
      OR: [
        { expiresAt: { lt: longAgo } },
        { expiresAt: null, startedAt: { lt: longAgo } },
        { id: { in: holders.map(({ resetId }) => resetId) } },
      ],
    },
    orderBy: { id: 'asc' },
    select: { id: true, step: true },
    take: MOST_AT_ONCE,
  });
  // A list that is full may lack what comes after its last one.
  const full = [holders.map(({ resetId }) => resetId), some.map(({ id }) => id)].filter(({ length }) => length === MOST_AT_ONCE);
  return { some, next: full.flatMap((ids) => ids.at(-1) ?? []).toSorted()[0] ?? FROM_THE_START };
}

async function isRunning(client: Pick<Client, 'workflow'>, reset: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(`reset/${reset}`).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return false;
    throw error;
  }
}

async function close(db: Database, reset: { id: string; step: number }): Promise<number> {
  return db.$transaction(async (tx) => {
    const { count } = await tx.reset.updateMany({
      where: { id: reset.id, step: reset.step, state: { in: [...OPEN_STATES] } },
      data: {
        state: 'expired',
        refusal: 'reset-expired',
        next: { ...refusedNext('reset-expired', REFUSALS['reset-expired'].words) },
        waitingFor: null,
        endedAt: new Date(),
        updatedAt: new Date(),
      },
    });
    if (count === 0) return 0;
    const proven = await tx.reset.count({ where: { id: reset.id, NOT: { provenAt: null } } });
    // Also when somebody terminated it between the write and its end: the writer's claims say what there is to tell.
    if (proven > 0) await askTelling(tx, reset.id, 'ended');
    await tx.accountClaim.deleteMany({ where: { resetId: reset.id } });
    await tx.approval.updateMany({ where: { resetId: reset.id, state: { in: ['waiting', 'not-reached'] } }, data: { state: 'expired' } });
    await appendLeaf(tx, { type: 'reset.refused', outcome: 'expired', reset: reset.id, reason: 'workflow-gone', actor: WORKER }, 'worker');
    return 1;
  });
}

/** Sweeps now and every half minute until the returned function is called. A sweep that fails is tried again at the next turn. */
export function startSweep(db: Database, client: Pick<Client, 'workflow'>, log: Log): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  let after = FROM_THE_START;
  const turn = (): void => {
    running = sweep(db, client, after).then(
      ({ next }) => (after = next),
      (error: unknown) => log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'a sweep failed and is tried again'),
    );
  };
  turn();
  const timer = setInterval(turn, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
