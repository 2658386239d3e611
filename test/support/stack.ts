import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { askControl } from '#ops/stack/control.ts';
import type { RunInfo } from '#ops/stack/run-file.ts';
import { root } from '#ops/paths.ts';

export type PartName =
  | 'notary'
  | 'card-listener'
  | 'witness-audit'
  | 'witness-soc'
  | 'witness-second-site'
  | 'postgres'
  | 'temporal'
  | 'directory'
  | 'verifier'
  | 'writer-staff'
  | 'writer-privileged'
  | 'worker'
  | 'api';

/** What a test has in hand of a running stack. */
export type TestStack = {
  run: RunInfo;
  /** The state folder: keys, database URLs (database/*.url), demo/people.json, log/. */
  state: string;
  /** Sends a signal; the part stays down until `restart`. Resolves when it is gone. */
  kill(name: PartName, signal?: NodeJS.Signals): Promise<void>;
  /** Ends the part if it runs and starts it; resolves when it serves. */
  restart(name: PartName): Promise<void>;
  pid(name: PartName): Promise<number | undefined>;
};

let shared: Promise<{ stack: TestStack; child: ChildProcess | undefined }> | undefined;

// Here and not in useStack: registered within a `before` hook, it would run when that hook ends.
if (!process.env['COUNTERSIGN_TEST_RUN']) after(stopOwn);

/**
 * The stack of this test run. Under `countersign test` all files share one (COUNTERSIGN_TEST_RUN names its run.json); a
 * file run alone starts its own in a fresh folder and ends it after its last test. Needs root for the demo's controller.
 */
export async function useStack(): Promise<TestStack> {
  shared ??= process.env['COUNTERSIGN_TEST_RUN']
    ? Promise.resolve({ stack: connect(process.env['COUNTERSIGN_TEST_RUN']), child: undefined })
    : startOwn();
  return (await shared).stack;
}

function connect(runFile: string): TestStack {
  const run = JSON.parse(readFileSync(runFile, 'utf8')) as RunInfo;
  const state = dirname(runFile);
  return {
    run,
    state,
    kill: async (name, signal = 'SIGKILL') => void (await askControl(state, { command: 'kill', name, signal })),
    restart: async (name) => void (await askControl(state, { command: 'restart', name })),
    pid: async (name) => ((await askControl(state, { command: 'pid', name })) as number | null) ?? undefined,
  };
}

async function startOwn(): Promise<{ stack: TestStack; child: ChildProcess }> {
  const state = mkdtempSync(join('/tmp', 'countersign-test-'));
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'ops/countersign.ts'), 'stack', '--state', state],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const runFile = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => resolve((JSON.parse(line) as { run: string }).run));
    child.once('exit', (code) => reject(new Error(`the stack for this test did not start (exit code ${code}); its words are above`)));
  });
  return { stack: connect(runFile), child };
}

async function stopOwn(): Promise<void> {
  const { stack, child } = (await shared) ?? {};
  if (!stack || !child) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  await ended;
  rmSync(stack.state, { recursive: true, force: true });
}
