import { createHash, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Malformed } from './malformed.ts';
import { printBytes, readBase64 } from './wire-text.ts';

/**
 * Verifier keys ("vkeys") of C2SP signed-note v1.0.0: `<name>+<key id, 8 hex digits>+<base64(type || public key)>`.
 * Two types are known here, both Ed25519: a signature over the text of a note, and a timestamped cosignature
 * (tlog-cosignature v1). Signatures of other types are those of unknown keys.
 */
export const SIGNATURE = 0x01;
export const COSIGNATURE = 0x04;
export type KeyType = typeof SIGNATURE | typeof COSIGNATURE;

export interface VerifierKey {
  readonly name: string;
  readonly type: KeyType;
  /** The first four bytes of SHA-256(name || 0x0A || type || public key), big-endian. */
  readonly id: number;
  /** 32 bytes, RFC 8032. */
  readonly publicKey: Buffer;
  readonly key: KeyObject;
}

/** Key names are not empty and have no Unicode space, no plus and no ASCII control character. */
// oxlint-disable-next-line no-control-regex -- control characters are what the format forbids
export const isKeyName = (name: string): boolean => name.isWellFormed() && /^[^\p{White_Space}\u0000-\u001f+]+$/u.test(name);

/** The key of these 32 bytes under this name. Throws Malformed when the name or the length is wrong. */
export function verifierKey(name: string, type: KeyType, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw new Malformed('a key name must have no space and no plus, and not be empty');
  if (publicKey.length !== 32) throw new Malformed('an Ed25519 public key has 32 bytes');
  const x = Buffer.from(publicKey);
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') } });
  return { name, type, id: keyId(name, type, x), publicKey: x, key };
}

function keyId(name: string, type: number, publicKey: Uint8Array): number {
  return createHash('sha256').update(`${name}\n`).update(Buffer.of(type)).update(publicKey).digest().readUInt32BE(0);
}

export const printKeyId = (id: number): string => id.toString(16).padStart(8, '0');

export function printVerifierKey({ name, type, id, publicKey }: VerifierKey): string {
  return `${name}+${printKeyId(id)}+${printBytes(Buffer.concat([Buffer.of(type), publicKey]))}`;
}

/** Throws Malformed when it is no verifier key, when its id is not that of its key, or when its type is not known here. */
export function parseVerifierKey(text: string): VerifierKey {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  if (!match) throw new Malformed('a verifier key is written <name>+<8 hex digits>+<base64>');
  const [, name = '', id = '', encoded = ''] = match;
  const bytes = readBase64(encoded);
  if (!bytes) throw new Malformed('the last part of a verifier key is base64');
  const type = bytes[0];
  if (type !== SIGNATURE && type !== COSIGNATURE)
    throw new Malformed('the key is neither of type 1 (Ed25519) nor of type 4 (Ed25519 cosignature)');
  const key = verifierKey(name, type, bytes.subarray(1));
  if (printKeyId(key.id) !== id) throw new Malformed(`the id of the key ${name} is ${printKeyId(key.id)}, not ${id}`);
  return key;
}
