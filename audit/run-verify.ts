import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseCheckpoint } from '#evidence/checkpoint.ts';
import { Malformed } from '#evidence/malformed.ts';
import { parseNote } from '#evidence/signed-note.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { parseVerifierKey } from '#evidence/verifier-key.ts';
import { verifierKeyOf } from './check-replay.ts';
import { printReport } from './report.ts';
import { verifyBundle, type Auditor } from './verify-bundle.ts';

/** A clock of a host that is further off than this from the witnesses' is said. */
const TOLERANCE_SECONDS = 300;
export const USAGE = `Usage: verify <bundle> --policy <trust policy> [--checkpoint <checkpoint that you hold>]
  [--verifier-key <PEM file>] [--export-key <vkey file>] [--tolerance <seconds>]
Exit code: 0 sound, 1 tampered, 2 incomplete, 3 wrong usage.`;

/** A question that cannot be taken, with the fix. */
export class WrongUsage extends Error {}

/** Checks the bundle that the arguments name, by the files that they name and nothing else. Answers what to print and the exit code; 3 with the fix for wrong usage. Never throws. */
export function runVerify(args: readonly string[]): { text: string; code: 0 | 1 | 2 | 3 } {
  if (args.length === 1 && (args[0] === '--help' || args[0] === '-h')) return { text: `${USAGE}\n`, code: 0 };
  try {
    const { file, auditor } = readArguments(args);
    const bytes = read(file);
    return printReport(verifyBundle(bytes, auditor), auditor);
  } catch (error) {
    if (error instanceof WrongUsage) return { text: `${error.message}\n${USAGE}\n`, code: 3 };
    throw error;
  }
}

const OPTIONS = {
  policy: { type: 'string' },
  checkpoint: { type: 'string' },
  'verifier-key': { type: 'string' },
  'export-key': { type: 'string' },
  tolerance: { type: 'string' },
} as const;

function readArguments(args: readonly string[]): { file: string; auditor: Auditor } {
  const { values, positionals } = parsed(args);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new WrongUsage('Name one bundle.');
  const { policy, checkpoint, tolerance } = values;
  return {
    file,
    auditor: auditorOf({ policy, checkpoint, tolerance, verifierKey: values['verifier-key'], exportKey: values['export-key'] }),
  };
}

/** What an auditor brings along, by the names of the files. Throws WrongUsage for one that cannot be read or used. */
export function auditorOf(named: {
  policy?: string | undefined;
  checkpoint?: string | undefined;
  verifierKey?: string | undefined;
  exportKey?: string | undefined;
  tolerance?: string | undefined;
}): Auditor {
  if (named.policy === undefined) throw new WrongUsage('Name your trust policy with --policy.');
  const tolerance = Number(named.tolerance ?? TOLERANCE_SECONDS);
  if (!Number.isSafeInteger(tolerance) || tolerance < 0) throw new WrongUsage('--tolerance is a number of seconds.');
  const { checkpoint: held, verifierKey: key, exportKey: exporter } = named;
  const verifierKey = key === undefined ? undefined : verifierKeyOf(read(key).toString('utf8'));
  if (key !== undefined && !verifierKey) throw new WrongUsage(`${key} is no Ed25519 public key in PEM.`);
  return {
    policy: wellFormed(named.policy, parseTrustPolicy),
    held: held === undefined ? undefined : wellFormed(held, checkpointOf),
    verifierKey,
    exportKey: exporter === undefined ? undefined : wellFormed(exporter, (bytes) => parseVerifierKey(bytes.toString('utf8').trimEnd())),
    now: new Date(),
    toleranceSeconds: tolerance,
  };
}

/** The text of a signed checkpoint, whoever signed it. Throws Malformed for everything else. */
function checkpointOf(bytes: Buffer): string {
  parseCheckpoint(parseNote(bytes).text);
  return bytes.toString('utf8');
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new WrongUsage(error instanceof Error ? error.message : 'The arguments cannot be read.');
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new WrongUsage(`${file} cannot be read.`);
  }
}

function wellFormed<T>(file: string, parse: (bytes: Buffer) => T): T {
  try {
    return parse(read(file));
  } catch (error) {
    if (error instanceof Malformed) throw new WrongUsage(`${file}: ${error.message}.`);
    throw error;
  }
}
