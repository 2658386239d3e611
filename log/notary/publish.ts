import { printLogProof } from '#evidence/log-proof.ts';
import { inclusionParts, makeProof } from '#evidence/merkle-proof.ts';
import type { HashOf } from '#evidence/merkle-tree.ts';
import type { Database } from '#db';
import { Overtaken } from './overtaken.ts';
import type { TileFolder } from './tile-folder.ts';

/**
 * Makes a cosigned checkpoint known: to the database with a receipt for every intent that it is the first to cover, then
 * to the folder. If we crash between the two, the next start writes the file from the row; what was published is never
 * taken back, since only a larger tree (or the same with newer cosignatures) takes its place. Throws Overtaken.
 */
export async function publish(
  db: Database,
  folder: TileFolder,
  checkpoint: { origin: string; from: bigint; size: bigint; note: string; hashOf: HashOf },
): Promise<void> {
  const { origin, from, size, note, hashOf } = checkpoint;
  const intents = await db.$queryRaw<{ index: bigint; leaf_id: string }[]>`
    SELECT e.index, e.leaf_id::text FROM log_entry e JOIN leaf l ON l.id = e.leaf_id
    WHERE e.index >= ${from} AND e.index < ${size} AND l.type = 'intent' ORDER BY e.index`;
  // Before the transaction: after hours without a quorum there are thousands, and it would be held open for all of them.
  const proofs = intents.map(({ index }) =>
    printLogProof({ index, path: makeProof(inclusionParts(index, size), hashOf), checkpoint: note }),
  );
  await db.$transaction(
    async (tx) => {
      const moved = await tx.$executeRaw`
        UPDATE log_head SET published_size = ${size}, published = ${note}, published_at = now()
        WHERE origin = ${origin} AND size >= ${size} AND published_size <= ${size}`;
      // Only another notary can have published a larger tree.
      if (moved !== 1) throw new Overtaken();
      await tx.$executeRaw`
        INSERT INTO log_receipt (leaf_id, index, size, proof)
        SELECT id::uuid, index::bigint, ${size}, proof
        FROM unnest(${intents.map(({ leaf_id }) => leaf_id)}::text[], ${intents.map(({ index }) => String(index))}::text[], ${proofs}::text[])
          AS t(id, index, proof)
        ON CONFLICT DO NOTHING`;
      await tx.$executeRaw`SELECT pg_notify('countersign', ${`log:${size}`})`;
    },
    { timeout: 30_000 },
  );
  folder.writeCheckpoint(note);
}
