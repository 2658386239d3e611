import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The pinned key of the card listener (SPKI PEM); undefined where no file is named. Throws one sentence when it is no Ed25519 key. */
export function listenerKey(file: string | undefined): KeyObject | undefined {
  if (file === undefined) return undefined;
  const key = createPublicKey(readFileSync(file));
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${file} is not an Ed25519 public key. Put the card listener's key there.`);
  return key;
}
