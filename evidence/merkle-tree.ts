import { createHash } from 'node:crypto';
import { HASH_BYTES } from './wire-text.ts';

/**
 * The Merkle tree of RFC 6962 §2.1, which RFC 9162 §2.1.1 keeps, with SHA-256. Leaves and nodes are hashed under
 * different first bytes, so that no node can be passed off as a leaf. Sizes and indexes are bigint everywhere.
 */
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** MTH({}): the root of a log without leaves. */
export const EMPTY_ROOT = createHash('sha256').digest();

export function leafHash(leaf: string | Uint8Array): Buffer {
  return createHash('sha256').update(LEAF).update(leaf).digest();
}

/** Throws RangeError when either hash is not 32 bytes long: another length would shift the border between them. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) throw new RangeError('a hash in the tree has 32 bytes');
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** A complete subtree: the 2^level leaves that begin at index * 2^level. Its hash never changes once the log holds them. */
export interface Subtree {
  readonly level: number;
  readonly index: bigint;
}

/** Gives the hash of a complete subtree that the log holds, from memory or from tiles. */
export type HashOf = (subtree: Subtree) => Uint8Array;

/**
 * The complete subtrees, left to right and so largest first, that the leaves [start, end) consist of. For the ranges
 * that RFC 6962 §2.1 speaks of: those that begin at a multiple of the next power of two of their length.
 */
export function completeSubtrees(start: bigint, end: bigint): Subtree[] {
  const found: Subtree[] = [];
  let at = start;
  for (let level = bitLength(end - start) - 1; level >= 0; level--) {
    const width = 1n << BigInt(level);
    if (((end - start) & width) === 0n) continue;
    found.push({ level, index: at / width });
    at += width;
  }
  return found;
}

/** MTH of the range that these complete subtrees make up; EMPTY_ROOT for none. */
export function hashOfRange(hashes: readonly Uint8Array[]): Buffer {
  const last = hashes.at(-1);
  if (!last) return EMPTY_ROOT;
  return Buffer.from(hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last));
}

/** k of RFC 6962 §2.1: the largest power of two smaller than size, for size > 1. */
export const splitPoint = (size: bigint): bigint => 1n << BigInt(bitLength(size - 1n) - 1);

const bitLength = (value: bigint): number => (value > 0n ? value.toString(2).length : 0);
