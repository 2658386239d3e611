import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseEntries, printEntries } from '#evidence/entry-bundle.ts';
import { frontierOf, frontierRoot } from '#evidence/frontier.ts';
import { Malformed } from '#evidence/malformed.ts';
import { consistencyParts, inclusionParts, makeProof } from '#evidence/merkle-proof.ts';
import { completeSubtrees, leafHash } from '#evidence/merkle-tree.ts';
import { growTiles } from '#evidence/tile-growth.ts';
import { entriesPath, hashesFromTiles, parseTilePath, tileAt, tileHashes, tilePath, tilesOf } from '#evidence/tiles.ts';
import type { Tile } from '#evidence/tiles.ts';
import { naiveTree, someLeaves } from './naive-tree.ts';
import published from './vectors/tessera-log.json' with { type: 'json' };

const count = 70_000;
const hashes = someLeaves(count).map(leafHash);
const naive = naiveTree(hashes);

/** A log's folder, as a map: nothing may read what was never written. */
function aLog() {
  const files = new Map<string, Buffer>();
  let size = 0;
  const read = (tile: Tile): Buffer => {
    const bytes = files.get(tilePath(tile));
    assert.ok(bytes, `${tilePath(tile)} was read and is not there`);
    return bytes;
  };
  return {
    files,
    read,
    size: () => size,
    growTo(next: number) {
      const written = growTiles(BigInt(size), hashes.slice(size, next), read);
      for (const { tile, bytes } of written) {
        const before = files.get(tilePath(tile));
        assert.ok(!before || before.equals(bytes), `${tilePath(tile)} was written before, otherwise`);
        files.set(tilePath(tile), bytes);
      }
      size = next;
      return written;
    },
  };
}

test("paths are those of the specification's own examples, and no other path is read", () => {
  assert.equal(tilePath({ level: 0, index: 1_234_067n, width: 256 }), 'tile/0/x001/x234/067');
  assert.equal(tilePath({ level: 2, index: 0n, width: 1 }), 'tile/2/000.p/1');
  assert.equal(entriesPath({ index: 273n, width: 112 }), 'tile/entries/273.p/112');
  for (const bad of [
    'tile/0/0',
    'tile/0/0000',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/x001/x002',
    'tile/00/001',
    'tile/64/001',
    'tile/0/001.p/0',
    'tile/0/001.p/256',
    'tile/0/001.p/07',
    'tile/0/001.p/',
    'tile/0/../checkpoint',
    'tile/data/001',
    '/tile/0/001',
    'tile/0/001/',
    'tile/0/x999/x999/x999/x999/x999/x999/999',
  ])
    assert.equal(parseTilePath(bad), undefined, bad);
  const index = fc.bigInt({ min: 0n, max: (1n << 63n) - 1n });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 63 }), index, fc.integer({ min: 1, max: 256 }), (level, index, width) => {
      const tile = { level, index, width };
      assert.deepEqual(parseTilePath(tilePath(tile)), { kind: 'hashes', tile });
      assert.deepEqual(parseTilePath(entriesPath(tile)), { kind: 'entries', tile: { ...tile, level: 0 } });
    }),
    { seed: 4 },
  );
});

test('a log of 70,000 consists of the tiles that the specification counts', () => {
  const log = aLog();
  log.growTo(count);
  const names = [...log.files.keys()];
  const full = (level: number) => names.filter((name) => name.startsWith(`tile/${level}/`) && !name.includes('.p/')).length;
  assert.equal(full(0), 273);
  assert.equal(full(1), 1);
  assert.deepEqual(
    names.filter((name) => name.includes('.p/')),
    ['tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1'],
  );
  assert.equal(tileAt(0, 274n, BigInt(count)), undefined);
  assert.deepEqual(frontierRoot(frontierOf(BigInt(count), hashesFromTiles(BigInt(count), log.read))), naive.root(count));
});

test("the tiles and bundles of others' log are ours, byte for byte", () => {
  const log = published.leaves.map((leaf) => Buffer.from(leaf));
  const read = (): Buffer => assert.fail('nothing was written before');
  for (const [width, expected] of Object.entries(published.hashTiles)) {
    const [written, ...more] = growTiles(0n, log.slice(0, Number(width)).map(leafHash), read);
    assert.equal(written?.bytes.toString('hex'), expected);
    assert.equal(tilePath(written.tile), `tile/0/000.p/${width}`);
    assert.equal(more.length, 0);
  }
  for (const [width, expected] of Object.entries(published.entryBundles)) {
    assert.equal(printEntries(log.slice(0, Number(width))).toString('hex'), expected);
    assert.deepEqual(parseEntries(Buffer.from(expected, 'hex'), Number(width)), log.slice(0, Number(width)));
  }
});

test('however a log grows, its tiles give the same roots, and the proofs of every earlier size', () => {
  const step = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 700 }), fc.constantFrom(255, 256, 257, 65_536));
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), fc.nat(), (steps, seed) => {
      const log = aLog();
      for (const by of steps) {
        const from = log.size();
        log.growTo(Math.min(from + by, count));
        const size = BigInt(log.size());
        const hashOf = hashesFromTiles(size, log.read);
        assert.deepEqual(frontierRoot(frontierOf(size, hashOf)), naive.root(log.size()));
        const index = seed % log.size();
        assert.deepEqual(makeProof(inclusionParts(BigInt(index), size), hashOf), naive.inclusion(index, log.size()));
        if (from > 0) assert.deepEqual(makeProof(consistencyParts(BigInt(from), size), hashOf), naive.consistency(from, log.size()));
      }
    }),
    { seed: 4, numRuns: 25 },
  );
});

test('a proof names the few tiles that it needs before anything is read', () => {
  const log = aLog();
  log.growTo(count);
  const size = BigInt(count);
  const parts = inclusionParts(12_345n, size);
  const needed = new Set(tilesOf(parts.flat(), size).map(tilePath));
  assert.ok(needed.size <= 5, [...needed].join(' '));
  const used = new Set<string>();
  makeProof(
    parts,
    hashesFromTiles(size, (tile) => {
      used.add(tilePath(tile));
      return log.read(tile);
    }),
  );
  assert.deepEqual(used, needed);
  assert.ok(tilesOf(completeSubtrees(0n, size), size).length <= 4);
});

test('a tile or a bundle of another length is refused, and a subtree that the log does not hold', () => {
  const tile = { level: 0, index: 0n, width: 3 };
  for (const length of [0, 95, 97, 128]) assert.throws(() => tileHashes(Buffer.alloc(length), tile), Malformed);
  const read = (): Buffer => Buffer.alloc(3 * 32);
  for (const subtree of [
    { level: 0, index: 3n },
    { level: 2, index: 0n },
    { level: 8, index: 0n },
  ])
    assert.throws(() => hashesFromTiles(3n, read)(subtree), RangeError);
  const bundle = printEntries([Buffer.from('one'), Buffer.alloc(0), Buffer.alloc(65_535)]);
  assert.equal(parseEntries(bundle, 3).length, 3);
  assert.throws(() => printEntries([Buffer.alloc(65_536)]), RangeError);
  for (const bad of [bundle.subarray(0, -1), bundle.subarray(1), Buffer.concat([bundle, Buffer.of(0)]), Buffer.alloc(0)])
    assert.throws(() => parseEntries(bad, 3), Malformed);
  assert.throws(() => parseEntries(bundle, 2), Malformed);
  assert.deepEqual(parseEntries(Buffer.alloc(0), 0), []);
});
