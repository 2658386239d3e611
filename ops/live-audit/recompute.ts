import { fail, type Problem } from '#audit/finding.ts';
import { leafInLog, type LeafInLog } from '#audit/leaf-in-log.ts';
import { appendLeaf, frontierRoot, type Frontier } from '#evidence/frontier.ts';
import { leafHash, type HashOf } from '#evidence/merkle-tree.ts';
import type { Database } from '#db';

/** As many leaves at most are held in memory. */
const STEP = 8192n;

/**
 * Hashes the leaves of the database anew, from where the frontier stands to this size, and compares the root with the one
 * that was signed; the frontier goes on to that size. A leaf that is gone or was changed is named by its index. Every
 * leaf is handed to `each`.
 */
export async function recompute(
  db: Database,
  frontier: Frontier,
  published: { size: bigint; root: Buffer; hashOf: HashOf },
  each: (leaf: LeafInLog) => void,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  while (frontier.size < published.size) {
    const start = frontier.size;
    const end = start + STEP < published.size ? start + STEP : published.size;
    const rows = await db.$queryRaw<{ index: bigint; body: string }[]>`
      SELECT e.index, l.body FROM log_entry e JOIN leaf l ON l.id = e.leaf_id WHERE e.index >= ${start} AND e.index < ${end} ORDER BY e.index`;
    const bodies = new Map(rows.map(({ index, body }) => [index, body]));
    for (let index = start; index < end; index++) {
      const body = bodies.get(index);
      if (body === undefined) problems.push(fail(`leaf ${index} is gone from the database`));
      // The published hash stands in for it, so that the leaves after it are still judged.
      appendLeaf(frontier, body === undefined ? published.hashOf({ level: 0, index }) : leafHash(body));
      if (body !== undefined) read(index, body, each, problems);
    }
  }
  if (problems.length === 0 && !frontierRoot(frontier).equals(published.root)) problems.push(...(await changed(db, published)));
  return problems;
}

function read(index: bigint, body: string, each: (leaf: LeafInLog) => void, problems: Problem[]): void {
  try {
    each(leafInLog(index, body));
  } catch {
    problems.push(fail(`leaf ${index} cannot be read as a leaf`));
  }
}

/** Which leaves differ from the published tiles: only asked once it is known that one does. */
async function changed(db: Database, { size, hashOf }: { size: bigint; hashOf: HashOf }): Promise<Problem[]> {
  const found: Problem[] = [];
  for (let start = 0n; start < size; start += STEP) {
    const rows = await db.$queryRaw<{ index: bigint; body: string }[]>`
      SELECT e.index, l.body FROM log_entry e JOIN leaf l ON l.id = e.leaf_id WHERE e.index >= ${start} AND e.index < ${start + STEP} AND e.index < ${size} ORDER BY e.index`;
    for (const { index, body } of rows)
      if (!leafHash(body).equals(hashOf({ level: 0, index }))) found.push(fail(`leaf ${index} is not the one that was published`));
  }
  return found.length > 0 ? found : [fail('the leaves do not give the root that was signed')];
}
