import { frontierOf, frontierRoot } from '#evidence/frontier.ts';
import { Malformed } from '#evidence/malformed.ts';
import type { HashOf } from '#evidence/merkle-tree.ts';
import { entriesPath, parseTilePath, TILE_WIDTH, tileAt, tilePath, type Tile } from '#evidence/tiles.ts';
import type { TileFolder } from './tile-folder.ts';

/** Every file that a log of this size consists of (tlog-tiles v0.1.0), beside its checkpoint. */
export function* pathsOf(size: bigint): Generator<string> {
  for (let level = 0; size >> BigInt(8 * level) > 0n; level++)
    for (let index = 0n, tile = tileAt(level, index, size); tile; tile = tileAt(level, (index += 1n), size)) {
      if (level === 0) yield entriesPath(tile);
      yield tilePath(tile);
    }
}

/** Whether these files are all that a log of this size needs, and its right edge has this root. What is within the full tiles, an audit recomputes. */
export function isWhole(found: ReadonlySet<string>, { size, root, hashOf }: { size: bigint; root: Buffer; hashOf: HashOf }): boolean {
  for (const path of pathsOf(size)) if (!found.has(path)) return false;
  try {
    return frontierRoot(frontierOf(size, hashOf)).equals(root);
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

/** Removes partial tiles that a log of this size has wider. Whoever wants them takes the wider one (tlog-tiles, "Partial Tiles"). */
export function removeOldPartials(folder: TileFolder, found: Iterable<string>, size: bigint): void {
  for (const path of found) {
    const { kind, tile } = parseTilePath(path) ?? {};
    if (!tile || tile.width === TILE_WIDTH) continue;
    const now = tileAt(tile.level, tile.index, size);
    if (now && now.width > tile.width) folder.remove(kind === 'entries' ? entriesPath(tile) : tilePath(tile));
  }
}

/** The partial tiles at the right edge of a log of this size. */
export function partialsOf(size: bigint): string[] {
  const edge: Tile[] = [];
  for (let level = 0; size >> BigInt(8 * level) > 0n; level++) {
    const tile = tileAt(level, (size >> BigInt(8 * level)) / BigInt(TILE_WIDTH), size);
    if (tile) edge.push(tile);
  }
  return edge.flatMap((tile) => (tile.level === 0 ? [entriesPath(tile), tilePath(tile)] : [tilePath(tile)]));
}
