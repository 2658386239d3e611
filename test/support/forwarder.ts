import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '#ops/paths.ts';

/** A line that a forwarder says of itself. */
export interface Said {
  level: string;
  msg: string;
  from?: string;
  again?: string;
  why?: string;
  alarm?: string;
}

export interface ForwarderProcess {
  said(): Said[];
  /** Everything, for a failing test to show. */
  words(): string;
  /** Resolves when it is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Its exit code; null after a signal. */
  exit: Promise<number | null>;
}

/** `countersign events` as a process of its own. */
export const eventsProgram = ['--disable-warning=ExperimentalWarning', join(root, 'ops/countersign.ts'), 'events'];

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the forwarder of a state folder. It ends with the test file at the latest. */
export function startForwarder(state: string, args: readonly string[]): ForwarderProcess {
  const env = { PATH: '/usr/bin:/bin', COUNTERSIGN_STATE: state };
  const child = spawn(process.execPath, [...eventsProgram, '--follow', ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => lines.push(line));
  // 'close' comes after the last line.
  const exit = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return {
    said: () => lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Said),
    words: () => lines.join('\n'),
    async kill(signal) {
      child.kill(signal);
      await exit;
    },
    exit,
  };
}
