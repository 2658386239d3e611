import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { root } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import { runWithStack } from './test.ts';

/** The comparison itself; it gets a running stack in COUNTERSIGN_TEST_RUN and prints its own table. */
const entry = join(root, 'test', 'bench', 'run.ts');

export function benchCommand(program: Command): void {
  program
    .command('bench [args...]')
    .description('compare a reset with the floor of its steps, on a stack of its own')
    .action(async (args: string[]) => {
      if (!existsSync(entry)) throw new Sentence(`${entry} is missing. Restore it from git.`);
      await runWithStack('bench', (env) => runBench(args, env));
    });
}

function runBench(args: string[], env: Record<string, string>): Promise<{ code: number; lastLine: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry, ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    const end = (code: number) => done({ code, lastLine: code === 0 ? 'The comparison is above.' : 'The comparison failed; see above.' });
    child.once('exit', (code) => end(code ?? 1)).once('error', () => end(1));
  });
}
