import { sign, verify, type KeyObject } from 'node:crypto';
import { canonical, parseCanonical, type Json } from './jcs.ts';

/**
 * Statements between the verifier and devices: Ed25519 (RFC 8032) over tag, a NUL and the RFC 8785 text, in UTF-8. The tag keeps
 * a signature made for one use from being taken for another. docs/device-protocol.md tells it to writers of clients.
 */
const signedBytes = (tag: string, text: string): Buffer => Buffer.from(`${tag}\0${text}`);

/** The canonical text of a statement, to be kept verbatim, and its 64-byte signature. */
export function signDeviceStatement(tag: string, body: Json, key: KeyObject): { text: string; signature: Buffer } {
  const text = canonical(body);
  return { text, signature: sign(null, signedBytes(tag, text), key) };
}

/** The parsed body when the signature is by this Ed25519 key and the text is canonical; undefined otherwise, never an exception. */
export function openDeviceStatement(tag: string, text: string, signature: Uint8Array, key: KeyObject): Json | undefined {
  try {
    if (key.asymmetricKeyType !== 'ed25519' || !verify(null, signedBytes(tag, text), key, signature)) return undefined;
    return parseCanonical(text);
  } catch {
    return undefined;
  }
}
