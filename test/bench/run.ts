import { rmSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { historyKeysFile } from '#ops/setup/history-keys.ts';
import { cast } from '#test/support/people.ts';
import { askedFor, countStatements } from '#test/support/statements.ts';
import { useStack, type PartName } from '#test/support/stack.ts';
import { server } from '#test/support/temporal.ts';
import { makeAccounts } from './accounts.ts';
import { cpuOf, cpuPerUnit } from './cpu.ts';
import { directoryOperations } from './directory-operations.ts';
import { startFloor } from './floor.ts';
import { historyOf } from './histories.ts';
import { ourReset } from './our-reset.ts';
import { differences, printAsked, printReport, writeLines, type Cell, type Measured } from './report.ts';
import { measure, noSamples, type Watch } from './samples.ts';

/**
 * What a standard reset costs beside the least that it could cost: the same steps as no-ops on the same Temporal, the
 * bare directory operations and the key derivation, in one run on one stack. Rounds are interleaved, so that what else
 * the machine does falls on all of them. Nothing here passes or fails by a time; only a floor of another shape fails.
 */
const ROUNDS = 2;
const TOGETHER = [1, 8] as const;
/** Units a round at 1 and at 8 at a time, and the seconds after which a round ends with fewer. */
const UNITS: Record<Measured, readonly [number, number]> = { floor: [30, 80], directory: [20, 48], kdf: [20, 64], ours: [20, 56] };
const SECONDS: Record<Measured, number> = { floor: 6, directory: 4, kdf: 3, ours: 9 };
const WARM_UP = 8;
/** Resets whose questions to the database are counted. */
const COUNTED = 3;
const RESETS = ROUNDS * (UNITS.ours[0] + UNITS.ours[1]) + WARM_UP + COUNTED;
/** Each authenticator gives three codes at once and one every half minute after; eight of them are in use at a time. */
const RESETS_EACH = 3;

const parts: PartName[] = [
  'postgres',
  'temporal',
  'directory',
  'verifier',
  'writer-staff',
  'worker',
  'api',
  'notary',
  'witness-audit',
  'witness-soc',
  'witness-second-site',
];

const stack = await useStack();
const people = await cast(stack.state);
const temporal = await server(stack.run);
const { client } = temporal;
const say = (line: string): void => console.log(line);

say(
  `${availableParallelism()} cores; load before the run ${(loadavg()[0] ?? 0).toFixed(1)}. A load of its own above 1 makes every figure worse and the ratios unsure.`,
);
say(`Making ${Math.ceil(RESETS / RESETS_EACH) + TOGETHER[1]} accounts for ${RESETS} resets…`);
const accounts = await makeAccounts(stack.state, people, {
  accounts: Math.ceil(RESETS / RESETS_EACH) + TOGETHER[1],
  resetsEach: RESETS_EACH,
});
const directory = directoryOperations(stack.state);
const floor = await startFloor(client, stack.run.temporal, historyKeysFile(stack.state, 'api'));
const pids: Record<string, number> = { bench: process.pid, ...floor.pids };
for (const name of parts) pids[name] = (await stack.pid(name)) ?? 0;

let lastFloor = '';
let lastOurs = '';
let nextAccount = 0;
const work: Record<Measured, (watch: Watch) => Promise<void>> = {
  floor: async (watch) => void (lastFloor = await floor.reset(watch)),
  // No two lanes write the same account: its row would be what is measured.
  directory: (watch) => directory.operations(accounts.names[nextAccount++ % accounts.names.length] ?? '', watch),
  kdf: directory.keyDerivation,
  ours: async (watch) => void (lastOurs = await ourReset({ run: stack.run, people, client, accounts }, watch)),
};

let failed = false;
try {
  for (const name of Object.keys(work) as Measured[])
    await measure(noSamples(), work[name], { count: WARM_UP, together: 4, seconds: SECONDS[name] });
  const cells = new Map<string, Cell>();
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [index, together] of TOGETHER.entries()) {
      for (const what of Object.keys(work) as Measured[]) {
        say(`Round ${round} of ${ROUNDS}: ${what}, ${together} at a time…`);
        const key = `${what} ${together}`;
        const cell = cells.get(key) ?? { what, together, samples: noSamples(), cpu: [] };
        cells.set(key, cell);
        // The site's own limit is for strangers; what it costs is in every request all the same.
        await people.sql('DELETE FROM rate_limit');
        const before = cpuOf(pids);
        const units = cell.samples.units;
        await measure(cell.samples, work[what], { count: UNITS[what][index] ?? 1, together, seconds: SECONDS[what] });
        cell.cpu.push(cpuPerUnit(before, cpuOf(pids), cell.samples.units - units));
      }
    }
  }
  const histories = { floor: await historyOf(client, lastFloor), ours: await historyOf(client, lastOurs) };
  printReport([...cells.values()], histories, say);
  const counter = await countStatements(stack.state);
  printAsked(await askedFor(counter, () => measure(noSamples(), work.ours, { count: 1, together: 1, seconds: 60 }), COUNTED), say);
  await counter.close();
  const file = join(dirname(stack.state), 'bench.json');
  rmSync(file, { force: true });
  writeLines(file, [...cells.values()], histories);
  say(`\nEvery figure as JSON, one measurement a line: ${file}`);
  const other = differences(histories);
  failed = other.length > 0;
  if (failed)
    say(`\nThe floor no longer has the shape of a reset (${other.join('; ')}). Mend test/bench/floor-workflow.ts, then compare again.`);
} finally {
  await floor.stop();
  await directory.close();
  await accounts.remove();
  await temporal.close();
  await people.close();
}
process.exit(failed ? 1 : 0);
