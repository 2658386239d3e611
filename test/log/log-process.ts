import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { printSigner } from '#evidence/signer-key.ts';
import { root } from '#ops/paths.ts';
import type { TestDatabase } from '#test/support/database.ts';
import type { TestLog } from './a-log.ts';

/** A system call that goes wrong: the when-th of its kind in each thread fails with EIO, or is the last thing that happens. */
export interface Fault {
  call: 'fsync' | 'rename' | 'openat' | 'write' | 'mkdir' | 'writev';
  how: 'error=EIO' | 'error=ENOSPC' | 'signal=KILL';
  when: number;
}

export interface LogProcess {
  /** Resolves when it says that it is ready, or has ended. */
  ready: Promise<void>;
  /** Its exit code; null after a signal. */
  ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
  /** Whether the fault has happened. */
  hit(): boolean;
  /** How many calls of the fault's kind its first thread has made. */
  calls(): number;
  said(): string;
}

const folder = mkdtempSync('/tmp/countersign-log-process-');
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) killWhole(child, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
let number = 0;

/** A file of this run with these words, readable by nobody else. */
export function secretFile(words: string): string {
  const file = join(folder, `file-${++number}`);
  writeFileSync(file, words, { mode: 0o600 });
  return file;
}

/** The settings of a notary process on the log of a test. */
export function settingsOfNotary(database: TestDatabase, log: TestLog, refreshSeconds: number): object {
  return {
    process: 'notary',
    database: { urlFile: secretFile(database.urlOf('notary')) },
    keyFile: secretFile(printSigner(log.signer)),
    trustPolicyFile: secretFile(log.policyText()),
    tilesFolder: log.folder,
    refreshSeconds,
  };
}

/** Starts log/notary.ts or log/witness.ts as a process with these settings, under strace when something is to go wrong. */
export function startLogProcess(entry: 'notary' | 'witness', settings: object, fault?: Fault): LogProcess {
  const program = [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'log', `${entry}.ts`)];
  const trace = join(folder, `trace-${++number}`);
  const inject = fault ? `inject=${fault.call}:${fault.how}:when=${fault.when}` : '';
  // With its seccomp filter strace is quick, and forgets to send signals (6.1).
  const quick = fault && !fault.how.startsWith('signal') ? ['--seccomp-bpf'] : [];
  const [command = '', ...args] = fault
    ? ['strace', '-f', '-q', ...quick, '-o', trace, '-e', `trace=${fault.call}`, '-e', inject, ...program]
    : program;
  const env = { PATH: '/usr/bin:/bin', NODE_ENV: 'production', COUNTERSIGN_SETTINGS: secretFile(JSON.stringify(settings)) };
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let isReady = (): void => {};
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (line.includes('"msg":"ready"')) isReady();
    });
  running.add(child);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      running.delete(child);
      isReady();
      resolve(code);
    });
  });
  return {
    ready,
    ended,
    kill: (signal) => killWhole(child, signal),
    hit: () => existsSync(trace) && /\(INJECTED\)|killed by SIGKILL/.test(readFileSync(trace, 'utf8')),
    calls: () => ofFirstThread(existsSync(trace) ? readFileSync(trace, 'utf8') : ''),
    said: () => lines.join('\n'),
  };
}

/** Lines of strace -f begin with the id of the thread, and that of the program's own comes first. */
function ofFirstThread(trace: string): number {
  const lines = trace.split('\n').filter((line) => /^\d+ +[a-z]+\(/.test(line));
  const [first] = lines[0]?.split(' ') ?? [];
  return lines.filter((line) => line.startsWith(`${first} `)).length;
}

/** strace passes no signal on: its child is the process itself. */
function killWhole({ pid = 0, exitCode, signalCode, spawnfile }: ChildProcess, signal: NodeJS.Signals): void {
  const target = spawnfile === 'strace' ? childOf(pid) : pid;
  if (target && exitCode === null && signalCode === null) process.kill(target, signal);
}

function childOf(pid: number): number | undefined {
  const file = `/proc/${pid}/task/${pid}/children`;
  const first = existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[0]) : 0;
  return first || undefined;
}
