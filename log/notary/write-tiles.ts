import { parseEntries, printEntries } from '#evidence/entry-bundle.ts';
import { growTiles } from '#evidence/tile-growth.ts';
import { entriesPath, TILE_WIDTH, tileAt, tilePath, type Tile } from '#evidence/tiles.ts';
import type { Database } from '#db';
import type { TileFolder } from './tile-folder.ts';

/** As many leaves at most are held in memory. */
const STEP = 8192n;

/**
 * Writes the tiles that lead from a tree of one size to the next, entries before hashes. Safe to repeat: every tile
 * follows from the entries, so a crash between two files is made good by doing the same again.
 */
export async function writeTiles(db: Database, folder: TileFolder, from: bigint, to: bigint): Promise<void> {
  for (let start = from; start < to; start += STEP) {
    const end = start + STEP < to ? start + STEP : to;
    const rows = await db.$queryRaw<{ hash: Uint8Array; body: string }[]>`
      SELECT e.hash, l.body FROM log_entry e JOIN leaf l ON l.id = e.leaf_id WHERE e.index >= ${start} AND e.index < ${end} ORDER BY e.index`;
    if (BigInt(rows.length) !== end - start)
      throw new Error('Leaves that are in the log are gone from the database. Restore it; nothing more is signed.');
    const entries = rows.map(({ body }) => Buffer.from(body));
    for (const { tile, bytes } of growEntries(start, entries, folder)) folder.writeTile(entriesPath(tile), bytes);
    const hashes = rows.map(({ hash }) => Buffer.from(hash));
    for (const { tile, bytes } of growTiles(start, hashes, (tile) => folder.read(tilePath(tile)))) folder.writeTile(tilePath(tile), bytes);
  }
}

function growEntries(oldSize: bigint, added: readonly Buffer[], folder: TileFolder): { tile: Tile; bytes: Buffer }[] {
  const index = oldSize / BigInt(TILE_WIDTH);
  const partial = tileAt(0, index, oldSize);
  const kept = partial ? parseEntries(folder.read(entriesPath(partial)), partial.width) : [];
  const all = [...kept, ...added];
  return Array.from({ length: Math.ceil(all.length / TILE_WIDTH) }, (_, at) => {
    const part = all.slice(at * TILE_WIDTH, (at + 1) * TILE_WIDTH);
    return { tile: { level: 0, index: index + BigInt(at), width: part.length }, bytes: printEntries(part) };
  });
}

/** Removes the partial tiles at the right edge of an older tree, once a larger one is published. */
export function removeOldPartials(folder: TileFolder, older: bigint, published: bigint): void {
  for (let level = 0; older >> BigInt(8 * level) > 0n; level++) {
    const index = (older >> BigInt(8 * level)) / BigInt(TILE_WIDTH);
    const now = tileAt(level, index, published);
    if (!now) continue;
    const full = { level, index, width: TILE_WIDTH };
    folder.removePartials(tilePath(full), now.width);
    if (level === 0) folder.removePartials(entriesPath(full), now.width);
  }
}
