import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { stopDirectory } from '../directory/process.ts';
import { defaultState, layout } from '../paths.ts';
import { consoleProgress } from '../progress.ts';
import { Sentence } from '../sentence.ts';
import { prepareMachine } from '../setup/prepare.ts';
import { startStack } from '../stack.ts';
import { runWhereUsersCanReach, startedAgain } from '../stack/namespace.ts';
import { endLeftovers } from '../stack/pids.ts';
import { runningStack } from '../stack/run-file.ts';
import { endSignal } from '../stack/signals.ts';
import { endBesideLeftovers } from './beside-database.ts';

/**
 * Prepares the machine, starts one fresh stack beside any other, does the work with its state folder, and ends it. The
 * process exits with what the work answers; the state stays in var/<name> until the next run. `abort` tells the work to
 * end at once.
 */
export async function runWithStack(
  name: string,
  work: (state: string, abort: AbortSignal) => Promise<{ code: number; lastLine: string }>,
): Promise<void> {
  const state = join(defaultState(), name);
  // Tests search, stop and corrupt their database: it is never the operator's.
  delete process.env['DATABASE_URL'];
  const progress = consoleProgress();
  if (!startedAgain()) {
    if (runningStack(state))
      throw new Sentence(`Another ${name} run uses ${state}. Wait for its end, or set COUNTERSIGN_STATE to a folder of your own.`);
    await endLeftovers(layout(state).pidsFile);
    await endBesideLeftovers(state);
    await stopDirectory(state);
    rmSync(state, { recursive: true, force: true });
    await prepareMachine({ state, demo: true, tests: true, yes: true }, progress);
    await runWhereUsersCanReach(state);
  }
  const abort = endSignal();
  const stack = await startStack({ state, ports: 'free', testing: true, progress, abort });
  try {
    const { code, lastLine } = await work(state, abort);
    await stack.stop();
    console.log(abort.aborted ? 'Stopped.' : lastLine);
    process.exit(abort.aborted ? 130 : code);
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
