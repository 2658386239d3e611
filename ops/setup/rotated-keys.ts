import { existsSync, readFileSync, rmSync } from 'node:fs';
import { parseSigner } from '#evidence/signer-key.ts';
import { parseVerifierKey, printVerifierKey, type VerifierKey } from '#evidence/verifier-key.ts';
import type { Identity } from './identities.ts';
import { ownedFile } from './owned-files.ts';

/** The key that is to take the place of a key file, and the note of it, which both have signed. */
export const nextKeyFile = (file: string): string => `${file}.next`;
export const rotationFile = (file: string): string => `${file}.rotation`;
/** Verifier keys of the keys that a key file held before, oldest first, one a line. */
const formerFile = (file: string): string => `${file}.former`;

export function formerKeys(file: string): VerifierKey[] {
  if (!existsSync(formerFile(file))) return [];
  return readFileSync(formerFile(file), 'utf8').trimEnd().split('\n').map(parseVerifierKey);
}

/**
 * Puts the next key in the place of a key, once its rotation is in the log's outbox; nothing when none is prepared. The old
 * private key is gone afterwards, its verifier key is kept. Safe to repeat wherever it was cut off.
 */
export function takeOver(file: string, owner?: Identity): void {
  if (!existsSync(rotationFile(file))) return;
  const next = nextKeyFile(file);
  if (existsSync(next)) {
    const [old, fresh] = [file, next].map((one) => parseSigner(readFileSync(one, 'utf8')));
    if (old && fresh && !old.verifier.publicKey.equals(fresh.verifier.publicKey)) {
      const former = [...formerKeys(file).map(printVerifierKey), printVerifierKey(old.verifier)];
      ownedFile(formerFile(file), `${[...new Set(former)].join('\n')}\n`, owner);
      // A crash here finds the old key named as a former one, and comes by again.
      ownedFile(file, readFileSync(next), owner);
    }
    rmSync(next);
  }
  rmSync(rotationFile(file));
}
