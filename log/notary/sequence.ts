import { appendLeaf, frontierRoot, type Frontier } from '#evidence/frontier.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import type { Signer } from '#evidence/signer-key.ts';
import type { Database } from '#db';
import { frontierBytes, signCheckpoint, type Head } from './head.ts';
import type { Entry } from './write-tiles.ts';

/** Another notary has moved the log: this one must end, since two would sign two histories. */
export class Overtaken extends Error {
  constructor() {
    super('Another notary has moved this log. One is enough: this one ends.');
  }
}

/** A leaf was changed between its writing and its turn. Nothing is signed over it. */
export class Bent extends Error {
  constructor(id: string) {
    super(
      `The leaf ${id} in the outbox does not have the hash that it was written with. Somebody changed it; nothing is signed until it is looked at.`,
    );
  }
}

type Waiting = { id: string; body: string; hash: Uint8Array; xid: string; seq: bigint };

/** More would make one transaction long and hold more in memory; the next one follows at once. */
const MOST = 4096;

/**
 * Takes what was committed since from the outbox, in the order of commits, gives each leaf the next index and signs the
 * new tree, all in one transaction. Only transactions below the oldest that still runs are taken, so none that commits
 * later can have a number before one that was taken (PostgreSQL, pg_snapshot_xmin). Answers the head as it is afterwards,
 * the same one when nothing waits, with the leaves that were taken. Throws Overtaken and Bent. If we crash before the
 * commit nothing happened; after it the tree is signed, and what follows from it (tiles, cosignatures) is made good at
 * the next start.
 */
export async function sequence(db: Database, signer: Signer, head: Head): Promise<{ head: Head; taken: readonly Entry[] }> {
  return db.$transaction(
    async (tx) => {
      const waiting = await tx.$queryRaw<Waiting[]>`
        SELECT id::text, body, hash, xid::text AS xid, seq FROM leaf
        WHERE (leaf.xid, leaf.seq) > (${head.taken.xid}::text::xid8, ${head.taken.seq}) AND leaf.xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY leaf.xid, leaf.seq LIMIT ${MOST}`;
      const last = waiting.at(-1);
      if (!last) return { head, taken: [] };
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
          taken_xid = ${last.xid}::text::xid8, taken_seq = ${last.seq}
        WHERE origin = ${signer.verifier.name} AND size = ${head.size} AND root = ${head.root}`;
      if (moved !== 1) throw new Overtaken();
      const ids = waiting.map(({ id }) => id);
      const hashes = new Uint8Array(Buffer.concat(waiting.map(({ hash }) => hash)));
      await tx.$executeRaw`
        INSERT INTO log_entry (index, leaf_id, hash)
        SELECT ${head.size} + n - 1, id::uuid, substring(${hashes}::bytea FROM (32 * (n - 1) + 1)::int FOR 32)
        FROM unnest(${ids}::text[]) WITH ORDINALITY AS t(id, n)`;
      return { head: { ...head, size: frontier.size, root, frontier, taken: { xid: last.xid, seq: last.seq }, signed }, taken: waiting };
    },
    { timeout: 30_000 },
  );
}
