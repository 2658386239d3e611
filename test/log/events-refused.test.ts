import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { printCheckpoint } from '#evidence/checkpoint.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { printNote, signText } from '#evidence/signed-note.ts';
import { entriesPath, tileAt, tilePath } from '#evidence/tiles.ts';
import { printVerifierKey } from '#evidence/verifier-key.ts';
import { anAuthority } from '#test/support/certificates.ts';
import { useDatabase } from '#test/support/database.ts';
import type { ForwarderProcess } from '#test/support/forwarder.ts';
import { until } from '#test/support/holds.ts';
import { useLog } from './a-log.ts';
import { useEventsCommand } from './events-command.ts';
import { useTlsReceiver } from './tls-receiver.ts';
import { published } from './what-a-stranger-reads.ts';

/** Receivers that are not who they should be, and logs that are not what they were: neither gets an event to pass. */
const database = await useDatabase();
const log = await useLog(database);
const notary = await log.open();
const events = useEventsCommand(database, log);
const bank = await anAuthority(events.home, 'bank-ca');
const stranger = await anAuthority(events.home, 'stranger-ca');
const good = await useTlsReceiver(await bank.issue('localhost'));
const grow = async (leaves: number): Promise<void> => {
  await log.write(leaves);
  await log.settle(notary);
};
await grow(600);

const cursorOf = (name: string): string => join(events.home, name);
const start = (cursor: string, port: number, ...more: string[]): ForwarderProcess =>
  events.start('--to', `localhost:${port}`, '--ca', bank.ca, '--cursor', cursorOf(cursor), '--settle', '1', ...more);
const whys = (of: ForwarderProcess): string =>
  of
    .said()
    .flatMap(({ why }) => why ?? [])
    .join('\n');

const impostors = {
  'of another authority': [await stranger.issue('localhost'), {}, /self-signed|unable to (verify|get)/i],
  'of the right authority for another name': [await bank.issue('other.bank.test'), {}, /does not match certificate's altnames/],
  'that speaks TLS 1.1 at most': [
    await bank.issue('localhost'),
    { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' },
    /version|alert/i,
  ],
} as const;
for (const [which, [own, options, said]] of Object.entries(impostors))
  test(`a receiver ${which} gets not one byte, and is tried again`, async () => {
    const receiver = await useTlsReceiver(own, options);
    const forwarder = start(`${receiver.port}.json`, receiver.port);
    await until('it was tried twice', () => receiver.tries() >= 2);
    assert.match(whys(forwarder), said);
    assert.equal(receiver.bytes(), 0);
    await forwarder.kill('SIGTERM');
    assert.equal(receiver.bytes(), 0);
  });

test('a receiver that asks for a certificate lets nobody in without one', async () => {
  const strict = await useTlsReceiver(await bank.issue('localhost'), {
    requestCert: true,
    rejectUnauthorized: true,
    ca: readFileSync(bank.ca),
  });
  const nobody = start('nobody.json', strict.port);
  await until('it is refused', () => /it closed the connection|ECONNRESET|alert/.test(whys(nobody)));
  await nobody.kill('SIGTERM');
  assert.equal(strict.bytes(), 0);
  const own = await bank.issue('forwarder.bank.test');
  const known = start('known.json', strict.port, '--cert', own.cert, '--key', own.key);
  await until(`all of it: ${known.words()}`, () => new Set(strict.indexes()).size >= 600);
  await known.kill('SIGTERM');
});

/** Changes a byte of a file, lets the forwarder look, and puts it back. Answers the indexes that came. */
async function withByteChanged(path: string, at: number, cursor: string): Promise<{ words: string; came: number[] }> {
  const file = join(log.folder, path);
  const kept = readFileSync(file);
  const bent = Buffer.from(kept);
  bent[at] = (bent[at] ?? 0) ^ 1;
  writeFileSync(file, bent);
  const before = good.indexes().length;
  const forwarder = start(cursor, good.port);
  assert.equal(await forwarder.exit, 1, forwarder.words());
  writeFileSync(file, kept);
  assert.match(forwarder.said().at(-1)?.alarm ?? '', /Keep the folder as it is/);
  return { words: forwarder.words(), came: good.indexes().slice(before) };
}

test('a leaf that was changed in the published files is named and not forwarded, nor any after it', async () => {
  const size = published(log).checkpoint.size;
  const tile = tileAt(0, 1n, size);
  assert.ok(tile);
  const { words, came } = await withByteChanged(entriesPath(tile), 100, 'entry.json');
  assert.match(words, /Leaf 256 is not the one that the witnesses cosigned/);
  assert.ok(came.every((index) => index < 256));
});

test('hashes that were changed together with their leaf are found by the root that the witnesses cosigned', async () => {
  const size = published(log).checkpoint.size;
  const tile = tileAt(0, 1n, size);
  assert.ok(tile);
  const hashes = join(log.folder, tilePath(tile));
  const kept = readFileSync(hashes);
  const entries = readFileSync(join(log.folder, entriesPath(tile)));
  const first = Buffer.from(entries.subarray(2, 2 + entries.readUInt16BE(0)));
  first[98] = (first[98] ?? 0) ^ 1;
  writeFileSync(hashes, Buffer.concat([leafHash(first), kept.subarray(32)]));
  const { words, came } = await withByteChanged(entriesPath(tile), 100, 'both.json');
  writeFileSync(hashes, kept);
  assert.match(words, /do not lead from leaves 256 to 511 to the root/);
  assert.ok(came.every((index) => index < 256));
});

test('a cursor remembers the log: one that was put back is refused with an alarm, and the cursor stays', async () => {
  const old = join(events.home, 'old-checkpoint');
  copyFileSync(join(log.folder, 'checkpoint'), old);
  await grow(10);
  const seen = start('remembers.json', good.port);
  await until('the cursor', () => existsSync(cursorOf('remembers.json')));
  await seen.kill('SIGTERM');
  const cursor = readFileSync(cursorOf('remembers.json'), 'utf8');
  const current = readFileSync(join(log.folder, 'checkpoint'));
  copyFileSync(old, join(log.folder, 'checkpoint'));
  const forwarder = start('remembers.json', good.port);
  assert.equal(await forwarder.exit, 1);
  writeFileSync(join(log.folder, 'checkpoint'), current);
  assert.match(forwarder.said().at(-1)?.alarm ?? '', /it was put back/);
  assert.equal(readFileSync(cursorOf('remembers.json'), 'utf8'), cursor);
});

test('another history of the same length, signed by the key of the log, is refused: by the quorum, and by what the cursor holds', async () => {
  const { size } = published(log).checkpoint;
  const text = printCheckpoint({ origin: log.signer.verifier.name, size, root: Buffer.alloc(32, 7) });
  const forged = printNote({ text, signatures: [signText(text, log.signer)] });
  const elsewhere = join(events.home, 'forged');
  cpSync(log.folder, elsewhere, { recursive: true });
  writeFileSync(join(elsewhere, 'checkpoint'), forged);
  const unwitnessed = start('remembers.json', good.port, '--tiles', elsewhere);
  assert.equal(await unwitnessed.exit, 1);
  assert.match(unwitnessed.words(), /does not satisfy the trust policy/);
  const careless = join(events.home, 'careless.tlog');
  writeFileSync(careless, `log ${printVerifierKey(log.signer.verifier)}\nquorum none\n`);
  const forked = start('remembers.json', good.port, '--tiles', elsewhere, '--policy', careless);
  assert.equal(await forked.exit, 1);
  assert.match(forked.words(), /is not the one that was read before: the log of \d+ leaves is not the beginning/);
});

test('what it is not told rightly it says in a sentence, before anything is recorded or sent', async () => {
  const key = await bank.issue('forwarder.bank.test');
  const open = join(events.home, 'open.key');
  copyFileSync(key.key, open);
  chmodSync(open, 0o644);
  writeFileSync(cursorOf('damaged.json'), '{"next":"12"');
  const follow = ['--to', `localhost:${good.port}`, '--ca', bank.ca, '--cursor', cursorOf('usage.json')];
  const scenes: [string[], RegExp][] = [
    [['--to', 'localhost'], /--follow needs/],
    [[...follow, '--to', 'localhost'], /--to must be host:port/],
    [[...follow, '--cert', key.cert], /go together/],
    [[...follow, '--cert', key.cert, '--key', open], /chmod 600/],
    [[...follow, '--cert', bank.ca, '--key', key.key], /is not the key of the certificate/],
    [[...follow, '--ca', '/nonexistent'], /is not there/],
    [[...follow, '--ca', key.key], /no certificate/],
    [[...follow, '--cursor', cursorOf('damaged.json')], /cannot be read as a cursor/],
    [[...follow, '--settle', '0'], /--settle is/],
    [[...follow, '--enterprise-number', '1] x'], /--enterprise-number/],
    [[...follow, '--until', '3'], /no end/],
  ];
  const recorded = () => database.as('auditor').leaf.count({ where: { actor: { startsWith: 'operator:' } } });
  const before = await recorded();
  for (const [args, said] of scenes) {
    const { code, stderr } = await events.run('--follow', ...args);
    assert.match(stderr, said);
    assert.equal(code, 1, args.join(' '));
    assert.doesNotMatch(stderr, /BEGIN|at .*\.ts/);
  }
  assert.equal(await recorded(), before);
});
