import { sign, verify, type KeyObject } from 'node:crypto';
import { canonical, parseCanonical, type Json } from './jcs.ts';

/**
 * Signed statements of the verifier: Ed25519 (RFC 8032) over a context line and the RFC 8785 text of the body. The
 * context keeps a signature made here from being taken for one over anything else.
 */
const CONTEXT = Buffer.from('countersign/attestation/v1\n');

/** Signs a statement; returns its canonical text, to be kept verbatim, and the 64-byte signature. */
export function signStatement(body: Json, key: KeyObject): { text: string; signature: Buffer } {
  const text = canonical(body);
  return { text, signature: sign(null, Buffer.concat([CONTEXT, Buffer.from(text)]), key) };
}

/** The parsed body when the signature is by this key and the text is canonical; undefined otherwise, never an exception. */
export function openStatement(text: string, signature: Uint8Array, key: KeyObject): Json | undefined {
  try {
    if (!verify(null, Buffer.concat([CONTEXT, Buffer.from(text)]), key, signature)) return undefined;
    return parseCanonical(text);
  } catch {
    return undefined;
  }
}
