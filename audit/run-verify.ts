import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Malformed } from '#evidence/malformed.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { parseVerifierKey } from '#evidence/verifier-key.ts';
import { verifierKeyOf } from './check-replay.ts';
import { printReport } from './report.ts';
import { verifyBundle, type Auditor } from './verify-bundle.ts';

/** A clock of a host that is further off than this from the witnesses' is said. */
export const TOLERANCE_SECONDS = 300;
export const USAGE = `Usage: verify <bundle> --policy <trust policy> [--checkpoint <checkpoint that you hold>]
  [--verifier-key <PEM file>] [--export-key <vkey file>] [--tolerance <seconds>]
Exit code: 0 sound, 1 tampered, 2 incomplete, 3 wrong usage.`;

class WrongUsage extends Error {}

/** Checks the bundle that the arguments name, by the files that they name and nothing else. Answers what to print and the exit code; 3 with the fix for wrong usage. Never throws. */
export function runVerify(args: readonly string[]): { text: string; code: 0 | 1 | 2 | 3 } {
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
  if (values.policy === undefined) throw new WrongUsage('Name your trust policy with --policy.');
  const tolerance = Number(values.tolerance ?? TOLERANCE_SECONDS);
  if (!Number.isSafeInteger(tolerance) || tolerance < 0) throw new WrongUsage('--tolerance is a number of seconds.');
  const [held, key, exporter] = [values.checkpoint, values['verifier-key'], values['export-key']];
  const verifierKey = key === undefined ? undefined : verifierKeyOf(read(key).toString('utf8'));
  if (key !== undefined && !verifierKey) throw new WrongUsage(`${key} is no Ed25519 public key in PEM.`);
  return {
    file,
    auditor: {
      policy: wellFormed(values.policy, parseTrustPolicy),
      held: held === undefined ? undefined : read(held).toString('utf8'),
      verifierKey,
      exportKey: exporter === undefined ? undefined : wellFormed(exporter, (bytes) => parseVerifierKey(bytes.toString('utf8').trimEnd())),
      now: new Date(),
      toleranceSeconds: tolerance,
    },
  };
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
