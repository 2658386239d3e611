import type { Checkpoint } from '#evidence/checkpoint.ts';
import { consistencyParts, makeProof, verifyConsistency } from '#evidence/merkle-proof.ts';
import type { PublishedTiles } from '../bundle/tiles.ts';

type Tree = Pick<Checkpoint, 'origin' | 'size' | 'root'>;

export const notTheBeginning = (then: bigint, now: bigint): string => `the log of ${then} leaves is not the beginning of the log of ${now}`;

/** Why the log of now is not the log of then, only longer; undefined when it is, by the proof that the tiles give. Throws what the tiles throw. */
export function whyNotGrown(tiles: PublishedTiles, then: Tree, now: Tree): string | undefined {
  if (then.origin !== now.origin) return `the log is ${now.origin}, it was ${then.origin}`;
  if (then.size > now.size) return `the log has ${now.size} leaves, it had ${then.size}: it was put back`;
  if (then.size === 0n) return undefined;
  const path = makeProof(consistencyParts(then.size, now.size), tiles.hashesOf(now.size));
  const holds = verifyConsistency({ oldSize: then.size, size: now.size, oldRoot: then.root, root: now.root, path });
  return holds ? undefined : notTheBeginning(then.size, now.size);
}
