import { completeSubtrees, hashOfRange, nodeHash } from './merkle-tree.ts';
import type { HashOf } from './merkle-tree.ts';
import { HASH_BYTES } from './wire-text.ts';

/**
 * The right edge of a tree that only grows: the hashes of the complete subtrees that its leaves consist of, largest
 * first, one for each bit set in the size. It is all that appending and the root (RFC 6962 §2.1) need, so a log of
 * millions appends without reading what it holds.
 */
export interface Frontier {
  size: bigint;
  readonly hashes: Buffer[];
}

export const emptyFrontier = (): Frontier => ({ size: 0n, hashes: [] });

/** The frontier of a log of this size, read from what it keeps. */
export function frontierOf(size: bigint, hashOf: HashOf): Frontier {
  return { size, hashes: completeSubtrees(0n, size).map((subtree) => Buffer.from(hashOf(subtree))) };
}

/** Appends one leaf; amortised one node hash. Throws RangeError when the hash is not 32 bytes long. */
export function appendLeaf(frontier: Frontier, leafHash: Uint8Array): void {
  if (leafHash.length !== HASH_BYTES) throw new RangeError('a leaf hash has 32 bytes');
  let hash: Buffer = Buffer.from(leafHash);
  for (let rest = frontier.size; (rest & 1n) === 1n; rest >>= 1n) {
    const left = frontier.hashes.pop();
    if (!left) throw new RangeError('the frontier does not fit its size');
    hash = nodeHash(left, hash);
  }
  frontier.hashes.push(hash);
  frontier.size += 1n;
}

/** MTH(D[0:size]). */
export const frontierRoot = (frontier: Frontier): Buffer => hashOfRange(frontier.hashes);

/** MTH of a list of leaf hashes. Throws RangeError when one is not 32 bytes long. */
export function rootOf(leafHashes: readonly Uint8Array[]): Buffer {
  const frontier = emptyFrontier();
  for (const hash of leafHashes) appendLeaf(frontier, hash);
  return frontierRoot(frontier);
}
