import { sign, verify, type KeyObject } from 'node:crypto';
import { canonical, parseCanonical, type Json } from './jcs.ts';

/**
 * Signed statements: Ed25519 (RFC 8032) over a context line and the RFC 8785 text of the body. The context keeps a
 * signature made for one use from being taken for one of another; without one named it is that of the verifier's statements.
 */
const VERIFIERS = 'countersign/attestation/v1';
const signedBytes = (context: string, text: string): Buffer => Buffer.from(`${context}\n${text}`);

/** Signs a statement; returns its canonical text, to be kept verbatim, and the 64-byte signature. */
export function signStatement(body: Json, key: KeyObject, context: string = VERIFIERS): { text: string; signature: Buffer } {
  const text = canonical(body);
  return { text, signature: sign(null, signedBytes(context, text), key) };
}

/** The parsed body when the signature is by this key and the text is canonical; undefined otherwise, never an exception. */
export function openStatement(text: string, signature: Uint8Array, key: KeyObject, context: string = VERIFIERS): Json | undefined {
  try {
    if (!verify(null, signedBytes(context, text), key, signature)) return undefined;
    return parseCanonical(text);
  } catch {
    return undefined;
  }
}
