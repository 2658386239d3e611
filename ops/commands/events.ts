import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { Sender } from '#audit/syslog.ts';
import { Malformed } from '#evidence/malformed.ts';
import { parseTrustPolicy, type TrustPolicy } from '#evidence/trust-policy.ts';
import { openTiles } from '../bundle/tiles.ts';
import { FORMATS, type Format } from '../events/formats.ts';
import { readEnd } from '../events/range.ts';
import { trustLog, type TrustedLog } from '../events/trusted-log.ts';
import { defaultState } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import { tilesFolder, trustPolicyFile } from '../setup/log-keys.ts';
import { endSignal } from '../stack/signals.ts';

interface Options {
  since?: string;
  until?: string;
  format: Format;
  out?: string;
  follow?: true;
  to?: string;
  ca?: string;
  cert?: string;
  key?: string;
  cursor?: string;
  settle: string;
  tiles?: string;
  policy?: string;
  hostname: string;
  enterpriseNumber: string;
}

/** What a receiver may be said to be and what only a forwarder uses. */
const FORWARDING = ['to', 'ca', 'cert', 'key', 'cursor'] as const;

/** Adds `events`: witnessed leaves for a monitoring system, as a file or over syslog. */
export function eventsCommand(program: Command): void {
  program
    .command('events')
    .description('give the leaves of the witnessed log to a monitoring system, as lines or over syslog (RFC 5424, TLS)')
    .option('--since <index or time>', 'from this leaf on; with --follow where a new cursor begins')
    .option('--until <index or time>', 'until before this leaf')
    .addOption(new Option('--format <format>', 'how a leaf is written').choices(FORMATS).default('syslog'))
    .option('--out <file>', 'where the lines go instead of the standard output; it must not be there yet')
    .option('--follow', 'forward every leaf to a receiver, until Ctrl-C')
    .option('--to <host:port>', 'the receiver, such as siem.example.bank:6514')
    .option('--ca <file>', 'who may vouch for the receiver, in PEM')
    .option('--cert <file>', 'our own certificate, where the receiver asks for one, in PEM')
    .option('--key <file>', 'its key, in PEM, in a file of mode 0600')
    .option('--cursor <file>', 'how far the receiver has the log; made at the first start, one for each receiver')
    .option('--settle <seconds>', 'how long the receiver must stay in reach after it read a leaf until that is never sent again', '30')
    .option('--tiles <folder>', 'the published log (C2SP tlog-tiles)')
    .option('--policy <file>', 'your trust policy')
    .option('--hostname <name>', 'the name of this host in each event', hostname())
    .option('--enterprise-number <number>', 'your private enterprise number at IANA; 32473 is for documentation', '32473')
    .action(async (options: Options) => {
      const state = defaultState();
      const sender = senderOf(options);
      const log = trustLog(openTiles(options.tiles ?? tilesFolder(state)), policyIn(options.policy ?? trustPolicyFile(state)));
      if (options.follow) await follow(state, log, sender, options);
      else await print(state, log, sender, options);
    });
}

async function print(state: string, log: TrustedLog, sender: Sender, options: Options): Promise<void> {
  const stray = FORWARDING.find((name) => options[name] !== undefined);
  if (stray) throw new Sentence(`--${stray} is for --follow. Without it, events go to --out or to the standard output.`);
  const out = options.out === undefined ? undefined : resolve(options.out);
  if (out !== undefined && existsSync(out)) throw new Sentence(`${out} is there already. Name another file with --out.`);
  const [since, until] = [endOf('--since', options.since), endOf('--until', options.until)];
  const [{ rangeOf }, { eventLines, printEvents, writeEvents }, { asLine }, { recordExport }] = await Promise.all([
    import('../events/range.ts'),
    import('../events/print.ts'),
    import('../events/formats.ts'),
    import('../record-export.ts'),
  ]);
  const under = log.look(undefined);
  const range = rangeOf(log, under, since, until);
  const { format } = options;
  await recordExport(state, { exported: { events: format, from: String(range.from), to: String(range.to) } });
  // A crash here leaves a leaf of an export that nobody got: it says more than happened, never less.
  const lines = eventLines(log, under, range, asLine(format, sender));
  await (out === undefined ? printEvents(lines) : writeEvents(lines, out));
  if (out !== undefined) console.log(`${out}\n  leaves ${range.from} to before ${range.to}.`);
}

async function follow(state: string, log: TrustedLog, sender: Sender, options: Options): Promise<void> {
  const { to, ca, cursor, cert, key } = options;
  if (to === undefined || ca === undefined || cursor === undefined)
    throw new Sentence('--follow needs --to <host:port>, --ca <file> and --cursor <file>.');
  if (options.out !== undefined || options.until !== undefined)
    throw new Sentence('--follow has no end and no file: leave out --until and --out.');
  if ((cert === undefined) !== (key === undefined)) throw new Sentence('--cert and --key go together.');
  const { runForwarder } = await import('../events/run.ts');
  await runForwarder({
    state,
    log,
    sender,
    format: options.format,
    to,
    files: { ca, own: cert === undefined || key === undefined ? undefined : { cert, key } },
    cursorFile: resolve(cursor),
    begin: endOf('--since', options.since),
    settleSeconds: settleOf(options.settle),
    signal: endSignal(),
  });
}

const endOf = (option: string, text: string | undefined) => (text === undefined ? undefined : readEnd(option, text));

function senderOf({ hostname, enterpriseNumber: enterprise }: Options): Sender {
  if (!/^[1-9]\d{0,9}$/.test(enterprise)) throw new Sentence(`--enterprise-number is a number that IANA gave out, not ${enterprise}.`);
  if (!/^[!-~]{1,255}$/.test(hostname)) throw new Sentence('--hostname is 1 to 255 printable ASCII characters without a space.');
  return { hostname, enterprise };
}

function settleOf(text: string): number {
  const seconds = Number(text);
  if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > 86_400) throw new Sentence(`--settle is 1 to 86400 seconds, not ${text}.`);
  return seconds;
}

function policyIn(file: string): TrustPolicy {
  if (!existsSync(file)) throw new Sentence(`${file} is not there. Name your trust policy with --policy.`);
  try {
    return parseTrustPolicy(readFileSync(file));
  } catch (error) {
    if (error instanceof Malformed) throw new Sentence(`${file}: ${error.message}.`);
    throw error;
  }
}
