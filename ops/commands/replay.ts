import { existsSync, readFileSync, statSync } from 'node:fs';
import { Option, type Command, type CommanderError } from 'commander';
import { counted } from '#audit/finding.ts';
import { auditorOf, WrongUsage } from '#audit/run-verify.ts';
import { tellVerdict } from '#audit/tell-verdict.ts';
import { Malformed } from '#evidence/malformed.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { defaultState } from '../paths.ts';
import type { Checked } from '../replay/check-histories.ts';
import { exitCodeOf } from '../replay/finding.ts';
import type { Selection } from '../replay/select.ts';
import type { ReplaySources } from '../replay/replay.ts';
import { Sentence } from '../sentence.ts';
import { historiesFolder, workflowCodeFolder } from '../setup/archives.ts';
import { historyKeysFile, openHistoryKeys } from '../setup/history-keys.ts';
import { tilesFolder, trustPolicyFile } from '../setup/log-keys.ts';

interface Options {
  since?: string;
  all?: true;
  bundle?: string;
  verifierKey?: string;
  exportKey?: string;
  tiles: string;
  histories: string;
  code: string;
  policy: string;
  keys: string;
}

const USAGE = 3;
const RESET = /^(?:reset\/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Adds `replay`: sealed histories against the log, the archived code and each other. Exits 0 sound, 1 tampered, 2 incomplete, 3 usage. */
export function replayCommand(program: Command): void {
  const state = defaultState();
  const from = (flag: string, what: string, where: string) => new Option(flag, what).default(where);
  program
    .command('replay [reset]')
    .description('check sealed histories against the published log, and replay them with the code that ran them')
    .option('--since <time>', 'all that were sealed at this time (RFC 3339) or later')
    .option('--all', 'every sealed history, and whether a reset that has ended lacks one')
    .option('--bundle <file>', 'the histories of a bundle, with the keys and the code that are in it')
    .option('--verifier-key <file>', "with --bundle: the verifier's key that you hold, in PEM")
    .option('--export-key <file>', 'with --bundle: the export key that you hold')
    .addOption(from('--tiles <folder>', 'the published log', tilesFolder(state)))
    .addOption(from('--histories <folder>', 'the archive of sealed histories', historiesFolder(state)))
    .addOption(from('--code <folder>', "the archive of the workflows' code", workflowCodeFolder(state)))
    .addOption(from('--policy <file>', 'the trust policy that the auditor keeps', trustPolicyFile(state)))
    .addOption(from('--keys <file>', 'a ring of history keys', historyKeysFile(state, 'worker')))
    .exitOverride((said: CommanderError) => process.exit(said.exitCode === 0 ? 0 : USAGE))
    .action(run);
}

async function run(reset: string | undefined, options: Options): Promise<void> {
  const work = options.bundle === undefined ? ofArchive(reset, options) : ofBundle(options.bundle, reset, options);
  if (!work) {
    process.exitCode = USAGE;
    return;
  }
  const begun = performance.now();
  const { findings, histories, replayed, events, notProven = [] } = await work();
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const exit = exitCodeOf(findings);
  const lines = [
    ...findings.map(({ weight, of, words }) => `${weight === 'tampered' ? 'TAMPERED  ' : 'INCOMPLETE'} ${of}: ${words}.`),
    `${counted(histories, 'history', 'histories')} with ${events} events looked at, ${replayed} of them replayed, in ${seconds} s.`,
    ...(notProven.length > 0 ? ['NOT PROVEN', ...notProven.map((line) => `  - ${line}`)] : []),
    VERDICTS[exit],
  ];
  tellVerdict(`${lines.join('\n')}\n`, exit);
  // Not by running out of work: a history that the SDK never finished would keep this process alive.
  process.exit();
}

type Work = (() => Promise<Checked & { notProven?: string[] }>) | undefined;

// Each is imported when it is called for: the SDK's worker takes a second to load, and other commands do without.
function ofArchive(reset: string | undefined, options: Options): Work {
  const selection = selectionOf(reset, options);
  const sources = selection && sourcesOf(options);
  return sources && (async () => (await import('../replay/replay.ts')).replay(sources, selection));
}

function ofBundle(file: string, reset: string | undefined, options: Options): Work {
  const { since, all } = options;
  if (reset !== undefined || since !== undefined || all)
    return usage('A bundle says itself what is in it: name only --bundle and --policy.');
  if (!existsSync(file) || statSync(file).isDirectory())
    return usage(`${file} does not exist, or is a folder. Name a bundle, as countersign bundle writes it.`);
  try {
    const auditor = auditorOf(options);
    return async () => (await import('../replay/replay-bundle.ts')).replayBundle(readFileSync(file), auditor);
  } catch (error) {
    if (error instanceof WrongUsage) return usage(error.message);
    throw error;
  }
}

const VERDICTS = {
  0: 'Sound: each is the one that was sealed, and played again with its code it came out the same, byte for byte.',
  1: 'Tampered: see above.',
  2: 'Incomplete: see above.',
} as const;

function selectionOf(reset: string | undefined, { since, all }: Options): Selection | undefined {
  if ([reset, since, all].filter((one) => one !== undefined).length !== 1)
    return usage('Name one reset by its id, or say --since <time>, or --all, or --bundle <file>.');
  if (all) return 'all';
  if (since !== undefined) {
    const at = new Date(since);
    return Number.isNaN(at.getTime()) ? usage(`"${since}" is no time. Write it as 2026-01-31T09:00:00Z.`) : { since: at };
  }
  const id = RESET.exec(reset ?? '')?.[1];
  return id === undefined ? usage(`"${reset}" is no reset id. It is the UUID in the console's address of the reset.`) : { reset: id };
}

/** Undefined, said why, when a file that the caller named cannot be used. */
function sourcesOf({ tiles, histories, code, policy, keys }: Options): ReplaySources | undefined {
  try {
    return {
      tilesFolder: tiles,
      historiesFolder: histories,
      workflowCodeFolder: code,
      policy: parseTrustPolicy(readFileSync(policy, 'utf8')),
      keys: openHistoryKeys(keys),
      keysFile: keys,
    };
  } catch (error) {
    if (error instanceof Malformed) return usage(`${policy} is no trust policy: ${error.message}.`);
    if (error instanceof Sentence) return usage(error.message);
    if (error instanceof Error && 'code' in error) return usage(`${policy} cannot be read (${String(error.code)}). Name it with --policy.`);
    throw error;
  }
}

function usage(words: string): undefined {
  console.error(words);
  return undefined;
}
