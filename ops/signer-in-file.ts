import { existsSync } from 'node:fs';
import { readSecretLine } from '#config';
import { Malformed } from '#evidence/malformed.ts';
import { parseSigner, type Signer } from '#evidence/signer-key.ts';
import { Sentence } from './sentence.ts';

/** The signer whose key an operator named by its file. Throws a Sentence when there is none. */
export function signerIn(file: string): Signer {
  if (!existsSync(file)) throw new Sentence(`${file} does not exist.`);
  try {
    return parseSigner(readSecretLine(file));
  } catch (error) {
    if (error instanceof Malformed) throw new Sentence(`${file}: ${error.message}.`);
    // That others can read it, in words of ours.
    throw error instanceof Error ? new Sentence(error.message) : error;
  }
}
