import { completeSubtrees, hashOfRange, nodeHash, splitPoint } from './merkle-tree.ts';
import type { HashOf, Subtree } from './merkle-tree.ts';
import { HASH_BYTES, MAX_NUMBER } from './wire-text.ts';

/**
 * Inclusion and consistency proofs: made as RFC 6962 §2.1.1 and §2.1.2 define them, verified by the algorithms of
 * RFC 9162 §2.1.3.2 and §2.1.4.2. Hashes are listed from the leaf's side to the root's child.
 *
 * A proof is made in two steps, so that a log over tiles can fetch all it needs at once: first which complete subtrees
 * each hash consists of, then the hashes themselves.
 */
export type ProofParts = readonly (readonly Subtree[])[];

/** What PATH(index, D[size]) consists of. Throws RangeError unless 0 <= index < size. */
export function inclusionParts(index: bigint, size: bigint): ProofParts {
  if (index < 0n || index >= size) throw new RangeError(`leaf ${index} is not in a log of ${size}`);
  const parts: Subtree[][] = [];
  let [start, end] = [0n, size];
  while (end - start > 1n) {
    const middle = start + splitPoint(end - start);
    parts.push(index < middle ? completeSubtrees(middle, end) : completeSubtrees(start, middle));
    if (index < middle) end = middle;
    else start = middle;
  }
  return parts.toReversed();
}

/**
 * What PROOF(oldSize, D[size]) consists of. It is empty when the sizes are equal, and when oldSize is zero, since every
 * log extends the empty one (tlog-witness asks for exactly that). Throws RangeError unless 0 <= oldSize <= size.
 */
export function consistencyParts(oldSize: bigint, size: bigint): ProofParts {
  if (oldSize < 0n || oldSize > size) throw new RangeError(`a log of ${size} never had the size ${oldSize} before`);
  if (oldSize === 0n) return [];
  const parts: Subtree[][] = [];
  let [start, end] = [0n, size];
  while (end !== oldSize) {
    const middle = start + splitPoint(end - start);
    parts.push(oldSize <= middle ? completeSubtrees(middle, end) : completeSubtrees(start, middle));
    if (oldSize <= middle) end = middle;
    else start = middle;
  }
  // From the very left on, what is left is the old tree itself, whose root the verifier holds.
  if (start > 0n) parts.push(completeSubtrees(start, end));
  return parts.toReversed();
}

export const makeProof = (parts: ProofParts, hashOf: HashOf): Buffer[] => parts.map((part) => hashOfRange(part.map(hashOf)));

const areHashes = (hashes: readonly Uint8Array[]): boolean => hashes.every((hash) => hash.length === HASH_BYTES);
const areEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Both algorithms' way up: on which side each hash of the path is joined. False when the path is too short or too long. */
function climb(
  from: bigint,
  to: bigint,
  path: readonly Uint8Array[],
  join: (sibling: Uint8Array, side: 'left' | 'right') => void,
): boolean {
  let [first, last] = [from, to];
  for (const sibling of path) {
    if (last === 0n) return false;
    const isLeft = (first & 1n) === 1n || first === last;
    join(sibling, isLeft ? 'left' : 'right');
    // A right edge may have no sibling on several levels; the path has nothing for them.
    if (isLeft) for (; (first & 1n) === 0n && first !== 0n; first >>= 1n) last >>= 1n;
    first >>= 1n;
    last >>= 1n;
  }
  return last === 0n;
}

/** Whether the leaf with this hash is at this index of the log with this size and root. Never throws. */
export function verifyInclusion(claim: {
  index: bigint;
  size: bigint;
  leafHash: Uint8Array;
  path: readonly Uint8Array[];
  root: Uint8Array;
}): boolean {
  const { index, size, leafHash, path, root } = claim;
  if (index < 0n || index >= size || size > MAX_NUMBER || !areHashes([leafHash, root, ...path])) return false;
  let hash = leafHash;
  const arrived = climb(index, size - 1n, path, (sibling, side) => {
    hash = side === 'left' ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  });
  return arrived && areEqual(hash, root);
}

/**
 * Whether the log with size and root extends the one with oldSize and oldRoot. From size zero nothing can be proven, so
 * the answer is no, also to zero. Never throws.
 */
export function verifyConsistency(claim: {
  oldSize: bigint;
  size: bigint;
  oldRoot: Uint8Array;
  root: Uint8Array;
  path: readonly Uint8Array[];
}): boolean {
  const { oldSize, size, oldRoot, root, path } = claim;
  if (oldSize <= 0n || oldSize > size || size > MAX_NUMBER || !areHashes([oldRoot, root, ...path])) return false;
  if (oldSize === size) return path.length === 0 && areEqual(oldRoot, root);
  const isComplete = (oldSize & (oldSize - 1n)) === 0n;
  const [seed, ...rest] = isComplete && path.length > 0 ? [oldRoot, ...path] : path;
  if (!seed) return false;
  let [first, last] = [oldSize - 1n, size - 1n];
  for (; (first & 1n) === 1n; first >>= 1n) last >>= 1n;
  let [oldHash, hash] = [seed, seed];
  const arrived = climb(first, last, rest, (sibling, side) => {
    // What is on the right came after the old tree.
    if (side === 'left') oldHash = nodeHash(sibling, oldHash);
    hash = side === 'left' ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  });
  return arrived && areEqual(oldHash, oldRoot) && areEqual(hash, root);
}
