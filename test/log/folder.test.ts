import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import type { Notary } from '#log/notary/run.ts';
import { pathsOf } from '#log/notary/standing-tiles.ts';
import { Behind } from '#log/notary/witnesses.ts';
import { root } from '#ops/paths.ts';
import { useDatabase } from '#test/support/database.ts';
import { fsckComplaint } from '#test/support/fsck.ts';
import { useLog } from './a-log.ts';
import { consistent, published } from './what-a-stranger-reads.ts';

/** The folder of tiles is lost, cut, mixed up or full. The database can make all of it again, and nothing wrong is ever published. */
const database = await useDatabase();
const log = await useLog(database);
const home = mkdtempSync('/tmp/countersign-folder-');
after(() => rmSync(home, { recursive: true, force: true }));
let notary: Notary;
await log.write(256);
beforeEach(async () => {
  notary = await log.open();
  await log.write(5);
  await log.settle(notary);
});
const stands = async (): Promise<void> => {
  await consistent(log);
  assert.equal(await fsckComplaint(log.folder, log.signer.verifier), undefined);
};
const files = (): string[] =>
  readdirSync(log.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(log.folder.length + 1));

test('the folder is deleted while the notary runs: it writes all of it again', async () => {
  rmSync(log.folder, { recursive: true });
  await log.write(300);
  for (let tries = 0; tries < 5; tries++)
    if (
      await log.settle(notary).then(
        () => true,
        () => false,
      )
    )
      break;
  await stands();
});

for (const lost of ['tile/0/000', 'tile/entries/000', 'checkpoint', 'tile']) {
  test(`${lost} is deleted while the notary is down: the start writes it again`, async () => {
    rmSync(join(log.folder, lost), { recursive: true });
    notary = await log.open();
    await log.settle(notary);
    await stands();
  });
}

test('a folder of another log is not written into', async () => {
  const other = join(home, 'other');
  await log.open({ folder: other });
  const checkpoint = readFileSync(join(other, 'checkpoint'), 'utf8');
  writeFileSync(join(other, 'checkpoint'), checkpoint.replace(/^.*\n/, 'log.elsewhere.test/x\n'));
  await assert.rejects(log.open({ folder: other }), /not of this log/);
  rmSync(join(other, 'checkpoint'));
  for (const path of pathsOf(published(log).checkpoint.size)) writeFileSync(join(other, path), Buffer.alloc(64, 1));
  await assert.rejects(log.open({ folder: other }), /other content/);
  assert.equal(existsSync(join(other, 'checkpoint')), false, 'and nothing is published there');
});

test('the right edge is bent: the start finds that it does not give the signed root', async () => {
  const { checkpoint } = published(log);
  const edge = [...pathsOf(checkpoint.size)].findLast((path) => path.startsWith('tile/0/') && path.includes('.p/'));
  assert.ok(edge);
  const good = readFileSync(join(log.folder, edge));
  const bent = Buffer.from(good);
  bent[3] = (bent[3] ?? 0) ^ 1;
  writeFileSync(join(log.folder, edge), bent);
  await assert.rejects(log.open(), /other content/);
  writeFileSync(join(log.folder, edge), good);
  notary = await log.open();
});

test('a database that is older than the folder is refused while all witnesses are away, and nothing published is taken back', async () => {
  const superuser = database.as('superuser');
  const newer = readFileSync(join(log.folder, 'checkpoint'), 'utf8');
  await superuser.$executeRaw`CREATE TABLE kept AS SELECT * FROM log_head`;
  for (const witness of log.witnesses) await witness.stop();
  try {
    await superuser.$executeRaw`UPDATE log_head SET size = 0, root = sha256(''), frontier = '', published_size = 0, published = NULL`;
    await assert.rejects(log.open(), Behind);
    assert.equal(readFileSync(join(log.folder, 'checkpoint'), 'utf8'), newer);
  } finally {
    await superuser.$executeRaw`UPDATE log_head h SET (size, root, frontier, published_size, published) =
      (SELECT size, root, frontier, published_size, published FROM kept k WHERE k.origin = h.origin)`;
    await superuser.$executeRaw`DROP TABLE kept`;
    for (const witness of log.witnesses) await witness.start();
  }
  notary = await log.open();
  await log.settle(notary);
  await stands();
});

test('partial tiles of older trees do not pile up, also when the quorum was away for long or the notary crashed', async () => {
  for (const witness of log.witnesses) await witness.stop();
  for (let round = 0; round < 4; round++) {
    await log.write(90);
    await notary.turn();
  }
  for (const witness of log.witnesses) await witness.start();
  await log.settle(notary);
  const { checkpoint } = published(log);
  assert.deepEqual(files().toSorted(), ['checkpoint', 'log.vkey', ...pathsOf(checkpoint.size)].toSorted());
  writeFileSync(join(log.folder, 'tile/0/000.0123456789ab.new'), 'a crash left this');
  const edge = [...pathsOf(checkpoint.size)].findLast((path) => path.startsWith('tile/0/') && path.includes('.p/')) ?? '';
  writeFileSync(join(log.folder, dirname(edge), '1'), 'and this, before it was removed');
  notary = await log.open();
  assert.deepEqual(files().toSorted(), ['checkpoint', 'log.vkey', ...pathsOf(published(log).checkpoint.size)].toSorted());
});

test('a disk that becomes full in the middle of a file leaves no half file, no leftover, and says so', () => {
  const target = join(home, 'full', 'tile');
  const program = `import('${join(root, 'log/durable-file.ts')}').then(({ writeDurably }) => writeDurably('${target}', Buffer.alloc(5000, 1), 0o640))
    .then(() => console.log('written'), (error) => console.log(error.code))`;
  // A limit on the size of files makes write(2) take a part first, as a full disk does, and fail only then.
  const limited = ['-c', 'ulimit -f 3; exec "$0" "$@"', process.execPath, '--disable-warning=ExperimentalWarning', '-e', program];
  const { stdout } = spawnSync('/bin/bash', limited, { encoding: 'utf8' });
  assert.equal(stdout.trim(), 'EFBIG');
  assert.equal(existsSync(target), false);
  assert.deepEqual(readdirSync(join(home, 'full')), []);
});
