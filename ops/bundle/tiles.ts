import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEntries } from '#evidence/entry-bundle.ts';
import type { HashOf } from '#evidence/merkle-tree.ts';
import { entriesPath, hashesFromTiles, TILE_WIDTH, tilePath, type Tile } from '#evidence/tiles.ts';
import { HASH_BYTES } from '#evidence/wire-text.ts';
import { Sentence } from '../sentence.ts';

/** A part of the published log is not in its folder. That is no sign that anything was changed. */
export class NotThere extends Sentence {}

/** The published log as an auditor reads it: files in the layout of C2SP tlog-tiles. */
export interface PublishedTiles {
  /** The last checkpoint that was published. Throws NotThere when there is none yet. */
  checkpoint(): string;
  /** Hashes of the log of a published size. Throws NotThere when a tile is missing, Malformed when one was cut. */
  hashesOf(size: bigint): HashOf;
  /** The leaves of a tile of level 0, as bytes. Nothing is checked of them. Throws as `hashesOf` does. */
  entriesOf(tile: Tile): Buffer[];
}

export function openTiles(folder: string): PublishedTiles {
  return {
    checkpoint() {
      const bytes = readIfThere(join(folder, 'checkpoint'));
      if (!bytes)
        throw new NotThere(`${join(folder, 'checkpoint')} is not there: the notary has published nothing yet, or the folder is another.`);
      return bytes.toString('utf8');
    },
    hashesOf(size) {
      const read = new Map<string, Buffer>();
      return hashesFromTiles(size, (tile) => {
        const path = tilePath(tile);
        const bytes = read.get(path) ?? readTile(folder, tilePath, tile).bytes;
        read.set(path, bytes);
        return bytes.subarray(0, tile.width * HASH_BYTES);
      });
    },
    entriesOf(tile) {
      const { bytes, width } = readTile(folder, entriesPath, tile);
      return parseEntries(bytes, width).slice(0, tile.width);
    },
  };
}

/** A partial tile goes away once a wider one is published; the wider one begins with the same (tlog-tiles, "Partial Tiles"). */
function readTile(folder: string, pathOf: (tile: Tile) => string, tile: Tile): { bytes: Buffer; width: number } {
  // The notary may replace one between our looking and our reading, so we look twice.
  for (let tries = 0; tries < 2; tries++) {
    const partials = join(folder, `${pathOf({ ...tile, width: TILE_WIDTH })}.p`);
    const wider = existsSync(partials) ? readdirSync(partials).map(Number) : [];
    for (const width of [tile.width, TILE_WIDTH, ...wider.filter((width) => width > tile.width)]) {
      const bytes = readIfThere(join(folder, pathOf({ ...tile, width })));
      if (bytes) return { bytes, width };
    }
  }
  throw new NotThere(`The tile ${pathOf(tile)} is missing from ${folder}. Whoever serves the log has lost a part of it.`);
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
