import { createHash, randomBytes } from 'node:crypto';
import { canonical, type Json } from './jcs.ts';
import { leafHash } from './merkle-tree.ts';

/**
 * A leaf: the RFC 8785 text of one thing that happened, at most 65,535 bytes. Its hash is that of a leaf in an RFC 6962
 * §2.1 tree, SHA-256(0x00 || text), so the log needs no second form.
 */
export interface LeafBody {
  readonly [key: string]: Json;
  readonly v: 1;
  readonly id: string;
  readonly type: string;
  readonly outcome: string;
}

export const MAX_LEAF_BYTES = 65_535;

/** Canonical text and RFC 6962 leaf hash. Throws RangeError when the leaf is too long. */
export function encodeLeaf(body: LeafBody): { text: string; hash: Buffer } {
  const text = canonical(body);
  if (Buffer.byteLength(text) > MAX_LEAF_BYTES) throw new RangeError('a leaf may have 65,535 bytes at most');
  return { text, hash: leafHash(text) };
}

/** A salted commitment to personal data: base64(SHA-256(0x02 || 16-byte salt || RFC 8785 text)). The opening can be erased without breaking the leaf. */
export function commit(value: Json): { commitment: string; salt: Buffer } {
  const salt = randomBytes(16);
  return { commitment: commitment(value, salt), salt };
}

export function commitment(value: Json, salt: Uint8Array): string {
  return createHash('sha256').update(Buffer.of(2)).update(salt).update(canonical(value)).digest('base64');
}
