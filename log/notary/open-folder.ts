import { openCheckpoint, type Checkpoint } from '#evidence/checkpoint.ts';
import { EMPTY_ROOT, type HashOf } from '#evidence/merkle-tree.ts';
import type { VerifierKey } from '#evidence/verifier-key.ts';
import type { Head } from './head.ts';
import { isWhole, removeOldPartials } from './standing-tiles.ts';
import type { TileFolder } from './tile-folder.ts';
import { contradicts, type OwnTree } from './what-it-saw.ts';
import { Behind } from './witnesses.ts';

/**
 * Up to which size the tiles stand in the folder as a start finds it: that of the published checkpoint, whose tiles were on
 * the disk before it was published, or zero when one is missing and all have to be written again. Throws Behind when the
 * checkpoint that lies there is of a larger tree than the database holds.
 */
export function standingTiles(folder: TileFolder, head: Head, logs: readonly VerifierKey[], hashesOf: (size: bigint) => HashOf): bigint {
  const found = folder.survey();
  const there = checkpointThere(folder, logs);
  if (there && there.size > head.size) throw new Behind('The folder of tiles', `${there.size} leaves`, head.size);
  removeOldPartials(folder, found, head.publishedSize);
  const size = head.publishedSize;
  const published = head.published === null ? undefined : openCheckpoint(head.published, logs);
  if (published && !published.ok) throw new Error(`The published checkpoint in the database is not of this log: ${published.sentence}.`);
  const root = published?.checkpoint.root ?? EMPTY_ROOT;
  return isWhole(found, { size, root, hashOf: hashesOf(size) }) ? size : 0n;
}

/** Puts the published checkpoint of the database into the folder, unless a newer one lies there. Throws Behind when that one is of another history. */
export function placeCheckpoint(folder: TileFolder, head: Head, logs: readonly VerifierKey[], own: OwnTree): void {
  const there = checkpointThere(folder, logs);
  if (there && contradicts(there, own)) throw new Behind('The folder of tiles', `another history of ${there.size} leaves`, own.size);
  if (head.published !== null && (there?.size ?? 0n) <= head.publishedSize) folder.writeCheckpoint(head.published);
}

function checkpointThere(folder: TileFolder, logs: readonly VerifierKey[]): Checkpoint | undefined {
  const note = folder.checkpoint();
  if (note === undefined) return undefined;
  const opened = openCheckpoint(note, logs);
  if (opened.ok) return opened.checkpoint;
  throw new Error(
    `The checkpoint in the folder of tiles is not of this log: ${opened.sentence}. The folder is of another log, or somebody changed it. Put it away and start again.`,
  );
}
