import { parseEntries, printEntries } from '#evidence/entry-bundle.ts';
import { growTiles } from '#evidence/tile-growth.ts';
import { entriesPath, TILE_WIDTH, tileAt, tilePath, type Tile } from '#evidence/tiles.ts';
import type { Database } from '#db';
import type { TileFolder } from './tile-folder.ts';

/** A leaf as it stands in the log. */
export interface Entry {
  body: string;
  hash: Uint8Array;
}

/** As many leaves at most are held in memory. */
const STEP = 8192n;

/**
 * Writes the tiles that lead from a tree of one size to the next, entries before hashes; from the leaves in hand when
 * they are exactly those, else from the database. Safe to repeat: every tile follows from the entries, so a crash between
 * two files is made good by doing the same again. Throws what disk and database throw.
 */
export async function writeTiles(
  db: Database,
  folder: TileFolder,
  { from, to, inHand = [] }: { from: bigint; to: bigint; inHand?: readonly Entry[] },
): Promise<void> {
  if (from < to && BigInt(inHand.length) === to - from) return writeStep(folder, from, inHand);
  for (let start = from; start < to; start += STEP) {
    const end = start + STEP < to ? start + STEP : to;
    const rows = await db.$queryRaw<Entry[]>`
      SELECT e.hash, l.body FROM log_entry e JOIN leaf l ON l.id = e.leaf_id WHERE e.index >= ${start} AND e.index < ${end} ORDER BY e.index`;
    if (BigInt(rows.length) !== end - start)
      throw new Error('Leaves that are in the log are gone from the database. Restore it; nothing more is signed.');
    writeStep(folder, start, rows);
  }
}

function writeStep(folder: TileFolder, start: bigint, leaves: readonly Entry[]): void {
  const entries = leaves.map(({ body }) => Buffer.from(body));
  for (const { tile, bytes } of growEntries(start, entries, folder)) folder.writeTile(entriesPath(tile), bytes);
  const hashes = leaves.map(({ hash }) => Buffer.from(hash));
  for (const { tile, bytes } of growTiles(start, hashes, (tile) => folder.read(tilePath(tile)))) folder.writeTile(tilePath(tile), bytes);
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
