import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { readSecretLine } from '#config';
import { Malformed } from '#evidence/malformed.ts';
import { parseSigner, type Signer } from '#evidence/signer-key.ts';
import { COSIGNATURE, parseVerifierKey, SIGNATURE, type VerifierKey } from '#evidence/verifier-key.ts';
import { refuseDebugger } from '#no-debugger';
import { holdAlone } from '../hold-alone.ts';
import { createWitness } from './server.ts';
import { openStateFile } from './state-file.ts';

export interface WitnessSettings {
  listen: { host: string; port: number };
  /** One line PRIVATE+KEY+…, of a cosigner. */
  keyFile: string;
  /** What it has seen. Losing it is losing the witness: back it up, never start it from an older copy. */
  stateFile: string;
  /** A file with the verifier key of each log to watch, one a line. */
  logsFile: string;
}

/**
 * Starts a witness and resolves when it listens. Throws one sentence when a key or the state cannot be used, or when
 * another process holds the state: two that remember apart would cosign two histories.
 */
export async function runWitness({ listen, keyFile, stateFile, logsFile }: WitnessSettings): Promise<Server> {
  refuseDebugger((words) => console.log(JSON.stringify({ level: 'warn', process: 'witness', msg: words })));
  const hold = holdState(stateFile);
  const server = createWitness({
    signer: signerOf(keyFile),
    logs: logsOf(logsFile),
    state: openStateFile(stateFile),
    now: () => BigInt(Math.floor(Date.now() / 1000)),
  });
  server.once('close', () => hold.release());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return server;
}

function holdState(file: string): { release(): void } {
  try {
    return holdAlone(`${file}.lock`);
  } catch (error) {
    throw new Error(`${file} is in use by another process, or its folder cannot be written. One witness at a time has a state.`, {
      cause: error,
    });
  }
}

function signerOf(file: string): Signer {
  const signer = explained(file, () => parseSigner(readSecretLine(file)));
  if (signer.verifier.type !== COSIGNATURE)
    throw new Error(`${file} is the key of a log, not of a witness. Make one with: countersign ceremony witness`);
  return signer;
}

function logsOf(file: string): VerifierKey[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const logs = lines.map((line) => explained(file, () => parseVerifierKey(line)));
  if (logs.length === 0 || logs.some(({ type }) => type !== SIGNATURE))
    throw new Error(`${file} must name the key of each log to watch, one a line.`);
  return logs;
}

function explained<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) throw new Error(`${file}: ${error.message}.`, { cause: error });
    throw error;
  }
}
