import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { stopDirectory } from '../directory/process.ts';
import { defaultState, layout, root } from '../paths.ts';
import { consoleProgress } from '../progress.ts';
import { Sentence } from '../sentence.ts';
import { prepareMachine } from '../setup/prepare.ts';
import { startStack } from '../stack.ts';
import { runWhereUsersCanReach, startedAgain } from '../stack/namespace.ts';
import { endLeftovers } from '../stack/pids.ts';
import { runningStack } from '../stack/run-file.ts';
import { endSignal, untilAborted } from '../stack/signals.ts';

export function testCommand(program: Command): void {
  program
    .command('test [files...]')
    .description('run the tests against a stack of their own, on free ports')
    .option('--campaign', 'the long versions too')
    .action((files: string[], options: { campaign?: boolean }) =>
      runWithStack('test', (stackEnv) =>
        runTests(chosen(files), { ...stackEnv, ...(options.campaign ? { COUNTERSIGN_CAMPAIGN: '1' } : {}) }),
      ),
    );
}

const looksBack = (file: string): boolean => /test\/replay\/|what-was-recorded/.test(file);

function chosen(files: string[]): string[] {
  const found =
    files.length > 0
      ? files.map((file) => resolve(file))
      : globSync('test/**/*.test.ts', { cwd: root })
          .map((file) => join(root, file))
          // Last of all what looks at everything that the others have left in the stack.
          .toSorted((a, b) => Number(looksBack(a)) - Number(looksBack(b)) || a.localeCompare(b));
  const missing = found.find((file) => !existsSync(file));
  if (missing) throw new Sentence(`${missing} does not exist.`);
  return found;
}

/**
 * Prepares the machine, starts one fresh stack beside any other, does the work with its run.json in COUNTERSIGN_TEST_RUN,
 * and ends it. The process exits with what the work answers; the state stays in var/<name> until the next run.
 */
export async function runWithStack(
  name: string,
  work: (env: Record<string, string>) => Promise<{ code: number; lastLine: string }>,
): Promise<void> {
  const state = join(defaultState(), name);
  // Tests search, stop and corrupt their database: it is never the operator's.
  delete process.env['DATABASE_URL'];
  const progress = consoleProgress();
  if (!startedAgain()) {
    if (runningStack(state))
      throw new Sentence(`Another ${name} run uses ${state}. Wait for its end, or set COUNTERSIGN_STATE to a folder of your own.`);
    await endLeftovers(layout(state).pidsFile);
    await stopDirectory(state);
    rmSync(state, { recursive: true, force: true });
    await prepareMachine({ state, demo: true, tests: true, yes: true }, progress);
    await runWhereUsersCanReach(state);
  }
  const abort = endSignal();
  const stack = await startStack({ state, ports: 'free', testing: true, progress, abort });
  try {
    const env = { COUNTERSIGN_TEST_RUN: layout(state).runFile, COUNTERSIGN_STATE: state };
    const { code, lastLine } = await Promise.race([work(env), untilAborted(abort).then(() => ({ code: 130, lastLine: 'Stopped.' }))]);
    await stack.stop();
    console.log(lastLine);
    process.exit(code);
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** Node's runner, one file at a time: the files share one stack, and some of them kill parts of it. */
async function runTests(files: string[], env: Record<string, string>): Promise<{ code: number; lastLine: string }> {
  const countsFile = join(env['COUNTERSIGN_STATE'] ?? root, 'counts.json');
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-concurrency=1',
    '--test-timeout=1200000',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(root, 'ops/test-counts.mjs')}`,
    `--test-reporter-destination=${countsFile}`,
    ...files,
  ];
  const code = await new Promise<number>((done) => {
    // Each file is a process of its own, and all load much the same: what was compiled once is kept for the others.
    const kept = { NODE_COMPILE_CACHE: join(env['COUNTERSIGN_STATE'] ?? root, 'compiled') };
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...kept, ...env },
    });
    // The stack ends at a signal; a runner that outlived it would start a stack of its own for each file that is left.
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => child.kill(signal));
    child.once('exit', (exit) => done(exit ?? 1));
    child.once('error', () => done(1));
  });
  if (!existsSync(countsFile)) return { code: 1, lastLine: '0 passed, 1 failed, 0 skipped' };
  const counts = JSON.parse(readFileSync(countsFile, 'utf8') || '{"passed":0,"failed":1,"skipped":0}') as {
    passed: number;
    failed: number;
    skipped: number;
  };
  const failed = counts.failed === 0 && code !== 0 ? 1 : counts.failed;
  return { code: failed === 0 ? 0 : 1, lastLine: `${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped` };
}
