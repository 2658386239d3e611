import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Malformed } from './malformed.ts';
import { parseVerifierKey, printKeyId, SIGNATURE, verifierKey } from './verifier-key.ts';
import type { KeyType, VerifierKey } from './verifier-key.ts';
import { printBytes, readBase64 } from './wire-text.ts';

/**
 * The file of a signer: one line, `PRIVATE+KEY+<name>+<key id>+<base64(type || seed)>`, as golang.org/x/mod/sumdb/note
 * writes it. It holds name and type beside the seed, so a key can not be started under another name; a bank's Go tools
 * read it too. Nothing of it is ever in an error.
 */
export interface Signer {
  readonly verifier: VerifierKey;
  readonly key: KeyObject;
}

/** RFC 8410 §7: PKCS#8 of an Ed25519 key up to its 32-byte seed. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A new key. Throws Malformed when the name has a space or a plus or is empty. */
export function generateSigner(name: string, type: KeyType): Signer {
  return signerOf(name, type, generateKeyPairSync('ed25519').privateKey);
}

function signerOf(name: string, type: KeyType, key: KeyObject): Signer {
  const publicKey = createPublicKey(key).export({ format: 'jwk' }).x ?? '';
  return { verifier: verifierKey(name, type, Buffer.from(publicKey, 'base64url')), key };
}

/** The content of the file, for a file of mode 0600 only. */
export function printSigner({ verifier, key }: Signer): string {
  const seed = key.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8.length);
  return `PRIVATE+KEY+${verifier.name}+${printKeyId(verifier.id)}+${printBytes(Buffer.concat([Buffer.of(verifier.type), seed]))}\n`;
}

/** Throws Malformed, without a word of the content, when it is no such line or its parts do not belong together. */
export function parseSigner(text: string): Signer {
  const match = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(.+?)\n?$/.exec(text);
  const bytes = match?.[3] === undefined ? undefined : readBase64(match[3]);
  if (!match || bytes?.length !== 33) throw new Malformed('a signer key is one line PRIVATE+KEY+<name>+<key id>+<base64>');
  const [, name = '', id = ''] = match;
  const key = createPrivateKey({ format: 'der', type: 'pkcs8', key: Buffer.concat([PKCS8, bytes.subarray(1)]) });
  const { publicKey } = signerOf(name, SIGNATURE, key).verifier;
  // Type and id are checked as those of the verifier key that belongs to it.
  const verifier = parseVerifierKey(`${name}+${id}+${printBytes(Buffer.concat([bytes.subarray(0, 1), publicKey]))}`);
  return { verifier, key };
}
