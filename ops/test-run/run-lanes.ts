import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layout } from '../paths.ts';
import { consoleProgress } from '../progress.ts';
import { besideState, startBesideDatabase } from './beside-database.ts';
import { lanesOf } from './lanes.ts';
import { runFiles, type Counts } from './run-files.ts';

/**
 * Runs test files in their lanes, in the stack of that state folder where they need one. Answers what they came to; the
 * words of the lane beside the stack follow those of the stack's. Ends early, with failures, once `abort` is aborted.
 */
export async function runLanes(
  files: readonly string[],
  state: string,
  options: { campaign: boolean; abort: AbortSignal },
): Promise<Counts> {
  const { alone, stack, beside } = lanesOf(files);
  const { abort } = options;
  const env = {
    // Each file is a process of its own, and all load much the same: what was compiled once is kept for the others.
    NODE_COMPILE_CACHE: join(state, 'compiled'),
    ...(options.campaign ? { COUNTERSIGN_CAMPAIGN: '1' } : {}),
  };
  const inStack = { ...env, COUNTERSIGN_STATE: state, COUNTERSIGN_TEST_FOLDER: state, COUNTERSIGN_TEST_RUN: layout(state).runFile };
  const own = besideState(state);
  const ofItsOwn = { ...env, COUNTERSIGN_STATE: own, COUNTERSIGN_TEST_FOLDER: own, COUNTERSIGN_TEST_RUN: undefined };
  const database = beside.length > 0 ? await startBesideDatabase(state, consoleProgress()) : undefined;
  try {
    const first = await runFiles(alone, { countsFile: join(state, 'counts-alone.json'), env: inStack, abort });
    const output = stack.length > 0 && beside.length > 0 ? join(own, 'output.txt') : undefined;
    const others = await Promise.all([
      runFiles(stack, { countsFile: join(state, 'counts.json'), env: inStack, abort }),
      runFiles(beside, { countsFile: join(own, 'counts.json'), env: ofItsOwn, abort, ...(output ? { output } : {}) }),
    ]);
    const words = output && existsSync(output) ? readFileSync(output, 'utf8').trim() : '';
    if (words !== '') console.log(`\nWithout the stack, beside it:\n\n${words}\n`);
    return [first, ...others].reduce(sum);
  } finally {
    await database?.stop();
  }
}

const sum = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...a.failures, ...b.failures],
  seconds: { ...a.seconds, ...b.seconds },
});
