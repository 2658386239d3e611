import { join } from 'node:path';
import type { Command, CommanderError } from 'commander';
import { tellVerdict } from '#audit/tell-verdict.ts';
import { defaultState } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import { endSignal } from '../stack/signals.ts';

interface Options {
  live?: boolean;
  once?: boolean;
  databaseUrl?: string;
  tiles?: string;
  policy?: string;
  verifierKey?: string;
  histories?: string;
  held?: string;
  every: string;
  fresh: string;
  onAlarm?: string;
  metrics?: string;
}

/** Adds `audit --live`: the checks of a bundle against the running log, by somebody who can only read. */
export function auditCommand(program: Command): void {
  program
    .command('audit')
    .description('check the running log, again and again, and raise an alarm when something does not hold')
    .requiredOption('--live', 'check the running log')
    .option('--once', 'look once at everything; exit code 0 sound, 1 tampered, 2 incomplete')
    .option('--database-url <file>', "the auditor's connection URL, in a file of mode 0600")
    .option('--tiles <folder>', 'the published log (C2SP tlog-tiles)')
    .option('--policy <file>', 'your trust policy')
    .option('--verifier-key <file>', "the verifier's public key, in PEM")
    .option('--histories <folder>', 'the archive of sealed histories')
    .option('--held <file>', 'where the last believed checkpoint is kept')
    .option('--every <seconds>', 'time between two looks', '10')
    .option('--fresh <seconds>', 'how old cosignatures may be, and how long a leaf may wait', '900')
    .option('--on-alarm <program>', 'is given each alarm as a line of JSON, such as: logger -p auth.alert -t countersign')
    .option('--metrics <file>', "counts in Prometheus's text format")
    .exitOverride((said: CommanderError) => process.exit(said.exitCode === 0 ? 0 : 3))
    .action(async (options: Options) => {
      const { everySeconds, freshSeconds } = { everySeconds: seconds(options.every), freshSeconds: seconds(options.fresh) };
      const { openAuditor } = await import('../live-audit/open-auditor.ts');
      const state = defaultState();
      const { deps, close } = openAuditor(state, { ...options, freshSeconds });
      const heldFile = options.held ?? join(state, 'trust', 'audited.note');
      try {
        const { auditOn, auditOnce } = await import('../live-audit/run.ts');
        if (options.once) {
          const { text, code } = await auditOnce(deps, { heldFile });
          tellVerdict(text, code);
          return;
        }
        console.log('The log is being audited. Ctrl-C ends it.');
        const { onAlarm, metrics: metricsFile } = options;
        await auditOn(deps, { heldFile, everySeconds, anewSeconds: 3600, onAlarm, metricsFile }, endSignal());
      } finally {
        await close();
      }
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Sentence(`${text} is no number of seconds.`);
  return value;
}
