import { appendLeaf, frontierRoot, type Frontier } from '#evidence/frontier.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import type { Signer } from '#evidence/signer-key.ts';
import type { Database } from '#db';
import { frontierBytes, signCheckpoint, type Head } from './head.ts';
import { Overtaken } from './overtaken.ts';
import type { Entry } from './write-tiles.ts';

/** A leaf was changed between its writing and its turn. Nothing is signed over it. */
export class Bent extends Error {
  constructor(id: string) {
    super(
      `The leaf ${id} in the outbox does not have the hash that it was written with. Somebody changed it; nothing is signed until it is looked at.`,
    );
  }
}

type Waiting = { id: string; body: string; hash: Uint8Array; oldest: string };

/** `isAll`: nothing else waited when it was looked. */
interface Taken {
  head: Head;
  taken: readonly Entry[];
  isAll: boolean;
}

/** More would make one transaction long and hold more in memory; the next one follows at once. */
const MOST = 4096;

/**
 * Takes what was committed since from the outbox, gives each leaf the next index and signs the new tree, all in one
 * transaction. What is taken is all that one snapshot sees and that has no index yet, so a leaf that commits late is
 * never left out and keeps no other waiting; among leaves of one snapshot the later written comes later, and whatever was
 * written after a leaf had been committed is never before it. Transactions below the oldest that still ran in an earlier
 * snapshot (PostgreSQL, pg_snapshot_xmin) have nothing more to give, which bounds the look. Answers the head as it is
 * afterwards, the same one when nothing waits, with the leaves that were taken. Throws Overtaken and Bent. If we crash
 * before the commit nothing happened; after it the tree is signed, and what follows from it (tiles, cosignatures) is made
 * good at the next start.
 */
export async function sequence(db: Database, signer: Signer, head: Head): Promise<Taken> {
  return db.$transaction(
    async (tx) => {
      const waiting = await tx.$queryRaw<Waiting[]>`
        SELECT id::text, body, hash, pg_snapshot_xmin(pg_current_snapshot())::text AS oldest FROM leaf
        WHERE xid >= ${head.oldest}::text::xid8 AND NOT EXISTS (SELECT FROM log_entry e WHERE e.leaf_id = leaf.id)
        ORDER BY seq LIMIT ${MOST}`;
      const [first] = waiting;
      if (!first) {
        const [mine] = await tx.$queryRaw<
          object[]
        >`SELECT FROM log_head WHERE origin = ${signer.verifier.name} AND size = ${head.size} AND root = ${head.root}`;
        if (!mine) throw new Overtaken();
        return { head, taken: [], isAll: true };
      }
      const isAll = waiting.length < MOST;
      const oldest = isAll ? first.oldest : head.oldest;
      const frontier: Frontier = { size: head.size, hashes: [...head.frontier.hashes] };
      for (const leaf of waiting) {
        const hash = leafHash(leaf.body);
        if (!hash.equals(leaf.hash)) throw new Bent(leaf.id);
        appendLeaf(frontier, hash);
      }
      const root = frontierRoot(frontier);
      const signed = signCheckpoint(signer, frontier.size, root);
      const moved = await tx.$executeRaw`
        UPDATE log_head SET size = ${frontier.size}, root = ${root}, frontier = ${frontierBytes(frontier)}, signed = ${signed},
          oldest_xid = ${oldest}::text::xid8
        WHERE origin = ${signer.verifier.name} AND size = ${head.size} AND root = ${head.root}`;
      if (moved !== 1) throw new Overtaken();
      const ids = waiting.map(({ id }) => id);
      const hashes = new Uint8Array(Buffer.concat(waiting.map(({ hash }) => hash)));
      await tx.$executeRaw`
        INSERT INTO log_entry (index, leaf_id, hash)
        SELECT ${head.size} + n - 1, id::uuid, substring(${hashes}::bytea FROM (32 * (n - 1) + 1)::int FOR 32)
        FROM unnest(${ids}::text[]) WITH ORDINALITY AS t(id, n)`;
      return { head: { ...head, size: frontier.size, root, frontier, oldest, signed }, taken: waiting, isAll };
    },
    { timeout: 30_000 },
  );
}
