import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../durable-file.ts';

/** The log as files in the layout of tlog-tiles, which anything that serves files can serve. What is written is whole and on the disk before the next step. */
export interface TileFolder {
  read(path: string): Buffer;
  /** Writes a tile, or finds the same one there. Throws when one is there with other content: a tile never changes. */
  writeTile(path: string, bytes: Uint8Array): void;
  /** Puts a new checkpoint in the place of the last. */
  writeCheckpoint(note: string): void;
  /** Removes the partial forms of a tile that are narrower than this. Whoever wants them takes the wider one (tlog-tiles, "Partial Tiles"). */
  removePartials(path: string, narrowerThan: number): void;
}

/** Readable by the group of the folder, which is that of whoever serves it. */
const MODE = 0o640;

export function openTileFolder(root: string): TileFolder {
  return {
    read: (path) => readFileSync(join(root, path)),
    writeTile(path, bytes) {
      const file = join(root, path);
      if (!existsSync(file)) return writeDurably(file, bytes, MODE);
      if (!readFileSync(file).equals(bytes))
        throw new Error(
          `${file} is there with other content: the folder is of another log, or somebody changed it. Put it away and start again.`,
        );
    },
    writeCheckpoint: (note) => writeDurably(join(root, 'checkpoint'), Buffer.from(note), MODE),
    removePartials(path, narrowerThan) {
      const folder = join(root, `${path}.p`);
      if (!existsSync(folder)) return;
      for (const width of readdirSync(folder)) if (Number(width) < narrowerThan) rmSync(join(folder, width), { force: true });
    },
  };
}
