import { resolve } from 'node:path';
import type { Command } from 'commander';
import { runWitness } from '#log/witness/run.ts';
import { Sentence } from '../sentence.ts';
import { endSignal, untilAborted } from '../stack/signals.ts';

type Options = { key: string; state: string; logs: string; listen: string };

/** Adds `witness`: a cosigner that a bank runs where neither operators nor administrators of the product have a hand. */
export function witnessCommand(program: Command): void {
  program
    .command('witness')
    .description('cosign checkpoints of a log that only ever grows (C2SP tlog-witness v1.0.0), until Ctrl-C')
    .requiredOption('--key <file>', 'its key, as countersign ceremony witness makes it')
    .requiredOption('--state <file>', 'what it has seen; made at the first start, never to be lost or rolled back')
    .requiredOption('--logs <file>', 'verifier keys of the logs to watch, one a line')
    .option('--listen <host:port>', 'where the notary asks it', '127.0.0.1:8470')
    .action(async ({ key, state, logs, listen }: Options) => {
      const [, host, port] = /^(.+):(\d{1,5})$/.exec(listen) ?? [];
      if (!host || !port || Number(port) > 65_535) throw new Sentence(`--listen must be host:port, not ${listen}.`);
      const files = { keyFile: resolve(key), stateFile: resolve(state), logsFile: resolve(logs) };
      const server = await runWitness({ listen: { host, port: Number(port) }, ...files }).catch((error: Error) => {
        throw new Sentence(error.message);
      });
      console.log(`The witness listens at ${listen}. Ctrl-C ends it.`);
      await untilAborted(endSignal());
      server.close();
      server.closeAllConnections();
    });
}
