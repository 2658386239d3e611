import { Refusal } from '#domain/refusals.ts';
import type { Database, Transaction } from '#db';
import type { Period } from './report-period.ts';

/** Leaves of one kind: how many, and the first and last index among them. */
export interface Counted {
  readonly count: bigint;
  readonly first: bigint;
  readonly last: bigint;
}

export interface LeafCounts {
  /** First and last index of the time; undefined when no leaf of it is under the checkpoint. */
  readonly range: { readonly first: bigint; readonly last: bigint } | undefined;
  readonly byType: ReadonlyMap<string, Counted>;
  /** Leaves of the time that the checkpoint does not cover yet, and that are therefore in no count. */
  readonly uncounted: bigint;
}

/** For each statement. Some hundred thousand leaves take a second; whoever asks for too much is told so instead of being kept waiting. */
const PATIENCE_MS = 20_000;

/**
 * Counts the leaves of a time that lie below `size`, the size of a checkpoint, by kind. The time is taken as a bundle takes
 * it: every index from the first to the last leaf that was recorded in it, so that counts add up to a range of the log which
 * anybody can recount from a bundle or from the log's entries. Throws `too-large` when a statement takes longer than `patienceMs`.
 */
export async function countLeaves(db: Database, period: Period, size: bigint, patienceMs = PATIENCE_MS): Promise<LeafCounts> {
  try {
    return await db.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT set_config('statement_timeout', ${String(patienceMs)}, true)`;
        const range = await rangeOf(tx, period, size);
        return {
          range,
          byType: range ? await byType(tx, range) : new Map<string, Counted>(),
          uncounted: await uncounted(tx, period, size),
        };
      },
      { timeout: 4 * PATIENCE_MS },
    );
  } catch (error) {
    if (!wasCancelled(error)) throw error;
    throw new Refusal('too-large', {
      detail: 'The leaves of that time could not be counted in time. Ask for a shorter one, or again when the database is less busy.',
    });
  }
}

async function rangeOf(tx: Transaction, { from, to }: Period, size: bigint): Promise<LeafCounts['range']> {
  const [range] = await tx.$queryRaw<{ first: bigint | null; last: bigint | null }[]>`
    SELECT min(e.index) AS first, max(e.index) AS last FROM leaf l JOIN log_entry e ON e.leaf_id = l.id
    WHERE l.at >= ${from} AND l.at < ${to} AND e.index < ${size}`;
  return range?.first == null || range.last == null ? undefined : { first: range.first, last: range.last };
}

async function byType(tx: Transaction, { first, last }: NonNullable<LeafCounts['range']>): Promise<Map<string, Counted>> {
  const rows = await tx.$queryRaw<(Counted & { type: string })[]>`
    SELECT l.type, count(*) AS count, min(e.index) AS first, max(e.index) AS last
    FROM log_entry e JOIN leaf l ON l.id = e.leaf_id WHERE e.index BETWEEN ${first} AND ${last} GROUP BY l.type`;
  return new Map(rows.map(({ type, ...counted }) => [type, counted]));
}

/** Those in order above the checkpoint, and those that wait in the outbox: few, except while witnesses or notary are away. */
async function uncounted(tx: Transaction, { from, to }: Period, size: bigint): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ count: bigint }[]>`
    SELECT
      (SELECT count(*) FROM log_entry e JOIN leaf l ON l.id = e.leaf_id WHERE e.index >= ${size} AND l.at >= ${from} AND l.at < ${to})
      + (SELECT count(*) FROM leaf l WHERE l.xid >= coalesce((SELECT h.oldest_xid FROM log_head h), '0'::xid8)
         AND NOT EXISTS (SELECT FROM log_entry e WHERE e.leaf_id = l.id) AND l.at >= ${from} AND l.at < ${to}) AS count`;
  return row?.count ?? 0n;
}

/** PostgreSQL's query_canceled, through Prisma's adapter. */
function wasCancelled(error: unknown): boolean {
  const { meta } = error as { meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } } };
  return meta?.driverAdapterError?.cause?.originalCode === '57014';
}
