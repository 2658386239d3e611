import { resolve } from 'node:path';
import type { Command } from 'commander';
import { consoleProgress } from '../progress.ts';
import { prepareMachine } from '../setup/prepare.ts';
import { startStack } from '../stack.ts';
import { runWhereUsersCanReach, startedAgain } from '../stack/namespace.ts';
import { endSignal, untilAborted } from '../stack/signals.ts';

/** For tests: a whole stack on free ports that lives as long as its standard input is open. */
export function stackCommand(program: Command): void {
  program
    .command('stack', { hidden: true })
    .requiredOption('--state <folder>')
    .action(async (options: { state: string }) => {
      const state = resolve(options.state);
      delete process.env['DATABASE_URL'];
      const progress = consoleProgress(console.error);
      if (!startedAgain()) {
        await prepareMachine({ state, demo: true, tests: true, yes: true }, progress);
        await runWhereUsersCanReach(state);
      }
      const abort = endSignal();
      const stopped = Promise.race([untilAborted(abort), new Promise((closed) => process.stdin.resume().once('end', closed))]);
      const stack = await startStack({ state, ports: 'free', testing: true, progress, abort, say: console.error });
      console.log(JSON.stringify({ run: `${state}/run.json` }));
      await stopped;
      await stack.stop();
      process.stdin.destroy();
    });
}
