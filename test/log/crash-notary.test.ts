import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appendLeaf } from '#prisma/leaves.ts';
import { amount } from '#test/support/campaign.ts';
import { useDatabase } from '#test/support/database.ts';
import { useLog } from './a-log.ts';
import { settingsOfNotary, startLogProcess, type Fault, type LogProcess } from './log-process.ts';
import { acknowledged, stillStands } from './what-was-acknowledged.ts';

/**
 * The notary as a real process, whose n-th system call of a kind fails with EIO or is its last: from its start over
 * sequencing, signing, cosigning and writing tiles to publishing. The campaign walks over every n until none is hit.
 */
const database = await useDatabase();
const log = await useLog(database);
const worker = database.as('worker');
const settings = settingsOfNotary(database, log, 3600);
await log.settle(await log.open());
// So that the first round fills a tile.
await log.write(245);

/** Leaves in three transactions, one of them with an intent, as resets write them. */
async function writeSome(): Promise<void> {
  await log.write(2);
  await worker.$transaction((tx) => appendLeaf(tx, { type: 'intent', outcome: 'started', do: { ordinal: 1 } }, 'test'));
}

async function untilPublished(notary: LogProcess): Promise<void> {
  const over = notary.ended.then(() => true);
  for (const deadline = Date.now() + 30_000; !(await Promise.race([over, nap()]));) {
    assert.ok(Date.now() < deadline, `it does not go on: ${notary.said()}`);
    const [head] = await log.db.$queryRaw<{ size: bigint }[]>`SELECT published_size AS size FROM log_head`;
    if ((head?.size ?? 0n) >= BigInt(await log.db.leaf.count())) return;
  }
}

const nap = () => new Promise<false>((resolve) => setTimeout(() => resolve(false), 10));

/** One life of the notary with this fault. Answers whether it was hit. */
async function live(fault: Fault): Promise<boolean> {
  const known = await acknowledged(log);
  const notary = startLogProcess('notary', settings, fault);
  await notary.ready;
  await writeSome();
  await untilPublished(notary);
  await writeSome();
  await untilPublished(notary);
  known.push(...(await acknowledged(log)));
  notary.kill('SIGTERM');
  const code = await notary.ended;
  known.push(...(await acknowledged(log)));
  const wasHit = notary.hit();
  if (!wasHit) assert.equal(code, 0, notary.said());
  await log.settle(await log.open());
  await stillStands(log, known);
  return wasHit;
}

const WALKS: readonly { fault: Omit<Fault, 'when'>; some: readonly number[] }[] = [
  { fault: { call: 'fsync', how: 'signal=KILL' }, some: [2, 16, 20] },
  { fault: { call: 'fsync', how: 'error=EIO' }, some: [4, 14] },
  { fault: { call: 'rename', how: 'signal=KILL' }, some: [5] },
  { fault: { call: 'rename', how: 'error=EIO' }, some: [6] },
  { fault: { call: 'write', how: 'signal=KILL' }, some: [28] },
  { fault: { call: 'write', how: 'error=ENOSPC' }, some: [] },
  { fault: { call: 'openat', how: 'error=EIO' }, some: [] },
];
/** Files are opened by the hundred before the log is: Node's loader is not what is tried. This many before it says that it is ready are ours. */
const BEFORE_READY = 40;

/** With which call a walk begins: the first of all, or of files those that are opened when the modules are there. */
async function firstOf(fault: Omit<Fault, 'when'>): Promise<number> {
  if (fault.call !== 'openat') return 1;
  const notary = startLogProcess('notary', settings, { ...fault, when: 65_000 });
  await notary.ready;
  const calls = notary.calls();
  notary.kill('SIGTERM');
  await notary.ended;
  assert.ok(calls > BEFORE_READY, 'the modules were loaded');
  return calls - BEFORE_READY;
}

const LIVES_WITHOUT = 3;

for (const { fault, some } of WALKS.filter(({ some }) => amount(some.length > 0, true))) {
  test(`the log stands when the notary's ${fault.call} ends in ${fault.how.split('=')[1]}, whichever it is`, async () => {
    for (const when of some) assert.ok(await live({ ...fault, when }), `the fault of ${fault.call} ${when} happened`);
    if (amount(true, false)) return;
    // A life is not the same each time: the walk is over when several in a row were not hit.
    for (let when = await firstOf(fault), without = 0; without < LIVES_WITHOUT; when++)
      without = (await live({ ...fault, when })) ? 0 : without + 1;
  });
}
