import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Database } from '#db';
import { titleOf } from '#domain/leaf-words.ts';
import { printLogProof } from '#evidence/log-proof.ts';
import { inclusionParts, makeProof } from '#evidence/merkle-proof.ts';
import { hashesFromTiles, tilePath, tilesOf } from '#evidence/tiles.ts';
import { fact, readLeaf } from './leaf-reading.ts';
import { moment, resetState } from './shapes.ts';

const evidenceLeaf = z.object({
  id: z.string(),
  /** Its place in the log, decimal; null as long as the notary has not taken it. */
  index: z.string().nullable(),
  /** RFC 6962 leaf hash as it was stored, base64. Whoever verifies computes it from the text. */
  hash: z.string(),
  /** The leaf, verbatim (RFC 8785). */
  text: z.string(),
  at: moment,
  title: z.string(),
  outcome: z.string(),
  /** Of the reset, before and after this leaf. */
  before: resetState,
  after: resetState,
  /** c2sp.org/tlog-proof@v1; null for a leaf that the checkpoint does not cover yet. */
  proof: z.string().nullable(),
});

export const resetEvidence = z.object({
  reset: z.string(),
  /** The last checkpoint that the quorum has cosigned, verbatim, and its size. */
  checkpoint: z.object({ size: z.string(), note: z.string() }).nullable(),
  leaves: z.array(evidenceLeaf),
});

type Published = { size: bigint; note: string };

/** Every leaf of a reset in its order, each with its place in the log and the proof of it under the last cosigned checkpoint. */
export async function evidenceOf(db: Database, tilesFolder: string, reset: string): Promise<z.input<typeof resetEvidence>> {
  const rows = await db.leaf.findMany({
    where: { resetId: reset },
    orderBy: { seq: 'asc' },
    select: { id: true, type: true, outcome: true, body: true, hash: true, at: true },
  });
  const entries = await db.logEntry.findMany({
    where: { leafId: { in: rows.map(({ id }) => id) } },
    select: { leafId: true, index: true },
  });
  const indexes = new Map(entries.map(({ leafId, index }) => [leafId, index]));
  const { published, proofs } = await provenBy(db, tilesFolder, [...indexes.values()]);
  let state: z.infer<typeof resetState> = 'proving';
  return {
    reset,
    checkpoint: published ? { size: String(published.size), note: published.note } : null,
    leaves: rows.map(({ id, type, outcome, body, hash, at }) => {
      const index = indexes.get(id);
      const before = state;
      const moved = resetState.safeParse(fact(readLeaf(body), 'state'));
      if (moved.success) state = moved.data;
      return {
        id,
        index: index === undefined ? null : String(index),
        hash: Buffer.from(hash).toString('base64'),
        text: body,
        at: at.toISOString(),
        title: titleOf(type, outcome, fact(readLeaf(body), 'state')),
        outcome,
        before,
        after: state,
        proof: (index !== undefined && proofs.get(index)) || null,
      };
    }),
  };
}

/** A checkpoint that was published while we read takes the partial tiles of the one before away; the newer one then serves. */
const TRIES = 4;

async function provenBy(
  db: Database,
  tilesFolder: string,
  indexes: readonly bigint[],
): Promise<{ published: Published | undefined; proofs: Map<bigint, string> }> {
  for (let tries = 1; ; tries++) {
    const head = await db.logHead.findFirst({ select: { published: true, publishedSize: true } });
    if (!head?.published) return { published: undefined, proofs: new Map() };
    const published = { size: head.publishedSize, note: head.published };
    try {
      return { published, proofs: await proofsOf(tilesFolder, published, indexes) };
    } catch (error) {
      if (tries === TRIES || (error as { code?: unknown }).code !== 'ENOENT') throw error;
    }
  }
}

async function proofsOf(tilesFolder: string, { size, note }: Published, indexes: readonly bigint[]): Promise<Map<bigint, string>> {
  const parts = new Map(indexes.filter((index) => index < size).map((index) => [index, inclusionParts(index, size)]));
  const tiles = new Map<string, Buffer>();
  for (const tile of tilesOf([...parts.values()].flat(2), size))
    tiles.set(tilePath(tile), await readFile(join(tilesFolder, tilePath(tile))));
  const hashOf = hashesFromTiles(size, (tile) => tiles.get(tilePath(tile)) ?? Buffer.alloc(0));
  return new Map([...parts].map(([index, of]) => [index, printLogProof({ index, path: makeProof(of, hashOf), checkpoint: note })]));
}
