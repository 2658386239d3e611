import { setTimeout } from 'node:timers/promises';
import type { Scope } from '#evidence/manifest.ts';
import type { Database } from '#db';
import { Sentence } from '../sentence.ts';

/** A leaf as the database has it; `index` is null as long as the notary has not put it in order. */
export interface StoredLeaf {
  readonly id: string;
  readonly index: bigint | null;
  readonly type: string;
  readonly reset: string | null;
  readonly text: string;
}

export type Asked = { reset: string } | { from: Date; to: Date };

/** More would make an archive that nobody opens; a longer time is split. */
const MOST = 10_000;
/** A leaf is witnessed within a second where all is well. */
const PATIENCE_MS = 15_000;

/**
 * The leaves of a reset, or every leaf that came into the log in a time, with the whole of each reset that they touch, by
 * index. Waits a moment for the newest to be witnessed, `size` of the published tree being asked anew. Throws a sentence
 * when there are none, too many, or some that no checkpoint covers.
 */
export async function leavesOf(db: Database, asked: Asked, size: () => bigint): Promise<{ scope: Scope; leaves: StoredLeaf[] }> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = 'reset' in asked ? await ofReset(db, asked.reset) : await ofTime(db, asked);
    const published = size();
    const waiting = found.leaves.filter(({ index }) => index === null || index >= published).length;
    if (waiting === 0) return found;
    if (Date.now() > until)
      throw new Sentence(
        `${waiting} of the leaves are in no published checkpoint: the notary or the quorum of witnesses is away. Look with countersign doctor, and ask again.`,
      );
    await setTimeout(200);
  }
}

async function ofReset(db: Database, reset: string): Promise<{ scope: Scope; leaves: StoredLeaf[] }> {
  const leaves = await db.$queryRaw<StoredLeaf[]>`
    SELECT l.id::text, e.index, l.type, l.reset_id::text AS reset, l.body AS text
    FROM leaf l LEFT JOIN log_entry e ON e.leaf_id = l.id WHERE l.reset_id = ${reset}::uuid ORDER BY e.index`;
  if (leaves.length === 0) throw new Sentence(`There is no leaf of a reset ${reset}. Name the reset by its id, as the console shows it.`);
  return { scope: { reset }, leaves };
}

async function ofTime(db: Database, { from, to }: { from: Date; to: Date }): Promise<{ scope: Scope; leaves: StoredLeaf[] }> {
  const [range] = await db.$queryRaw<{ first: bigint | null; last: bigint | null }[]>`
    SELECT min(e.index) AS first, max(e.index) AS last FROM log_entry e JOIN leaf l ON l.id = e.leaf_id WHERE l.at >= ${from} AND l.at < ${to}`;
  if (range?.first == null || range.last == null) throw new Sentence('No leaf came into the log in that time.');
  const { first, last } = range;
  // Commit order and clocks differ by moments; whole indexes, so that a reader can count that none is missing.
  const leaves = await db.$queryRaw<StoredLeaf[]>`
    SELECT l.id::text, e.index, l.type, l.reset_id::text AS reset, l.body AS text
    FROM leaf l LEFT JOIN log_entry e ON e.leaf_id = l.id
    WHERE e.index BETWEEN ${first} AND ${last} OR l.reset_id IN (
      SELECT t.reset_id FROM leaf t JOIN log_entry x ON x.leaf_id = t.id WHERE x.index BETWEEN ${first} AND ${last})
    ORDER BY e.index LIMIT ${MOST + 1}`;
  if (leaves.length > MOST) throw new Sentence(`More than ${MOST} leaves are of that time. Ask for a shorter one, bundle after bundle.`);
  return { scope: { from: String(first), to: String(last + 1n) }, leaves };
}
