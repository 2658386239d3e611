import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { root } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import { runWithStack } from './test.ts';

/** The comparisons themselves; each gets a running stack in COUNTERSIGN_TEST_RUN and prints its own table. */
const entries = new Map([
  ['reset', join(root, 'test', 'bench', 'run.ts')],
  ['log', join(root, 'test', 'bench', 'log.ts')],
]);

export function benchCommand(program: Command): void {
  program
    .command('bench [what]')
    .description(
      `on a stack of its own: compare a reset with the floor of its steps (reset, which is the default), or measure the evidence log (log)`,
    )
    .action(async (what = 'reset') => {
      const entry = entries.get(what);
      if (!entry) throw new Sentence(`There is no comparison named ${what}. Name one of: ${[...entries.keys()].join(', ')}.`);
      if (!existsSync(entry)) throw new Sentence(`${entry} is missing. Restore it from git.`);
      await runWithStack('bench', (env) => runBench(entry, env));
    });
}

function runBench(entry: string, env: Record<string, string>): Promise<{ code: number; lastLine: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    const end = (code: number) => done({ code, lastLine: code === 0 ? 'The comparison is above.' : 'The comparison failed; see above.' });
    child.once('exit', (code) => end(code ?? 1)).once('error', () => end(1));
  });
}
