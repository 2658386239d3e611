import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { root } from '#ops/paths.ts';
import { runCommand, type CommandResult } from '#ops/run-command.ts';
import { ownerUrlFile } from '#ops/setup/database-roles.ts';
import { trustPolicyFile } from '#ops/setup/log-keys.ts';
import type { TestDatabase } from '#test/support/database.ts';
import { ended } from '#test/support/oracle.ts';
import type { TestLog } from './a-log.ts';

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

const program = ['--disable-warning=ExperimentalWarning', join(root, 'ops/countersign.ts'), 'events'];

/** The command `countersign events` as the operator of this log runs it, from a state folder of their own. */
export function useEventsCommand(database: TestDatabase, log: TestLog) {
  const home = mkdtempSync('/tmp/countersign-events-');
  const running = new Set<ChildProcess>();
  after(async () => {
    await Promise.all([...running].map((child) => ended(child, () => child.kill('SIGKILL'))));
    rmSync(home, { recursive: true, force: true });
  });
  mkdirSync(join(home, 'database'));
  mkdirSync(join(home, 'trust'));
  // Here the superuser owns the tables.
  writeFileSync(ownerUrlFile(home), database.url, { mode: 0o600 });
  writeFileSync(trustPolicyFile(home), log.policyText());
  const env = { PATH: '/usr/bin:/bin', COUNTERSIGN_STATE: home };
  const always = ['--tiles', log.folder, '--hostname', 'forwarder.bank.test'];
  return {
    home,
    run: (...args: string[]): Promise<CommandResult> => runCommand(process.execPath, [...program, ...always, ...args], { cwd: root, env }),
    start(...args: string[]): ForwarderProcess {
      const child = spawn(process.execPath, [...program, '--follow', ...always, ...args], {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      running.add(child);
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
    },
  };
}
