import { existsSync, readFileSync } from 'node:fs';
import { verifierKeyOf } from '#audit/check-replay.ts';
import { readSecretLine } from '#config';
import { openDatabase } from '#db';
import { Malformed } from '#evidence/malformed.ts';
import { parseTrustPolicy, type TrustPolicy } from '#evidence/trust-policy.ts';
import { archivedHistories } from '../bundle/histories.ts';
import { openTiles } from '../bundle/tiles.ts';
import { Sentence } from '../sentence.ts';
import { historiesFolder } from '../setup/archives.ts';
import { auditorUrlFile } from '../setup/database-roles.ts';
import { tilesFolder, trustPolicyFile, verifierKeyCopy } from '../setup/log-keys.ts';
import type { AuditDeps } from './pass.ts';

export interface AuditorFiles {
  readonly databaseUrl?: string;
  readonly tiles?: string;
  readonly policy?: string;
  readonly verifierKey?: string;
  readonly histories?: string;
  readonly freshSeconds: number;
}

const TOLERANCE_SECONDS = 300;

/** What a live audit works with: the auditor's own files where they are named, this machine's otherwise. Throws a sentence. */
export function openAuditor(state: string, files: AuditorFiles): { deps: AuditDeps; close: () => Promise<void> } {
  const verifierFile = files.verifierKey ?? verifierKeyCopy(state);
  const verifierKey = verifierKeyOf(readOwn(verifierFile).toString('utf8'));
  if (!verifierKey) throw new Sentence(`${verifierFile} is no Ed25519 public key in PEM.`);
  const policy = policyIn(files.policy ?? trustPolicyFile(state));
  const urlFile = files.databaseUrl ?? auditorUrlFile(state);
  readOwn(urlFile);
  const db = openDatabase(readSecretLine(urlFile), 2);
  const tiles = openTiles(files.tiles ?? tilesFolder(state));
  const { freshSeconds } = files;
  return {
    deps: {
      db,
      tiles,
      findHistory: archivedHistories(files.histories ?? historiesFolder(state)),
      policy,
      verifierKey,
      freshSeconds,
      toleranceSeconds: TOLERANCE_SECONDS,
    },
    close: () => db.$disconnect(),
  };
}

function policyIn(file: string): TrustPolicy {
  try {
    return parseTrustPolicy(readOwn(file));
  } catch (error) {
    if (error instanceof Malformed) throw new Sentence(`${file}: ${error.message}.`);
    throw error;
  }
}

function readOwn(file: string): Buffer {
  if (!existsSync(file))
    throw new Sentence(`${file} is not there. Name your own copy, or run this where Countersign is set up, as the same user.`);
  return readFileSync(file);
}
