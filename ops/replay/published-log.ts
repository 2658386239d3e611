import { inclusionParts, makeProof, verifyInclusion } from '#evidence/merkle-proof.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { TILE_WIDTH, tileAt } from '#evidence/tiles.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import { openTiles } from '../bundle/tiles.ts';
import { Sentence } from '../sentence.ts';

/** A leaf as its text, and where the log says that it is. */
export interface LoggedLeaf {
  index: bigint;
  text: string;
}

export interface PublishedLog {
  size: bigint;
  /** Every leaf, in order. Throws Malformed for a file of another form, NotThere for one that is missing. */
  leaves: () => Generator<LoggedLeaf>;
  /** Whether exactly this text is at this index of the tree that the quorum cosigned: by the proof that the tiles give. */
  holds: (leaf: LoggedLeaf) => boolean;
}

/**
 * The published log in a folder of tiles, believed only as far as a checkpoint goes that this policy's quorum has
 * cosigned. Throws a sentence when there is no such checkpoint, and NotThere when there is none at all.
 */
export function openPublishedLog(folder: string, policy: TrustPolicy): PublishedLog {
  const tiles = openTiles(folder);
  const judged = judgeCheckpoint(tiles.checkpoint(), policy);
  if (!judged.ok) throw new Sentence(`The checkpoint in ${folder} does not satisfy the trust policy: ${judged.sentence}.`);
  const { size, root } = judged.checkpoint;
  const hashOf = tiles.hashesOf(size);
  return {
    size,
    *leaves() {
      for (let at = 0n; at * BigInt(TILE_WIDTH) < size; at++) {
        const tile = tileAt(0, at, size);
        if (!tile) return;
        for (const [index, entry] of tiles.entriesOf(tile).entries())
          yield { index: at * BigInt(TILE_WIDTH) + BigInt(index), text: entry.toString('utf8') };
      }
    },
    holds({ index, text }) {
      const path = makeProof(inclusionParts(index, size), hashOf);
      return verifyInclusion({ index, size, leafHash: leafHash(text), path, root });
    },
  };
}
