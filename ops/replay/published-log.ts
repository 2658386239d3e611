import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEntries } from '#evidence/entry-bundle.ts';
import { inclusionParts, makeProof, verifyInclusion } from '#evidence/merkle-proof.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { entriesPath, hashesFromTiles, TILE_WIDTH, tileAt, tilePath, type Tile } from '#evidence/tiles.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import { Sentence } from '../sentence.ts';

/** A leaf as its text, and where the log says that it is. */
export interface LoggedLeaf {
  index: bigint;
  text: string;
}

export interface PublishedLog {
  size: bigint;
  /** Every leaf, in order. Throws Malformed for a file of another form, ENOENT for one that is missing. */
  leaves: () => Generator<LoggedLeaf>;
  /** Whether exactly this text is at this index of the tree that the quorum cosigned: by the proof that the tiles give. */
  holds: (leaf: LoggedLeaf) => boolean;
}

/**
 * The published log in a folder of tiles, believed only as far as a checkpoint goes that this policy's quorum has
 * cosigned. Throws a sentence when there is no such checkpoint, and ENOENT when there is none at all.
 */
export function openPublishedLog(folder: string, policy: TrustPolicy): PublishedLog {
  const judged = judgeCheckpoint(readFileSync(join(folder, 'checkpoint'), 'utf8'), policy);
  if (!judged.ok) throw new Sentence(`The checkpoint in ${folder} does not satisfy the trust policy: ${judged.sentence}.`);
  const { size, root } = judged.checkpoint;
  const kept = new Map<string, Buffer>();
  const hashesOf = (tile: Tile): Buffer => {
    const path = tilePath(tile);
    const bytes = kept.get(path) ?? readTile(folder, tilePath, tile).bytes;
    kept.set(path, bytes);
    return bytes.subarray(0, tile.width * root.length);
  };
  const hashOf = hashesFromTiles(size, hashesOf);
  return {
    size,
    *leaves() {
      for (let at = 0n; at * BigInt(TILE_WIDTH) < size; at++) {
        const tile = tileAt(0, at, size);
        if (!tile) return;
        const { bytes, width } = readTile(folder, entriesPath, tile);
        const entries = parseEntries(bytes, width).slice(0, tile.width);
        for (const [index, entry] of entries.entries())
          yield { index: at * BigInt(TILE_WIDTH) + BigInt(index), text: entry.toString('utf8') };
      }
    },
    holds({ index, text }) {
      const path = makeProof(inclusionParts(index, size), hashOf);
      return verifyInclusion({ index, size, leafHash: leafHash(text), path, root });
    },
  };
}

/** The tile, or a wider form of it that begins with the same: a log that grows meanwhile takes narrower ones away. */
function readTile(folder: string, pathOf: (tile: Tile) => string, tile: Tile): { bytes: Buffer; width: number } {
  const file = (width: number): string => join(folder, pathOf({ ...tile, width }));
  const partials = `${file(TILE_WIDTH)}.p`;
  const wider = existsSync(partials) ? readdirSync(partials).map(Number) : [];
  const widths = [tile.width, ...wider.filter((width) => width > tile.width).toSorted((a, b) => a - b), TILE_WIDTH];
  const width = widths.find((one) => existsSync(file(one))) ?? tile.width;
  return { bytes: readFileSync(file(width)), width };
}
