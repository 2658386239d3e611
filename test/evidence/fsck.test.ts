import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { printCheckpoint } from '#evidence/checkpoint.ts';
import { printEntries } from '#evidence/entry-bundle.ts';
import { frontierOf, frontierRoot } from '#evidence/frontier.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { printNote, signText } from '#evidence/signed-note.ts';
import { growTiles } from '#evidence/tile-growth.ts';
import { entriesPath, hashesFromTiles, tilePath } from '#evidence/tiles.ts';
import type { Tile } from '#evidence/tiles.ts';
import { fsckComplaint } from '#test/support/fsck.ts';
import { log, origin } from './bank-log.ts';
import { someLeaves } from './naive-tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-log-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, bytes: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

/** Publishes a log that grew in these steps, as a notary would: tiles first, the checkpoint last. */
function publish(sizes: readonly number[]): number {
  const leaves = someLeaves(sizes.at(-1) ?? 0);
  const read = (tile: Tile): Buffer => readFileSync(join(folder, tilePath(tile)));
  let from = 0;
  for (const size of sizes) {
    for (const { tile, bytes } of growTiles(BigInt(from), leaves.slice(from, size).map(leafHash), read)) {
      write(tilePath(tile), bytes);
      if (tile.level > 0) continue;
      const start = Number(tile.index) * 256;
      write(entriesPath(tile), printEntries(leaves.slice(start, start + tile.width)));
    }
    from = size;
  }
  const root = frontierRoot(frontierOf(BigInt(from), hashesFromTiles(BigInt(from), read)));
  const text = printCheckpoint({ origin, size: BigInt(from), root });
  write('checkpoint', printNote({ text, signatures: [signText(text, log)] }));
  return from;
}

const complaint = () => fsckComplaint(folder, log.verifier);

test("Tessera's fsck passes on the folder of a log that grew in steps, and finds any one byte that changes", async () => {
  assert.equal(publish([1, 5, 255, 256, 300, 603]), 603);
  assert.equal(await complaint(), undefined);
  for (const path of [
    'checkpoint',
    'tile/0/000',
    'tile/0/001',
    'tile/0/002.p/91',
    'tile/1/000.p/2',
    'tile/entries/000',
    'tile/entries/001',
    'tile/entries/002.p/91',
  ]) {
    const good = readFileSync(join(folder, path));
    for (const at of [0, good.length >> 1, good.length - 2]) {
      const bent = Buffer.from(good);
      bent[at] = (bent[at] ?? 0) ^ 4;
      write(path, bent);
      assert.match((await complaint()) ?? 'nothing', /fsck failed/, `${path}, byte ${at}`);
    }
    write(path, good);
  }
  assert.equal(await complaint(), undefined);
});
