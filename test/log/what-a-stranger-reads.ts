import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEntries } from '#evidence/entry-bundle.ts';
import { rootOf } from '#evidence/frontier.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { entriesPath, TILE_WIDTH, tileAt } from '#evidence/tiles.ts';
import type { TestLog } from './a-log.ts';

/** The checkpoint in the folder, cosigned by the quorum. Fails when it is not. */
export function published({ folder, policy }: Pick<TestLog, 'folder' | 'policy'>) {
  const judged = judgeCheckpoint(readFileSync(join(folder, 'checkpoint')), policy);
  assert.ok(judged.ok, judged.ok ? '' : judged.sentence);
  return judged;
}

/** All leaves that a stranger with the folder can read. */
export function entries({ folder }: Pick<TestLog, 'folder'>, size: bigint): Buffer[] {
  const all: Buffer[] = [];
  for (let index = 0n; index * BigInt(TILE_WIDTH) < size; index++) {
    const tile = tileAt(0, index, size);
    assert.ok(tile);
    all.push(...parseEntries(readFileSync(join(folder, entriesPath(tile))), tile.width));
  }
  return all;
}

/** The folder alone gives the signed root, and the database has each index once and the same leaves. */
export async function consistent(log: Pick<TestLog, 'folder' | 'policy' | 'db'>): Promise<void> {
  const { checkpoint } = published(log);
  const hashes = entries(log, checkpoint.size).map((entry) => leafHash(entry));
  assert.deepEqual(rootOf(hashes), checkpoint.root, 'the tree over the entries has the signed root');
  const rows = await log.db.logEntry.findMany({ orderBy: { index: 'asc' } });
  assert.deepEqual(
    rows.map(({ index }) => index),
    rows.map((_, at) => BigInt(at)),
    'no index is missing or used twice',
  );
  const inDatabase = rows.slice(0, hashes.length).map(({ hash }) => Buffer.from(hash));
  assert.deepEqual(inDatabase, hashes, 'the database has the same leaves in the same places');
}
