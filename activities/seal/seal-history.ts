import type { Client } from '@temporalio/client';
import type { Database, Transaction } from '#db';
import type { Json } from '#evidence/jcs.ts';
import { writeDurably } from '#log/durable-file.ts';
import { appendLeaf, type NewLeaf } from '#prisma/leaves.ts';
import type { ClosedRun, WorkerActivities } from '../contract.ts';
import { WORKER } from '../record/worker-name.ts';
import { exportHistory, type ExportedHistory } from './exported-history.ts';
import { historyFile } from './history-file.ts';

/** Temporal or the archive's disk does not answer; retried. */
export class HistoryUnavailable extends Error {
  constructor(cause: unknown) {
    super('a closed history could not be fetched or archived', { cause });
    this.name = 'HistoryUnavailable';
  }
}

/** gRPC's NOT_FOUND. */
const NOT_FOUND = 5;

/** Whoever serves and checks the archive reads it through the group of its folder. */
const MODE = 0o640;

/**
 * Archives the history of a closed run, then has it in the log: `history.sealed` with the hash of the file's bytes, its
 * length in events, and which code, SDK and keys it needs. Safe to repeat and beside another: a closed history never
 * changes, and the row that stands for it is written once, with its leaf. A history that Temporal has no more gets a leaf
 * that says so. Throws HistoryUnavailable.
 */
export async function sealHistory(
  { db, client, folder }: { db: Database; client: Pick<Client, 'workflow'>; folder: string },
  closed: ClosedRun,
): ReturnType<WorkerActivities['sealHistory']> {
  if (await db.sealedHistory.findUnique({ where: { runId: closed.runId }, select: { runId: true } })) return { outcome: 'already' };
  const exported = await fetchOrNothing(client, closed);
  if (exported) archive(historyFile(folder, closed.runId), exported.bytes);
  // If we crash here the file has no leaf yet; the next attempt writes the same file again and goes on.
  const written = await db.$transaction((tx) => record(tx, closed, client.workflow.options.namespace, exported));
  if (!written) return { outcome: 'already' };
  return exported ? { outcome: 'sealed', sha256: exported.sha256 } : { outcome: 'gone' };
}

async function fetchOrNothing(client: Pick<Client, 'workflow'>, closed: ClosedRun): Promise<ExportedHistory | undefined> {
  try {
    return await exportHistory(client, closed);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === NOT_FOUND) return undefined;
    throw new HistoryUnavailable(error);
  }
}

function archive(file: string, bytes: Buffer): void {
  try {
    writeDurably(file, bytes, MODE);
  } catch (error) {
    throw new HistoryUnavailable(error);
  }
}

async function record(
  tx: Transaction,
  { workflowId, runId }: ClosedRun,
  ns: string,
  exported: ExportedHistory | undefined,
): Promise<boolean> {
  // Whoever comes second waits for the first here, finds the row and writes nothing.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${runId}, 0))`;
  if (await tx.sealedHistory.findUnique({ where: { runId }, select: { runId: true } })) return false;
  const reset = /^reset\/([0-9a-f-]{36})$/.exec(workflowId)?.[1];
  const leaf: NewLeaf = {
    type: 'history.sealed',
    actor: WORKER,
    // The workflow that it is about; which one wrote it is of no interest to whoever lays leaves and histories side by side.
    workflow: { ns, id: workflowId, run: runId },
    ...(reset ? { reset } : {}),
    ...(exported
      ? { outcome: 'success', do: { sha256: exported.sha256, ...factsInLeaf(exported) } }
      : { outcome: 'failure', reason: 'history-gone' }),
  };
  const leafId = await appendLeaf(tx, leaf, 'worker');
  await tx.sealedHistory.create({ data: { runId, workflowId, sha256: exported?.sha256 ?? null, leafId }, select: { runId: true } });
  return true;
}

function factsInLeaf({ facts }: ExportedHistory): Record<string, Json> {
  const { lastEvent, ...rest } = facts;
  return { ...rest, last: lastEvent };
}
