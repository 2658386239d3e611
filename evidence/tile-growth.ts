import { rootOf } from './frontier.ts';
import { TILE_WIDTH, tileAt, tileBytes, tileHashes } from './tiles.ts';
import type { Tile } from './tiles.ts';

/** A file of the log to be written: full tiles for good, partial ones for a checkpoint of this size (tlog-tiles v0.1.0). */
export interface WrittenTile {
  readonly tile: Tile;
  readonly bytes: Buffer;
}

/**
 * The tiles that a log of oldSize needs more when these leaves are appended: all that became full, and the partial ones
 * of the new size. Only the partial tiles of the old right edge are read. The work is that of the new leaves alone.
 * Throws what reading throws, and Malformed for a tile of the wrong length.
 */
export function growTiles(oldSize: bigint, leafHashes: readonly Uint8Array[], read: (tile: Tile) => Uint8Array): WrittenTile[] {
  const written: WrittenTile[] = [];
  let added = leafHashes;
  for (let level = 0; added.length > 0; level++) {
    const before = oldSize >> BigInt(8 * level);
    const index = before / BigInt(TILE_WIDTH);
    const partial = tileAt(level, index, oldSize);
    const hashes = [...(partial ? tileHashes(read(partial), partial) : []), ...added];
    const tiles = Array.from({ length: Math.ceil(hashes.length / TILE_WIDTH) }, (_, at) => {
      const part = hashes.slice(at * TILE_WIDTH, (at + 1) * TILE_WIDTH);
      return { tile: { level, index: index + BigInt(at), width: part.length }, part };
    });
    written.push(...tiles.map(({ tile, part }) => ({ tile, bytes: tileBytes(part) })));
    added = tiles.filter(({ tile }) => tile.width === TILE_WIDTH).map(({ part }) => rootOf(part));
  }
  return written;
}
