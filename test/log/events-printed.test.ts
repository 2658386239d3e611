import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { leafHash } from '#evidence/merkle-tree.ts';
import { entriesPath, tileAt } from '#evidence/tiles.ts';
import { ownerUrlFile } from '#ops/setup/database-roles.ts';
import { useDatabase } from '#test/support/database.ts';
import { readCef } from '#test/support/read-cef.ts';
import { readSyslog } from '#test/support/read-syslog.ts';
import { useLog } from './a-log.ts';
import { useEventsCommand } from './events-command.ts';
import { entries, published } from './what-a-stranger-reads.ts';

/** Leaves of the witnessed log as lines, by the command as its operator runs it. */
const database = await useDatabase();
const log = await useLog(database);
const notary = await log.open();
const events = useEventsCommand(database, log);
await log.write(300);
await log.settle(notary);

const size = (): number => Number(published(log).checkpoint.size);
const lines = (text: string): string[] => text.split('\n').slice(0, -1);
const params = (line: string) => readSyslog(line).data.get('countersign@32473');
const indexes = (text: string): number[] => lines(text).map((line) => Number(params(line)?.get('index')));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);
const exported = async (): Promise<unknown> => {
  const { body } = await database.as('auditor').leaf.findFirstOrThrow({
    where: { type: 'audit.read', actor: { startsWith: 'operator:' } },
    orderBy: { seq: 'desc' },
    select: { body: true },
  });
  return (JSON.parse(body) as { do: unknown }).do;
};

test('every witnessed leaf is a line, by index, and what was exported is a leaf itself', async () => {
  const before = size();
  const { code, stdout, stderr } = await events.run();
  assert.equal(code, 0, stderr);
  assert.deepEqual(indexes(stdout), range(0, before));
  const leaves = entries(log, BigInt(before)).map((leaf) => leafHash(leaf).toString('base64'));
  assert.deepEqual(
    lines(stdout).map((line) => params(line)?.get('leaf')),
    leaves,
  );
  assert.deepEqual(await exported(), { exported: { events: 'syslog', from: '0', to: String(before) } });
});

test('leaves that no quorum has cosigned are not handed out', async () => {
  await log.write(3);
  const { stdout } = await events.run('--since', '298');
  assert.deepEqual(indexes(stdout), [298, 299]);
  await log.settle(notary);
  assert.ok(indexes((await events.run('--since', '298')).stdout).length >= 5);
});

test('a range goes by index, or by the leaves own times with none left out between', async () => {
  const all = lines((await events.run()).stdout);
  const at = (index: number): string => readSyslog(all[index] ?? '').timestamp;
  assert.deepEqual(indexes((await events.run('--since', '10', '--until', '270')).stdout), range(10, 270));
  const byTime = indexes((await events.run('--since', at(40), '--until', at(60))).stdout);
  // Leaves may share a millisecond.
  const first = all.findIndex((line) => readSyslog(line).timestamp >= at(40));
  const last = all.findLastIndex((line) => readSyslog(line).timestamp < at(60));
  assert.deepEqual(byTime, range(first, last + 1));
  assert.deepEqual(indexes((await events.run('--since', '2999-01-01T00:00Z')).stdout), []);
  assert.match((await events.run('--since', 'yesterday')).stderr, /--since is an index such as 812 or a time/);
});

test('CEF goes into a file that only its owner reads and that was not there before', async () => {
  const out = join(events.home, 'events.cef');
  const { code, stdout } = await events.run('--format', 'cef', '--out', out, '--until', '20');
  assert.equal(code, 0);
  assert.match(stdout, /leaves 0 to before 20/);
  assert.equal(statSync(out).mode & 0o777, 0o600);
  assert.deepEqual(
    lines(readFileSync(out, 'utf8')).map((line) => Number(readCef(line).extension.get('externalId'))),
    range(0, 20),
  );
  assert.match((await events.run('--out', out)).stderr, /is there already/);
  assert.match((await events.run('--to', 'localhost:1')).stderr, /--to is for --follow/);
  assert.match((await events.run('--format', 'leef')).stderr, /Allowed choices are syslog, cef/);
});

test('a log that was changed ends it with the leaf named, and leaves no file that looks whole', async () => {
  const tile = tileAt(0, 1n, BigInt(size()));
  assert.ok(tile);
  const file = join(log.folder, entriesPath(tile));
  const kept = readFileSync(file);
  const bent = Buffer.from(kept);
  bent[50] = (bent[50] ?? 0) ^ 1;
  writeFileSync(file, bent);
  const out = join(events.home, 'bent.log');
  const { code, stderr } = await events.run('--out', out);
  const printed = await events.run();
  writeFileSync(file, kept);
  assert.equal(code, 1);
  assert.match(stderr, /Leaf 256 is not the one that the witnesses cosigned/);
  assert.ok(!existsSync(out));
  assert.equal(printed.code, 1);
  assert.deepEqual(indexes(printed.stdout), range(0, 256));
});

test('where it cannot be recorded, nothing is handed out', async () => {
  const file = ownerUrlFile(events.home);
  const url = readFileSync(file, 'utf8');
  rmSync(file);
  const unset = await events.run();
  writeFileSync(file, database.urlOf('auditor'), { mode: 0o600 });
  const refused = await events.run();
  rmSync(file);
  writeFileSync(file, url, { mode: 0o600 });
  for (const { code, stdout, stderr } of [unset, refused]) {
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /recorded/);
  }
});
