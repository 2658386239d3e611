import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isUnfinished, keepDurably, sync, writeDurably } from '../durable-file.ts';

/** The log as files in the layout of tlog-tiles, which anything that serves files can serve. What is written is whole and on the disk before the next step. */
export interface TileFolder {
  read(path: string): Buffer;
  /** Writes a tile, or finds the same one there. Throws when one is there with other content: a tile never changes. */
  writeTile(path: string, bytes: Uint8Array): void;
  /** Puts a new checkpoint in the place of the last. */
  writeCheckpoint(note: string): void;
  /** The checkpoint that lies there. */
  checkpoint(): string | undefined;
  remove(path: string): void;
  /** The paths of all tiles. Makes durable what is there and removes what a crash left half written: for the start. */
  survey(): Set<string>;
}

/** Readable by the group of the folder, which is that of whoever serves it. */
const MODE = 0o640;
/** So many files are kept in memory: the right edge of the tree, from which every turn goes on. */
const KEPT = 64;

export function openTileFolder(root: string): TileFolder {
  const kept = new Map<string, Buffer>();
  const keep = (path: string, bytes: Buffer): Buffer => {
    kept.delete(path);
    kept.set(path, bytes);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return bytes;
  };
  const checkpointFile = join(root, 'checkpoint');
  return {
    read: (path) => keep(path, kept.get(path) ?? readFileSync(join(root, path))),
    writeTile(path, bytes) {
      const file = join(root, path);
      if (!existsSync(file)) writeDurably(file, bytes, MODE);
      else if (readFileSync(file).equals(bytes)) keepDurably(file);
      else
        throw new Error(
          `${file} is there with other content: the folder is of another log, or somebody changed it. Put it away and start again.`,
        );
      keep(path, Buffer.from(bytes));
    },
    writeCheckpoint: (note) => writeDurably(checkpointFile, Buffer.from(note), MODE),
    checkpoint: () => (existsSync(checkpointFile) ? readFileSync(checkpointFile, 'utf8') : undefined),
    remove: (path) => rmSync(join(root, path), { force: true }),
    survey() {
      kept.clear();
      const found = new Set<string>();
      if (!existsSync(root)) return found;
      sync(root);
      for (const entry of readdirSync(root, { withFileTypes: true, recursive: true })) {
        const file = join(entry.parentPath, entry.name);
        if (entry.isDirectory()) sync(file);
        else if (isUnfinished(entry.name)) rmSync(file, { force: true });
        else found.add(relative(root, file));
      }
      return found;
    },
  };
}
