import { existsSync, readFileSync } from 'node:fs';
import { Argument, Option, type Command } from 'commander';
import { defaultState, layout, witnessNames, type WitnessName } from '../paths.ts';
import { Sentence } from '../sentence.ts';

/** Adds `keys rotate-history|rotate-log|rotate-witness|rotate-export|record-rotation`. Keys are made here and never printed. */
export function keysCommand(program: Command): void {
  const keys = program.command('keys').description('the keys of the processes, of the log and of its witnesses');
  keys
    .command('rotate-history')
    .description('encrypt what Temporal keeps with a new key from now on; older keys go on opening what they encrypted')
    .action(async () => {
      const { rotateHistoryKeys } = await import('../rotate-history-keys.ts');
      const id = await rotateHistoryKeys(ours());
      console.log(`Every process encrypts with the new history key ${id} from its next message on; nothing has to be restarted.`);
      console.log('Back up the history.keys file of one process now: without it no history can be read again.');
    });
  keys
    .command('rotate-log')
    .description('a new key for the log, by a leaf that both keys sign; the next start takes it up')
    .action(async () => {
      const { logKeyFile } = await import('../setup/log-keys.ts');
      await rotate('log', logKeyFile(ours()));
    });
  keys
    .command('rotate-witness')
    .description('a new key for a witness of this machine, in the same way')
    .addArgument(new Argument('<name>', 'which').choices(witnessNames))
    .action(async (name: WitnessName) => {
      const { witnessFile } = await import('../setup/log-keys.ts');
      await rotate('witness', witnessFile(ours(), name, 'witness.key'));
    });
  keys
    .command('rotate-export')
    .description('a new key for whoever exports bundles, at once')
    .action(async () => {
      const { exportKeyFile, exportVerifierKeyFile } = await import('../setup/log-keys.ts');
      const [{ prepareRotation }, { takeOver }, { ownedFile }] = await Promise.all([
        import('../rotate-key.ts'),
        import('../setup/rotated-keys.ts'),
        import('../setup/owned-files.ts'),
      ]);
      const file = exportKeyFile(ours());
      const verifier = await prepareRotation(ours(), 'export', file);
      takeOver(file);
      ownedFile(exportVerifierKeyFile(ours()), `${verifier}\n`, undefined, 0o644);
      console.log(`Verifier ${verifier}\nBundles are signed with it from now on. Write it into the minutes and give it to the auditors.`);
    });
  keys
    .command('record-rotation <note>')
    .description('leave the leaf of a rotation that was signed elsewhere, by: countersign ceremony rotate')
    .addOption(new Option('--role <role>', 'whose key it is').choices(['log', 'witness', 'export']).makeOptionMandatory())
    .action(async (note: string, { role }: { role: 'log' | 'witness' | 'export' }) => {
      if (!existsSync(note)) throw new Sentence(`${note} does not exist. Name the file that countersign ceremony rotate wrote.`);
      const { recordRotation } = await import('../rotate-key.ts');
      await recordRotation(ours(), role, readFileSync(note, 'utf8'));
      console.log('The leaf is in the outbox. Put the new verifier key into every trust policy beside the old one.');
    });
}

async function rotate(role: 'log' | 'witness', file: string): Promise<void> {
  const { prepareRotation } = await import('../rotate-key.ts');
  const verifier = await prepareRotation(ours(), role, file);
  console.log(`Verifier ${verifier}`);
  console.log('It is taken up at the next start: npm stop, then npm start. Open resets wait meanwhile and go on by themselves.');
  console.log('Write it into the minutes, and into the trust policy of every witness and auditor beside the old one, before that start.');
}

function ours(): string {
  const state = defaultState();
  if (!existsSync(layout(state).settingsFile('api')))
    throw new Sentence('Countersign has not been set up here, or you may not see it. Run npm start first, and this as the same user.');
  return state;
}
