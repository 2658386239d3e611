import { existsSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { stopDirectory } from '../directory/process.ts';
import { defaultState, layout } from '../paths.ts';
import { consoleProgress } from '../progress.ts';
import { Sentence } from '../sentence.ts';
import { prepareMachine } from '../setup/prepare.ts';
import { readOwnDirectory } from '../setup/own-directory.ts';
import { rememberDirectory, rememberedFile, requireSameDirectory } from '../setup/which-directory.ts';
import { startStack } from '../stack.ts';
import { runWhereUsersCanReach, startedAgain } from '../stack/namespace.ts';
import { endLeftovers } from '../stack/pids.ts';
import { requirePort } from '../stack/ports.ts';
import { runningStack } from '../stack/run-file.ts';
import { endSignal, untilAborted } from '../stack/signals.ts';
import { farewell } from './start-summary.ts';

type StartOptions = { yes?: boolean; fresh?: boolean; directory?: string; portalPort?: string };

export function startCommand(program: Command): void {
  program
    .command('start')
    .description('set up what is missing, start everything on this machine, and keep it running until Ctrl-C')
    .option('--yes', 'never ask')
    .option('--fresh', 'delete the state folder first and begin again')
    .option('--directory <settings>', 'use your own domain controllers as this file says, instead of the demo bank')
    .option('--portal-port <port>', 'port of portal and console (8443)')
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const began = Number(process.env['COUNTERSIGN_BEGAN'] ?? Date.now());
  process.env['COUNTERSIGN_BEGAN'] = String(began);
  const state = defaultState();
  const portalPort = portOf(options.portalPort);
  const progress = consoleProgress();
  if (!startedAgain()) {
    console.log('Countersign starts.');
    refuseSecondStart(state);
    if (!options.fresh) requireSameDirectory(state, options.directory);
    // Refused before a set-up of minutes rather than after it.
    if (options.directory !== undefined) readOwnDirectory(options.directory);
    await requirePort(portalPort ?? 8443, 'portal', `npm start -- --portal-port ${(portalPort ?? 8443) + 1000}`);
    if (options.fresh) await deleteState(state, options.yes ?? false);
    await prepareMachine({ state, demo: options.directory === undefined, tests: false, yes: options.yes ?? false }, progress);
    rememberDirectory(state, options.directory);
    await runWhereUsersCanReach(state);
  }
  const abort = endSignal();
  const stack = await startStack({
    state,
    ports: 'fixed',
    progress,
    abort,
    ...(portalPort === undefined ? {} : { portalPort }),
    ...(options.directory === undefined ? {} : { ownDirectory: options.directory }),
  });
  farewell(stack.run, options.directory === undefined, (Date.now() - began) / 1000);
  await untilAborted(abort);
  console.log('\nEnding: the processes, Temporal, the directory, PostgreSQL.');
  await stack.stop();
  console.log('Everything has ended. The next start goes on where this one was.');
}

function portOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Sentence(`--portal-port must be a number from 1 to 65535, not ${given}.`);
  return port;
}

function refuseSecondStart(state: string): void {
  const other = runningStack(state);
  if (other)
    throw new Sentence(
      `Countersign runs already${other.run ? ` at ${other.run.portal}` : ' (it is just starting)'}. Use it there, or end it with npm stop.`,
    );
}

/** Deletes all state after a yes. The marks of what it holds are checked first, so that a mistyped folder survives. */
async function deleteState(state: string, yes: boolean): Promise<void> {
  if (!existsSync(state)) return;
  const paths = layout(state);
  if (![paths.database, paths.log('postgres'), paths.bin, rememberedFile(state)].some((path) => existsSync(path))) {
    throw new Sentence(`${state} does not look like a state folder of Countersign, so it is not deleted. Look at COUNTERSIGN_STATE.`);
  }
  if (!yes) {
    if (!process.stdin.isTTY)
      throw new Sentence(`--fresh deletes ${state} with every reset, key and account in it. Add --yes when that is meant.`);
    const ask = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await ask.question(`  Delete ${state} with every reset, key and demo account in it? Type yes: `);
    ask.close();
    if (answer.trim().toLowerCase() !== 'yes') throw new Sentence('Nothing was deleted and nothing was started.');
  }
  await endLeftovers(paths.pidsFile);
  await stopDirectory(state);
  rmSync(state, { recursive: true, force: true });
  console.log(`  ✓ ${state} is deleted`);
}
