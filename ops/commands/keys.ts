import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { defaultState, layout } from '../paths.ts';
import { Sentence } from '../sentence.ts';

/** Adds `keys rotate-history`. Keys are made here and never printed. */
export function keysCommand(program: Command): void {
  const keys = program.command('keys').description('the keys of the processes');
  keys
    .command('rotate-history')
    .description('encrypt what Temporal keeps with a new key from now on; older keys go on opening what they encrypted')
    .action(async () => {
      const state = defaultState();
      if (!existsSync(layout(state).settingsFile('api')))
        throw new Sentence('Countersign has not been set up here, or you may not see it. Run npm start first, and this as the same user.');
      const { rotateHistoryKeys } = await import('../rotate-history-keys.ts');
      const id = await rotateHistoryKeys(state);
      console.log(`Every process encrypts with the new history key ${id} from its next message on; nothing has to be restarted.`);
      console.log('Back up the history.keys file of one process now: without it no history can be read again.');
    });
}
