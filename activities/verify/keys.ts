import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** What only the verifier holds besides its opening key. Made once at the start from the files that its settings name. */
export interface VerifierKeys {
  /** Signs statements and rows (Ed25519), and the public half that checks them again. */
  signing: KeyObject;
  checking: KeyObject;
  /** Signs notices for devices, which pin its public half (Ed25519), and nothing else. */
  notice: KeyObject;
  /** AES-256 key of factor secrets, with its name. */
  factor: Uint8Array;
  factorId: string;
  /** Kept outside the database: a stolen table of codes alone cannot be guessed against. */
  pepper: Uint8Array;
  /** HMAC of names that nobody has. */
  names: Uint8Array;
}

/** Parses the contents of the key files. Throws a sentence naming the key that is short or of the wrong kind. */
export function verifierKeys(files: {
  signing: string | Buffer;
  notice: string | Buffer;
  factor: Uint8Array;
  pepper: Uint8Array;
  names: Uint8Array;
}): VerifierKeys {
  for (const name of ['factor', 'pepper', 'names'] as const) {
    if (files[name].length !== 32)
      throw new Error(`The verifier's ${name} key must have 32 bytes. Put the right file back, or begin again with: npm start -- --fresh`);
  }
  const ed25519 = (name: 'signing' | 'notice'): KeyObject => {
    const key = createPrivateKey(files[name]);
    if (key.asymmetricKeyType !== 'ed25519')
      throw new Error(
        `The verifier's ${name} key is not an Ed25519 key. Put the right file back, or begin again with: npm start -- --fresh`,
      );
    return key;
  };
  const signing = ed25519('signing');
  return {
    signing,
    checking: createPublicKey(signing),
    notice: ed25519('notice'),
    factor: files.factor,
    factorId: createHash('sha256').update('countersign/factor-key\n').update(files.factor).digest('hex').slice(0, 16),
    pepper: files.pepper,
    names: files.names,
  };
}
