import { availableParallelism, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { openTestLog } from '#test/log/a-log.ts';
import { settingsOfNotary, startLogProcess } from '#test/log/log-process.ts';
import { openTestDatabase } from '#test/support/database.ts';
import {
  gateLatency,
  insertLeaves,
  plainInserts,
  proofBytes,
  timeToCheckpoint,
  typicalLeaf,
  untilPublished,
  verifySeconds,
} from './log-measures.ts';

/**
 * What the evidence log costs, on one machine: leaves appended, signed, cosigned by two of three witnesses over HTTP and
 * published, beside PostgreSQL's own rate for the same rows in the same run. A table, not a gate.
 */
const LEAVES = 40_000;
const BATCH = 4000;
const say = (line: string): void => console.log(line);
say(
  `${availableParallelism()} cores; load before the run ${(loadavg()[0] ?? 0).toFixed(1)}. A load of its own above 1 makes every figure worse.`,
);

const quantile = (all: readonly number[], share: number): number =>
  all.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(all.length * share) - 1)] ?? Number.NaN;
const both = (all: readonly number[]): string => `${quantile(all, 0.5).toFixed(0)} / ${quantile(all, 0.95).toFixed(0)} ms`;
const table: [string, string, string][] = [];
const tell = (what: string, measured: string, goal = ''): void => {
  table.push([what, measured, goal]);
  say(`  ${what}: ${measured}`);
};

const database = await openTestDatabase();
const log = await openTestLog(database);
try {
  const superuser = database.as('superuser');
  const worker = database.as('worker');
  say(`PostgreSQL inserts ${LEAVES} rows…`);
  const plain = await plainInserts(superuser, LEAVES, BATCH);
  for (let done = 0; done < LEAVES; done += BATCH) await insertLeaves(superuser, 'leaf', typicalLeaf(), BATCH);
  say(`The notary takes ${LEAVES} leaves…`);
  const notary = await log.open();
  const began = performance.now();
  await log.settle(notary);
  const appended = LEAVES / ((performance.now() - began) / 1000);
  tell('leaves appended, witnessed and published', `${appended.toFixed(0)} /s`, '≥ 3000 /s');
  tell('PostgreSQL inserts the same rows', `${plain.toFixed(0)} /s`);
  tell('ratio', (plain / appended).toFixed(2));

  const process = startLogProcess('notary', settingsOfNotary(database, log, 3600));
  await process.ready;
  await untilPublished(log.db);
  say('100 leaves a second…');
  const times = await timeToCheckpoint(log.db, superuser, database.urlOf('worker'), 100, 10);
  tell('commit to witnessed checkpoint at 100 /s (p50 / p95)', both(times), 'p95 ≤ 200 ms');
  say('One reset at its gate…');
  const gate = await gateLatency(worker, database.urlOf('worker'), 60);
  tell('a reset waits at its gate (p50 / p95)', both(gate));
  process.kill('SIGTERM');
  await process.ended;

  say('Verifying 1,000,000 leaves…');
  const { seconds, cpu } = verifySeconds(1_000_000);
  tell('1,000,000 leaves verified (on a processor)', `${seconds.toFixed(1)} (${cpu.toFixed(1)}) s`, '≤ 20 s');
  const witnesses = log.witnesses.slice(0, 2).map(({ signer }) => signer);
  tell('proof of a leaf among 100,000, two witnesses', `${proofBytes(100_000, log.signer, witnesses)} bytes`, '≤ 1300 bytes');
} finally {
  await log.close();
  await database.close();
}

const widths = [0, 1].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
say('');
for (const [what, measured, goal] of table) say(`${what.padEnd(widths[0] ?? 0)}  ${measured.padStart(widths[1] ?? 0)}  ${goal}`);
