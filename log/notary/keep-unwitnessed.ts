import { printLogProof } from '#evidence/log-proof.ts';
import { inclusionParts, makeProof } from '#evidence/merkle-proof.ts';
import type { HashOf } from '#evidence/merkle-tree.ts';
import type { Database } from '#db';

/**
 * While the quorum is away: a proof under the log's own signature for each intent that rests on break-glass and that no
 * cosigned checkpoint covers. A writer takes it only where two officers have signed that; for every other intent there is
 * none. What is proven here is published with all cosignatures once the witnesses are back. Doing it again adds nothing.
 */
export async function keepUnwitnessed(
  db: Database,
  { from, size, note, hashOf }: { from: bigint; size: bigint; note: string; hashOf: HashOf },
): Promise<void> {
  const intents = await db.$queryRaw<{ index: bigint; leaf_id: string }[]>`
    SELECT e.index, e.leaf_id::text FROM log_entry e JOIN leaf l ON l.id = e.leaf_id
    WHERE e.index >= ${from} AND e.index < ${size} AND l.type = 'intent'
      AND (l.body::jsonb #> '{do,statements}') @> '[{"kind":"break-glass"}]'
      AND NOT EXISTS (SELECT FROM unwitnessed_receipt u WHERE u.leaf_id = l.id) ORDER BY e.index`;
  if (intents.length === 0) return;
  const data = intents.map(({ index, leaf_id: leafId }) => ({
    leafId,
    index,
    size,
    proof: printLogProof({ index, path: makeProof(inclusionParts(index, size), hashOf), checkpoint: note }),
  }));
  await db.unwitnessedReceipt.createMany({ data, skipDuplicates: true });
  await db.$executeRaw`SELECT pg_notify('countersign', ${`log:${size}`})`;
}
