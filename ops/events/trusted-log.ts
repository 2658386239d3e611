import { rootOf } from '#evidence/frontier.ts';
import { Malformed } from '#evidence/malformed.ts';
import { inclusionParts, makeProof, verifyInclusion } from '#evidence/merkle-proof.ts';
import { leafHash, type HashOf } from '#evidence/merkle-tree.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { TILE_WIDTH, tileAt } from '#evidence/tiles.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import type { PublishedTiles } from '../bundle/tiles.ts';
import { whyNotGrown } from '../live-audit/growth.ts';
import type { Held } from '../live-audit/pass.ts';
import { Sentence } from '../sentence.ts';

/** What was published contradicts what was signed, or what was believed before. Nothing of it is handed out, and asking again does not mend it. */
export class Contradicted extends Sentence {
  constructor(what: string) {
    super(`${what}. Nothing of it was handed out. Keep the folder as it is, and let an auditor look (countersign audit --live).`);
  }
}

/** A published log as far as it can be trusted: what the quorum cosigned, leaf by leaf. */
export interface TrustedLog {
  /**
   * The checkpoint that is published now. Throws Contradicted when the trust policy is not satisfied by it, or when it
   * does not continue the one that was believed before; a sentence when there is none.
   */
  look(before: Held | undefined): Held;
  /** The leaves from this index on, in order, none left out. Throws Contradicted at the first tile that does not lead to the root. */
  leaves(under: Held, from: bigint): Generator<{ index: bigint; bytes: Buffer }>;
}

export function trustLog(tiles: PublishedTiles, policy: TrustPolicy): TrustedLog {
  return {
    look(before) {
      const note = tiles.checkpoint();
      if (note === before?.note) return before;
      const judged = judgeCheckpoint(note, policy);
      if (!judged.ok) throw new Contradicted(`The published checkpoint does not satisfy the trust policy: ${judged.sentence}`);
      const now = { ...judged.checkpoint, note };
      const why = before && contradictedBy(() => whyNotGrown(tiles, before, now));
      if (why !== undefined) throw new Contradicted(`The published log is not the one that was read before: ${why}`);
      return now;
    },
    *leaves(under, from) {
      for (let at = from; at < under.size; at = (at / BigInt(TILE_WIDTH) + 1n) * BigInt(TILE_WIDTH))
        for (const leaf of leavesOfTile(tiles, under, at / BigInt(TILE_WIDTH))) if (leaf.index >= at) yield leaf;
    },
  };
}

function leavesOfTile(tiles: PublishedTiles, { size, root }: Held, at: bigint): { index: bigint; bytes: Buffer }[] {
  const first = at * BigInt(TILE_WIDTH);
  const tile = tileAt(0, at, size);
  if (!tile) return [];
  const entries = contradictedBy(() => tiles.entriesOf(tile));
  const hashes = entries.map((entry) => leafHash(entry));
  const published = tiles.hashesOf(size);
  // Subtrees within the tile are hashed from the leaves themselves. The path of its first leaf holds all of them, so the
  // root speaks for every leaf of the tile at once.
  const hashOf: HashOf = (subtree) => {
    const width = 1n << BigInt(subtree.level);
    const start = subtree.index * width - first;
    const isWithin = start >= 0n && start + width <= BigInt(hashes.length);
    return isWithin ? rootOf(hashes.slice(Number(start), Number(start + width))) : published(subtree);
  };
  const path = contradictedBy(() => makeProof(inclusionParts(first, size), hashOf));
  const [firstHash = Buffer.alloc(0)] = hashes;
  if (!verifyInclusion({ index: first, size, leafHash: firstHash, path, root }))
    throw new Contradicted(whatIsWrong(first, hashes, published));
  return entries.map((bytes, offset) => ({ index: first + BigInt(offset), bytes }));
}

/** The first leaf that is not the one whose hash was published; where all are, the hashes themselves were changed. */
function whatIsWrong(first: bigint, hashes: readonly Buffer[], published: HashOf): string {
  const wrong = contradictedBy(() =>
    hashes.findIndex((hash, offset) => Buffer.compare(hash, published({ level: 0, index: first + BigInt(offset) })) !== 0),
  );
  if (wrong >= 0) return `Leaf ${first + BigInt(wrong)} is not the one that the witnesses cosigned`;
  return `The tiles do not lead from leaves ${first} to ${first + BigInt(hashes.length) - 1n} to the root that the witnesses cosigned`;
}

/** A tile of another form or length is as good as a changed one. */
function contradictedBy<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) throw new Contradicted(`A published tile is not whole: ${error.message}`);
    throw error;
  }
}
