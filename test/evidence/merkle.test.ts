import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { appendLeaf, emptyFrontier, frontierOf, frontierRoot, rootOf } from '#evidence/frontier.ts';
import { consistencyParts, inclusionParts, makeProof, verifyConsistency, verifyInclusion } from '#evidence/merkle-proof.ts';
import { EMPTY_ROOT, leafHash, nodeHash } from '#evidence/merkle-tree.ts';
import type { HashOf } from '#evidence/merkle-tree.ts';
import { naiveLeafHash, naiveTree, someLeaves } from './naive-tree.ts';
import published from './vectors/rfc6962-tree.json' with { type: 'json' };

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const leaves = someLeaves(600);
const hashes = leaves.map(leafHash);
const naive = naiveTree(leaves.map(naiveLeafHash));
const hashOf: HashOf = ({ level, index }) => naive.range(Number(index) * 2 ** level, (Number(index) + 1) * 2 ** level);
const inclusion = (index: number, size: number): Buffer[] => makeProof(inclusionParts(BigInt(index), BigInt(size)), hashOf);
const consistency = (oldSize: number, size: number): Buffer[] => makeProof(consistencyParts(BigInt(oldSize), BigInt(size)), hashOf);

test('the eight leaves that everybody knows give the roots, the subtrees and the frontiers that everybody knows', () => {
  const frontier = emptyFrontier();
  assert.equal(frontierRoot(frontier).toString('hex'), published.roots[0]);
  for (const [at, leaf] of published.leaves.entries()) {
    appendLeaf(frontier, leafHash(hex(leaf)));
    assert.equal(frontierRoot(frontier).toString('hex'), published.roots[at + 1]);
    assert.deepEqual(
      frontierOf(BigInt(at + 1), ({ level, index }) => hex(published.levels[level]?.[Number(index)] ?? '')),
      frontier,
    );
  }
});

test('published proofs are made and verified', () => {
  const known: HashOf = ({ level, index }) => hex(published.levels[level]?.[Number(index)] ?? '');
  const root = (size: number): Buffer => hex(published.roots[size] ?? '');
  for (const { index, size, path } of published.inclusion) {
    const made = makeProof(inclusionParts(BigInt(index), BigInt(size)), known);
    assert.deepEqual(made, path.map(hex));
    const leaf = leafHash(hex(published.leaves[index] ?? ''));
    assert.ok(verifyInclusion({ index: BigInt(index), size: BigInt(size), leafHash: leaf, path: made, root: root(size) }));
  }
  for (const { oldSize, size, path } of published.consistency) {
    const made = makeProof(consistencyParts(BigInt(oldSize), BigInt(size)), known);
    assert.deepEqual(made, path.map(hex));
    assert.ok(verifyConsistency({ oldSize: BigInt(oldSize), size: BigInt(size), oldRoot: root(oldSize), root: root(size), path: made }));
  }
});

test('for every size up to 600, root and frontier are those of the naive tree', () => {
  const frontier = emptyFrontier();
  for (let size = 0; size <= leaves.length; size++) {
    assert.deepEqual(frontierRoot(frontier), naive.root(size));
    assert.deepEqual(frontierOf(BigInt(size), hashOf), frontier);
    const next = hashes[size];
    if (next) appendLeaf(frontier, next);
  }
  assert.deepEqual(rootOf(hashes), naive.root(600));
  assert.deepEqual(rootOf([]), EMPTY_ROOT);
});

test('for every size up to 600, proofs are those of the naive tree and hold', () => {
  for (let size = 1; size <= leaves.length; size++) {
    const root = naive.root(size);
    // Every leaf of small trees; of the others the edges and a walk through the middle.
    const step = size <= 70 ? 1 : 37;
    for (let index = 0; index < size; index = index === size - 1 ? size : Math.min(index + step, size - 1)) {
      const path = inclusion(index, size);
      assert.deepEqual(path, naive.inclusion(index, size));
      const leaf = hashes[index] ?? EMPTY_ROOT;
      assert.ok(verifyInclusion({ index: BigInt(index), size: BigInt(size), leafHash: leaf, path, root }), `${index} of ${size}`);
    }
    for (let oldSize = 1; oldSize <= size; oldSize = oldSize === size ? size + 1 : Math.min(oldSize + step, size)) {
      const path = consistency(oldSize, size);
      assert.deepEqual(path, naive.consistency(oldSize, size));
      const oldRoot = naive.root(oldSize);
      assert.ok(verifyConsistency({ oldSize: BigInt(oldSize), size: BigInt(size), oldRoot, root, path }), `${oldSize} to ${size}`);
    }
  }
});

/** All ways to bend a list of hashes a little: each bit, each hash left out, doubled or swapped, and foreign ones at the ends. */
function bent(path: readonly Buffer[]): Buffer[][] {
  const flips = path.flatMap((hash, at) =>
    Array.from({ length: hash.length * 8 }, (_, bit) => {
      const other = Buffer.from(hash);
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return path.with(at, other);
    }),
  );
  const shapes = path.flatMap((hash, at) => [
    path.toSpliced(at, 1),
    path.toSpliced(at, 0, hash),
    path.with(at, hash.subarray(1)),
    path.with(at, Buffer.concat([hash, Buffer.of(0)])),
  ]);
  const ends = [EMPTY_ROOT, Buffer.alloc(0), ...path].flatMap((hash) => [
    [hash, ...path],
    [...path, hash],
  ]);
  const swaps = path.slice(1).map((hash, at) => path.with(at, hash).with(at + 1, path[at] ?? hash));
  return [...flips, ...shapes, ...ends, ...swaps];
}

test('an inclusion proof with any bit flipped, any hash gone, doubled, swapped or added, or of another leaf, size or root fails', () => {
  for (const [index, size] of [
    [0, 1],
    [0, 2],
    [2, 3],
    [5, 7],
    [6, 7],
    [0, 8],
    [100, 333],
    [332, 333],
  ] as const) {
    const path = inclusion(index, size);
    const good = { index: BigInt(index), size: BigInt(size), leafHash: hashes[index] ?? EMPTY_ROOT, path, root: naive.root(size) };
    assert.ok(verifyInclusion(good));
    for (const other of bent(path)) assert.ok(!verifyInclusion({ ...good, path: other }));
    for (const [root] of bent([good.root])) assert.ok(!verifyInclusion({ ...good, root: root ?? EMPTY_ROOT }) || root?.equals(good.root));
    for (const delta of [-1n, 1n, 1n << 32n, 1n << 64n, -(1n << 64n)]) assert.ok(!verifyInclusion({ ...good, index: good.index + delta }));
    assert.ok(!verifyInclusion({ ...good, index: 0n, size: 0n }));
    assert.ok(!verifyInclusion({ ...good, size: good.size * 2n }));
    assert.ok(!verifyInclusion({ ...good, leafHash: hashes[599] ?? EMPTY_ROOT }));
  }
});

test('a node shown as a leaf fails: a shorter path to it proves nothing', () => {
  const node = naive.range(0, 2);
  assert.ok(
    !verifyInclusion({
      index: 0n,
      size: 4n,
      leafHash: leafHash(Buffer.concat(hashes.slice(0, 2))),
      path: [naive.range(2, 4)],
      root: naive.root(4),
    }),
  );
  assert.ok(!verifyInclusion({ index: 0n, size: 4n, leafHash: node, path: [naive.range(2, 4)], root: naive.root(4) }));
});

test('a consistency proof with any bit flipped, any hash gone, doubled, swapped or added, or of other sizes or roots fails', () => {
  for (const [oldSize, size] of [
    [1, 2],
    [2, 3],
    [3, 7],
    [4, 8],
    [6, 7],
    [128, 333],
    [255, 256],
    [200, 333],
  ] as const) {
    const path = consistency(oldSize, size);
    const good = { oldSize: BigInt(oldSize), size: BigInt(size), oldRoot: naive.root(oldSize), root: naive.root(size), path };
    assert.ok(verifyConsistency(good));
    for (const other of bent(path)) assert.ok(!verifyConsistency({ ...good, path: other }));
    assert.ok(!verifyConsistency({ ...good, path: [] }));
    assert.ok(!verifyConsistency({ ...good, path: [good.oldRoot, ...path] }));
    assert.ok(!verifyConsistency({ ...good, oldRoot: good.root, root: good.oldRoot }));
    assert.ok(!verifyConsistency({ ...good, root: naive.root(size - 1) }));
    for (const other of [0n, -1n, good.size + 1n]) assert.ok(!verifyConsistency({ ...good, oldSize: other }));
  }
});

test('equal sizes need equal roots and no proof; from size zero nothing is proven', () => {
  const root = naive.root(5);
  assert.ok(verifyConsistency({ oldSize: 5n, size: 5n, oldRoot: root, root, path: [] }));
  assert.ok(!verifyConsistency({ oldSize: 5n, size: 5n, oldRoot: root, root, path: [root] }));
  assert.ok(!verifyConsistency({ oldSize: 5n, size: 5n, oldRoot: root, root: naive.root(6), path: [] }));
  assert.ok(!verifyConsistency({ oldSize: 0n, size: 0n, oldRoot: EMPTY_ROOT, root: EMPTY_ROOT, path: [] }));
  assert.ok(!verifyConsistency({ oldSize: 0n, size: 5n, oldRoot: EMPTY_ROOT, root, path: [] }));
  assert.deepEqual(consistency(0, 5), []);
});

test('verifying never throws and never accepts what is made up', () => {
  const hash = fc.uint8Array({ minLength: 30, maxLength: 34 });
  const number = fc.oneof(fc.bigInt({ min: -5n, max: 700n }), fc.bigInt({ min: -(1n << 70n), max: 1n << 70n }));
  fc.assert(
    fc.property(number, number, hash, hash, fc.array(hash, { maxLength: 70 }), (a, b, one, two, path) => {
      assert.equal(
        verifyInclusion({ index: a, size: b, leafHash: one, root: two, path }),
        path.length === 0 && a === 0n && b === 1n && Buffer.from(one).equals(two) && one.length === 32,
      );
      assert.ok(!verifyConsistency({ oldSize: a, size: b, oldRoot: one, root: two, path }) || (a === b && Buffer.from(one).equals(two)));
    }),
    { seed: 4, numRuns: 2_000 },
  );
});

test('what can not be is refused when making: leaves outside, sizes that shrink, hashes of a wrong length', () => {
  for (const [index, size] of [
    [-1n, 5n],
    [5n, 5n],
    [0n, 0n],
  ] as const)
    assert.throws(() => inclusionParts(index, size), RangeError);
  assert.throws(() => consistencyParts(6n, 5n), RangeError);
  assert.throws(() => consistencyParts(-1n, 5n), RangeError);
  assert.throws(() => nodeHash(Buffer.alloc(31), Buffer.alloc(33)), RangeError);
  assert.throws(() => appendLeaf(emptyFrontier(), Buffer.alloc(31)), RangeError);
});

test('a frontier read at any size goes on as one that was there from the beginning', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 600 }), (a, b) => {
      const [from, to] = a < b ? [a, b] : [b, a];
      const frontier = frontierOf(BigInt(from), hashOf);
      for (const hash of hashes.slice(from, to)) appendLeaf(frontier, hash);
      assert.deepEqual(frontierRoot(frontier), naive.root(to));
    }),
    { seed: 4, numRuns: 60 },
  );
});
