import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { layout, root } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import { runNode } from '../test-run/child.ts';
import { runWithStack } from '../test-run/with-stack.ts';

/** The comparisons themselves; each gets a running stack in COUNTERSIGN_TEST_RUN and prints its own table. */
const entries = new Map([
  ['reset', join(root, 'test', 'bench', 'run.ts')],
  ['log', join(root, 'test', 'bench', 'log.ts')],
  ['parked', join(root, 'test', 'bench', 'parked.ts')],
  ['inbox', join(root, 'test', 'bench', 'inbox.ts')],
]);
/** These bring up what they need. */
const alone = new Map([
  ['devices', join(root, 'test', 'bench', 'devices.ts')],
  ['device-lab', join(root, 'test', 'bench', 'device-lab.ts')],
]);

export function benchCommand(program: Command): void {
  program
    .command('bench [what]')
    .description(
      `on a stack of its own: compare a reset with the floor of its steps (reset, which is the default), or measure the evidence log (log), what thousands of parked resets cost (parked), or the inbox of an approver with many open approvals (inbox); without a stack: thousands of agents at one API process (devices), or the time from a write to "invalidated" on two devices with SSSD (device-lab)`,
    )
    .action(async (what = 'reset') => {
      const entry = entries.get(what) ?? alone.get(what);
      if (!entry)
        throw new Sentence(`There is no comparison named ${what}. Name one of: ${[...entries.keys(), ...alone.keys()].join(', ')}.`);
      if (!existsSync(entry)) throw new Sentence(`${entry} is missing. Restore it from git.`);
      if (alone.has(what)) {
        process.exitCode = await runNode([entry], {
          env: {},
          stdio: ['ignore', 'inherit', 'inherit'],
          abort: new AbortController().signal,
        });
        return;
      }
      await runWithStack('bench', async (state, abort) => {
        const env = { COUNTERSIGN_STATE: state, COUNTERSIGN_TEST_FOLDER: state, COUNTERSIGN_TEST_RUN: layout(state).runFile };
        const code = await runNode([entry], { env, stdio: ['ignore', 'inherit', 'inherit'], abort });
        return { code, lastLine: code === 0 ? 'The comparison is above.' : 'The comparison failed; see above.' };
      });
    });
}
