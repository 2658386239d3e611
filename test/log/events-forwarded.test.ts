import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { leafEvent } from '#audit/leaf-event.ts';
import { anAuthority } from '#test/support/certificates.ts';
import { useDatabase } from '#test/support/database.ts';
import type { ForwarderProcess } from '#test/support/forwarder.ts';
import { until as untilSo } from '#test/support/holds.ts';
import { aRsyslog, type Understood } from '#test/support/rsyslog.ts';
import { useLog } from './a-log.ts';
import { useCuts } from './cut-line.ts';
import { useEventsCommand } from './events-command.ts';
import { entries, published } from './what-a-stranger-reads.ts';

/** A real rsyslog over TLS, each side with a certificate, and the command as a process: what of a log arrives, whatever is killed. */
const database = await useDatabase();
const log = await useLog(database);
const notary = await log.open();
const events = useEventsCommand(database, log);
const bank = await anAuthority(events.home, 'bank-ca');
const receiver = await bank.issue('localhost');
const cert = await bank.issue('forwarder.bank.test');
const peer = 'forwarder.bank.test';
const rsyslog = await aRsyslog({ folder: join(events.home, 'rsyslog'), ca: bank.ca, own: receiver, peer });
await rsyslog.start();
after(() => rsyslog.stop('SIGTERM'));
const cuts = await useCuts(rsyslog.port);

const own = ['--ca', bank.ca, '--cert', cert.cert, '--key', cert.key];
const forwarder = (cursor: string, port = rsyslog.port, ...more: string[]) =>
  events.start('--to', `localhost:${port}`, ...own, '--cursor', join(events.home, cursor), '--settle', '2', ...more);

const next = (cursor: string): bigint => BigInt((JSON.parse(readFileSync(join(events.home, cursor), 'utf8')) as { next: string }).next);
const size = (): bigint => published(log).checkpoint.size;
const grow = async (leaves: number): Promise<void> => {
  await log.write(leaves);
  await log.settle(notary);
};
const told = ({ sd }: Understood) => sd['countersign@32473'] ?? {};
/** Indexes as they came since so many messages, the first copy of each. */
const firstCopies = (since: number): number[] => [
  ...new Set(
    rsyslog
      .received()
      .slice(since)
      .map((event) => Number(told(event)['index'])),
  ),
];
const all = (): number[] => Array.from({ length: Number(size()) }, (_, at) => at);
/** A forwarder that ended early says why. */
const until = async (by: ForwarderProcess, what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
  try {
    await untilSo(what, isSo);
  } catch (error) {
    throw new Error(`never: ${what}\n${by.words()}`, { cause: error });
  }
};
const untilAll = async (by: ForwarderProcess, since: number, what: string): Promise<void> => {
  // The forwarder's own export is a leaf as well; it is published by whoever turns the notary.
  await log.settle(notary);
  await until(by, what, () => firstCopies(since).length === Number(size()));
  assert.deepEqual(firstCopies(since), all(), what);
};

test('every leaf arrives in order, with the hash of its bytes, and a restart goes on where the receiver has it', async () => {
  await grow(300);
  const first = forwarder('plain.json');
  await untilAll(first, 0, 'all of it');
  await grow(30);
  await untilAll(first, 0, 'what came meanwhile');
  const leaves = entries(log, size());
  for (const event of rsyslog.received()) {
    const bytes = leaves[Number(told(event)['index'])];
    assert.ok(bytes);
    const { hash, fields } = leafEvent('', 0n, bytes);
    assert.equal(told(event)['leaf'], hash.toString('base64'));
    assert.equal(told(event)['id'], fields.id);
    assert.equal(told(event)['log'], 'log.bank.test/evidence');
  }
  await until(first, 'its cursor is past all of it', () => next('plain.json') === size());
  await first.kill('SIGTERM');
  assert.equal(await first.exit, 0, first.words());
  const before = rsyslog.received().length;
  const second = forwarder('plain.json');
  await until(second, 'it is connected', () => second.said().some(({ msg }) => msg === 'connected'));
  await grow(5);
  await until(second, 'the last leaf', () => firstCopies(before).includes(Number(size()) - 1));
  assert.ok(
    firstCopies(before).every((index) => index >= 330),
    'nothing that was settled came again',
  );
  await second.kill('SIGTERM');
});

test('whenever the forwarder is killed, every index arrives, the first copies in order', async () => {
  const since = rsyslog.received().length;
  for (let round = 0; round < 4; round++) {
    const killed = forwarder('killed.json');
    const reached = firstCopies(since).length;
    await grow(60);
    await until(killed, 'some of it', () => firstCopies(since).length > reached);
    await killed.kill('SIGKILL');
  }
  const last = forwarder('killed.json');
  await untilAll(last, since, 'all of it');
  await last.kill('SIGTERM');
});

test('whenever the receiver is killed with what it had read and not written, every index arrives', async () => {
  const slow = await aRsyslog({ folder: join(events.home, 'slow'), ca: bank.ca, own: receiver, peer, delayMs: 30 });
  await slow.start();
  const line = await useCuts(slow.port);
  const begin = Number(size());
  const steady = forwarder('receiver.json', line.port, '--settle', '9', '--since', String(begin));
  const written = (): number => new Set(slow.received().map((event) => told(event)['index'])).size;
  for (let round = 0; round < 3; round++) {
    await until(steady, 'it is connected', () => steady.said().at(-1)?.msg === 'connected');
    const made = line.made();
    await grow(150);
    await until(steady, 'the next connection: it has read what the first one carried', () => line.made() > made);
    assert.ok(written() < Number(size()) - begin, 'and has a part of it in memory only');
    await slow.stop('SIGKILL');
    await slow.start();
  }
  await log.settle(notary);
  await until(steady, 'all of it', () => written() === Number(size()) - begin);
  assert.ok(steady.said().some(({ msg }) => msg === 'lost'));
  await steady.kill('SIGTERM');
  await slow.stop('SIGTERM');
});

test('a line that swallows what it takes and then breaks, or ends as if all were well, loses nothing', async () => {
  const since = rsyslog.received().length;
  const steady = forwarder('cut.json', cuts.port);
  await untilAll(steady, since, 'all of it');
  for (const how of ['reset', 'end'] as const) {
    const swallowed = cuts.swallowed();
    // A connection is replaced by a new one meanwhile: whichever stands takes them.
    await until(steady, 'the line took them', async () => {
      cuts.swallow();
      await grow(5);
      return cuts.swallowed() > swallowed;
    });
    if (how === 'end') await until(steady, 'it waits for the answer', () => cuts.isAwaited());
    cuts.cut(how);
    await untilAll(steady, since, `after ${how}`);
    assert.match(
      steady.said().findLast(({ msg }) => msg === 'lost')?.why ?? '',
      how === 'end' ? /close_notify/ : /it closed the connection/,
    );
  }
  await steady.kill('SIGTERM');
});

test('two forwarders never move one cursor', async () => {
  const first = forwarder('one.json');
  await until(first, 'it is connected', () => first.said().some(({ msg }) => msg === 'connected'));
  const second = forwarder('one.json');
  assert.equal(await second.exit, 1);
  assert.match(second.words(), /one\.json is in use by another process/);
  await first.kill('SIGTERM');
});

test('starting an export is a leaf: who, which format, from where and to whom', async () => {
  const { body } = await database.as('auditor').leaf.findFirstOrThrow({
    where: { type: 'audit.read', actor: { startsWith: 'operator:' } },
    orderBy: { seq: 'desc' },
    select: { body: true },
  });
  const { do: facts } = JSON.parse(body) as { do: unknown };
  assert.deepEqual(facts, { exported: { events: 'syslog', from: '0', receiver: `localhost:${rsyslog.port}` } });
});
