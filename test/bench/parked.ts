import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { asAdministrator } from '#test/support/directory.ts';
import { hire, type Hired } from '#test/support/hired.ts';
import { cast } from '#test/support/people.ts';
import { claimant, decide, freshPassword, signedIn, type Claimant } from '#test/support/scenes.ts';
import { useStack, type PartName } from '#test/support/stack.ts';
import { server } from '#test/support/temporal.ts';
import type { World } from '#test/support/world.ts';
import { UPDATES, type Reply } from '#workflows/messages.ts';
import { historyKeysFile } from '#ops/setup/history-keys.ts';
import { makeAccounts } from './accounts.ts';
import { cpuOf, cpuPerUnit } from './cpu.ts';
import { startFloor } from './floor.ts';
import { waitedInQueues } from './histories.ts';
import { ourReset } from './our-reset.ts';
import { park, standInForVerifier } from './park.ts';
import { measure, noSamples, quantile, STEPS, type Samples, type Watch } from './samples.ts';

/**
 * What many resets that wait for approval cost a new standard reset, the worker's memory and a decision. The many are
 * parked by a stand-in for the verifier, on the product's own worker, queues and workflow code; everything that is timed
 * goes through the real parts, by HTTP. A table, not a gate.
 */
const WANTED = Number(process.env['COUNTERSIGN_PARKED'] ?? 20_000);
const PARK_SECONDS = Number(process.env['COUNTERSIGN_PARK_SECONDS'] ?? 7200);
/** How long to wait, once they are parked, until the machine does nothing else. */
const QUIET_SECONDS = Number(process.env['COUNTERSIGN_QUIET_SECONDS'] ?? 0);
const QUIET_LOAD = 0.8;
const IDLE_MS = 10_000;
const RESETS = 20;
const DECISIONS = 15;
/** Enough that the last of them is still to come when the resets beside are timed. */
const HIRED = 120;
const WOKEN = 1000;
/** One hand may decide thirty times a minute. */
const BETWEEN_DECISIONS_MS = 2300;

const stack = await useStack();
const people = await cast(stack.state);
const temporal = await server(stack.run);
const { client } = temporal;
const directory = asAdministrator(stack.state);
const world: World = { stack, people, temporal, directory, resetId };
const began = Date.now();
const say = (line: string): void =>
  console.log(`${((Date.now() - began) / 60_000).toFixed(1)} min, load ${(loadavg()[0] ?? 0).toFixed(1)}: ${line}`);

async function resetId(reference: string): Promise<string> {
  const [row] = await people.sql<{ id: string }>('SELECT id FROM reset WHERE reference = $1', [reference]);
  return row?.id ?? '';
}

/** Memory of a part in MB, as Linux counts it (VmRSS, proc(5)). */
async function memory(part: PartName): Promise<number> {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${await stack.pid(part)}/status`, 'utf8'))?.[1];
  return Math.round(Number(kb) / 1024);
}

interface Line {
  what: string;
  n: number;
  p50: number;
  p95: number;
  workerMb: number;
  temporalMb: number;
  load: number;
}
const lines: Line[] = [];
async function note(what: string, samples: Samples, name: string): Promise<void> {
  const line: Line = {
    what,
    n: samples.times.get(name)?.length ?? 0,
    p50: Math.round(quantile(samples, name, 0.5)),
    p95: Math.round(quantile(samples, name, 0.95)),
    workerMb: await memory('worker'),
    temporalMb: await memory('temporal'),
    load: loadavg()[0] ?? 0,
  };
  lines.push(line);
  say(`${what}: ${line.n} times, p50 ${line.p50} ms, p95 ${line.p95} ms; worker ${line.workerMb} MB, Temporal ${line.temporalMb} MB`);
}

say(`${availableParallelism()} cores. A load that is not this run's own makes every figure worse.`);
const PARTS: PartName[] = ['postgres', 'temporal', 'directory', 'verifier', 'writer-staff', 'worker', 'api'];
const floor = await startFloor(client, stack.run.temporal, historyKeysFile(stack.state, 'api'));
const accounts = await makeAccounts(stack.state, people, { accounts: 50, resetsEach: 3 });
const { hired, dismiss } = await hire(world, 'Privileged', HIRED);

async function standard(what: string, count: number = RESETS): Promise<void> {
  // The site's own limit is for strangers.
  await people.sql('DELETE FROM rate_limit');
  const [samples, floors] = [noSamples(), noSamples()];
  const timed = async (watch: Watch, work: () => Promise<string>) => {
    const from = performance.now();
    const id = await work();
    watch.set('whole', performance.now() - from);
    watch.set('queued', await waitedInQueues(client, id));
  };
  const single = { count: 1, together: 1, seconds: 60 };
  const [pids, scans] = [await pidsOfParts(), await rowsScanned()];
  const cpu = cpuOf(pids);
  // In turns, so that whatever else goes on falls on both: what a queue of ours adds is in the one and not in the other.
  for (const until = Date.now() + 180_000; samples.units < count && Date.now() < until;) {
    await measure(floors, (watch) => timed(watch, () => floor.reset(watch)), single);
    await measure(samples, (watch) => timed(watch, () => ourReset({ run: stack.run, people, client, accounts }, watch)), single);
  }
  const [used, read] = [cpuPerUnit(cpu, cpuOf(pids), samples.units), await rowsScanned()];
  await note(what, samples, 'whole');
  const steps = [...samples.times.keys()].map((step) => `${step} ${Math.round(quantile(samples, step, 0.5))}`);
  say(`  by step, p50 in ms: ${steps.join(', ')}`);
  say(`  CPU in ms a reset and an empty one: ${inWords(Object.entries(used))}`);
  const scanned = [...read].map(([table, rows]) => [table, Math.round((rows - (scans.get(table) ?? 0)) / samples.units)] as const);
  say(`  rows read of tables, a reset: ${inWords(scanned.filter(([, rows]) => rows > 100))}`);
  const empties = STEPS.map((step) => [step, quantile(floors, step, 0.5)] as const);
  say(`  the same steps empty, in turns with them on the same Temporal: ${inWords(empties)}`);
  const [ours, theirs] = [samples, floors].map((of) => [0.5, 0.95].map((share) => quantile(of, 'whole', share)));
  say(`  whole, p50 and p95: empty ${theirs?.map(Math.round).join(' and ')} ms; ours over empty ${ratio(ours, theirs)}`);
  const queued = [samples, floors].map(
    (of) => `${Math.round(quantile(of, 'queued', 0.5))} and ${Math.round(quantile(of, 'queued', 0.95))}`,
  );
  say(`  of it waited for a worker, all tasks together, p50 and p95: ours ${queued[0]} ms, empty ${queued[1]} ms`);
}

/** What the parts use while nobody asks anything of them. */
async function idle(): Promise<void> {
  const [pids, from] = [await pidsOfParts(), Date.now()];
  const cpu = cpuOf(pids);
  await setTimeout(IDLE_MS);
  say(`idle, CPU in ms a second: ${inWords(Object.entries(cpuPerUnit(cpu, cpuOf(pids), (Date.now() - from) / 1000)))}`);
}

const ratio = (over: readonly number[] = [], under: readonly number[] = []): string =>
  over.map((ms, index) => (ms / (under[index] ?? Number.NaN)).toFixed(2)).join(' and ');

const inWords = (figures: readonly (readonly [string, number])[]): string =>
  figures.map(([name, figure]) => `${name} ${Math.round(figure)}`).join(', ');

const pidsOfParts = async (): Promise<Record<string, number>> =>
  Object.fromEntries(await Promise.all(PARTS.map(async (part) => [part, (await stack.pid(part)) ?? 0] as const)));

/** Rows that PostgreSQL read of each table, so far (pg_stat_user_tables). */
async function rowsScanned(): Promise<Map<string, number>> {
  await people.sql('SELECT pg_stat_clear_snapshot()');
  const rows = await people.sql<{ table: string; rows: number }>(
    'SELECT relname AS table, (seq_tup_read + coalesce(idx_tup_fetch, 0))::float8 AS rows FROM pg_stat_user_tables',
  );
  return new Map(rows.map((row) => [row.table, row.rows]));
}

async function parkReally(person: Hired): Promise<Claimant> {
  const who = claimant(stack.run);
  for (const answer of [await who.name(person.account), await who.prove(person.recoveryCode()), await who.factor(person.code())])
    if (answer.status >= 300) throw new Error(answer.text);
  return who;
}

async function decisions(what: string, waiting: Claimant[]): Promise<void> {
  const [manager, officer] = [await signedIn(stack.run, people, 'ines.duarte'), await signedIn(stack.run, people, 'quentin.roux')];
  const samples = noSamples();
  const approve = async (http: typeof manager, account: string, who: Claimant, stage: number) => {
    const [row] = await people.sql<{ id: string }>('SELECT id::text FROM approval WHERE reset_id = $1::uuid AND stage = $2', [
      await resetId(who.reference),
      stage,
    ]);
    const answer = await decide(http, people, account, row?.id ?? '', 'approve');
    if (answer.status !== 200) throw new Error(answer.text);
  };
  await measure(
    samples,
    async ({ lap, set }) => {
      const who = waiting.pop();
      if (!who) throw new Error('nobody waits');
      await approve(manager, 'ines.duarte', who, 0);
      await setTimeout(BETWEEN_DECISIONS_MS);
      lap('manager');
      const from = performance.now();
      await approve(officer, 'quentin.roux', who, 1);
      await who.until('choosing-password', 'refused');
      lap('decided');
      await who.choose(freshPassword());
      const { state } = await who.until('done', 'refused');
      if (state !== 'done') throw new Error(`the reset ended as ${state}`);
      set('written', performance.now() - from);
      who.close();
    },
    { count: Math.min(DECISIONS, waiting.length), together: 1, seconds: 240 },
  );
  await note(`${what}: the last decision, from the click to the next step`, samples, 'decided');
  await note(`${what}: from that click through choosing to written and bound`, samples, 'written');
  const inbox = noSamples();
  const look = async ({ lap }: { lap: (name: string) => void }) => {
    await officer.get('/api/v1/approvals?state=waiting');
    lap('get');
  };
  await measure(inbox, look, { count: 20, together: 1, seconds: 30 });
  await note(`${what}: an approver's inbox`, inbox, 'get');
}

let failed = false;
try {
  await standard('warming up', 5);
  await idle();
  await standard('a standard reset with nothing parked');
  await stack.kill('verifier', 'SIGTERM');
  const standIn = await standInForVerifier(stack.run.temporal, temporal, people);
  const creating = Date.now();
  const pids = { ...(await pidsOfParts()), 'stand-in': process.pid };
  const cpu = cpuOf(pids);
  const parked = await park(temporal, people, {
    count: WANTED,
    until: creating + PARK_SECONDS * 1000,
    say: (count) => void memory('worker').then((mb) => say(`${count} parked; worker ${mb} MB`)),
  });
  say(`CPU in ms for each parked reset: ${inWords(Object.entries(cpuPerUnit(cpu, cpuOf(pids), parked.length)))}`);
  await standIn.stop();
  // Of what the stand-in left, the verifier knows nothing and could tell nobody.
  await people.sql('UPDATE telling SET done_at = now() WHERE done_at IS NULL');
  await stack.restart('verifier');
  say(`${parked.length} of ${WANTED} parked, ${((parked.length * 1000) / (Date.now() - creating)).toFixed(1)} a second`);
  const quietBy = Date.now() + QUIET_SECONDS * 1000;
  while ((loadavg()[0] ?? 0) > QUIET_LOAD && Date.now() < quietBy) await setTimeout(5000);
  await idle();
  await standard(`with ${parked.length} parked`);

  const waiting: Claimant[] = [];
  const coming = hired.slice();
  // First as fast as two hands can, which fills both cores; then more than a bank ever sees in a minute, which does not.
  for (const pace of [
    { words: 'two at a time without a pause', hands: 2, pause: 0 },
    { words: 'one every three seconds', hands: 1, pause: 3000 },
  ]) {
    const enough = new AbortController();
    const creation = Array.from({ length: pace.hands }, async () => {
      for (let person = coming.pop(); person && !enough.signal.aborted; person = coming.pop()) {
        waiting.push(await parkReally(person));
        await setTimeout(pace.pause);
      }
    });
    await standard(`while protected resets are being parked, ${pace.words}`);
    enough.abort();
    say(`${waiting.length} more were parked by now, and ${coming.length} could have been`);
    await Promise.all(creation);
  }
  await decisions(`with ${parked.length} parked`, waiting);

  const lengths = async () =>
    Promise.all(parked.slice(0, 100).map(async (id) => (await client.workflow.getHandle(`reset/${id}`).describe()).historyLength));
  const before = await lengths();
  await stack.kill('worker', 'SIGKILL');
  const from = Date.now();
  await stack.restart('worker');
  say(`the worker was killed and serves again after ${Date.now() - from} ms`);
  await standard('after the restart of the worker');
  const after = await lengths();
  say(`${after.filter((length, index) => length !== before[index]).length} of ${after.length} parked histories grew by the restart`);

  const wake = noSamples();
  const asleep = [...parked];
  const cancel = async ({ lap }: { lap: (name: string) => void }) => {
    await client.workflow.getHandle(`reset/${asleep.pop()}`).executeUpdate<Reply, []>(UPDATES.cancel);
    lap('answered');
  };
  await measure(wake, cancel, { count: 20, together: 1, seconds: 60 });
  await note('a parked reset that was evicted, from a message to its answer', wake, 'answered');

  const woken = asleep.slice(0, WOKEN);
  const signalled = Date.now();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let id = woken.pop(); id; id = woken.pop()) await client.workflow.getHandle(`reset/${id}`).signal('nudge');
    }),
  );
  say(`${Math.min(WOKEN, asleep.length)} parked resets were woken within ${Date.now() - signalled} ms, as by timers that fell due at once`);
  await standard('while they are replayed', 10);
  while ((await temporal.backlog('reset')) > 0) await setTimeout(200);
  say(`all of them were through ${Date.now() - signalled} ms after the first`);
  const [{ n } = { n: 0 }] = await people.sql<{ n: number }>(`SELECT count(*)::int AS n FROM reset WHERE state = 'awaiting-approval'`);
  say(
    `${n} wait for approval at the end; Temporal counts ${(await client.workflow.count("WorkflowType = 'passwordReset' AND ExecutionStatus = 'Running'")).count}`,
  );
} catch (error) {
  failed = true;
  console.error(error);
} finally {
  const file = join(dirname(stack.state), 'parked.json');
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  say(`Every figure as JSON, one measurement a line: ${file}`);
  await floor.stop();
  await dismiss().catch(() => {});
  await directory.close();
  await temporal.close();
  await people.close();
}
process.exit(failed ? 1 : 0);
