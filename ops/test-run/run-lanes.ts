import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layout, root } from '../paths.ts';
import { consoleProgress } from '../progress.ts';
import { besideState, startBesideDatabase } from './beside-database.ts';
import { runNode } from './child.ts';
import { lanesOf } from './lanes.ts';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Run {
  countsFile: string;
  env: Record<string, string | undefined>;
  /** A file for its words; they go to the terminal when there is none. */
  output?: string;
  abort: AbortSignal;
}

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
    if (output && existsSync(output)) console.log(`\nWithout the stack, beside it:\n\n${readFileSync(output, 'utf8').trimEnd()}\n`);
    return [first, ...others].reduce(sum);
  } finally {
    await database?.stop();
  }
}

const sum = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/** Node's runner, one file at a time: the files of a lane share what it stands on, and some of them kill parts of it. */
async function runFiles(files: readonly string[], { countsFile, env, output, abort }: Run): Promise<Counts> {
  // Without a file Node's runner would look for some.
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const args = [
    '--test',
    '--test-concurrency=1',
    '--test-timeout=1200000',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(root, 'ops/test-run/counts.mjs')}`,
    `--test-reporter-destination=${countsFile}`,
    ...files,
  ];
  const words = output === undefined ? 'inherit' : openSync(output, 'w', 0o644);
  const code = await runNode(args, { env, stdio: ['ignore', words, words], abort });
  if (typeof words === 'number') closeSync(words);
  const text = existsSync(countsFile) ? readFileSync(countsFile, 'utf8') : '';
  // No count: the runner died. That is a failure, never a pass of nothing.
  const counts = text === '' ? { passed: 0, failed: 1, skipped: 0 } : (JSON.parse(text) as Counts);
  return counts.failed === 0 && code !== 0 ? { ...counts, failed: 1 } : counts;
}
