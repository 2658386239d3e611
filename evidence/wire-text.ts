import { Malformed } from './malformed.ts';

/**
 * Numbers and bytes as the C2SP texts write them: decimals without leading zeroes, and base64 (RFC 4648 §4) in the one
 * form that an encoder gives. Lenient forms would let a byte of a proof change without anybody noticing.
 */
export const HASH_BYTES = 32;

/** Sizes, indexes and times fit 63 bits, as in every other implementation and in PostgreSQL's bigint. */
export const MAX_NUMBER = (1n << 63n) - 1n;

/** undefined unless the text is a decimal from 0 to 2^63 - 1 without sign or leading zero. */
export function readDecimal(text: string): bigint | undefined {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value <= MAX_NUMBER ? value : undefined;
}

/** undefined unless the text is exactly what encoding the bytes again gives. */
export function readBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** A SHA-256 hash in base64; undefined when it is anything else. */
export function readHash(text: string): Buffer | undefined {
  const bytes = readBase64(text);
  return bytes?.length === HASH_BYTES ? bytes : undefined;
}

export const printBytes = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The text of UTF-8 bytes, a byte order mark kept as the character that it is. Throws Malformed when they are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Malformed('the bytes are not UTF-8');
  }
}

/** A text that may come as bytes. Throws Malformed when it is not UTF-8, or not what UTF-8 can say. */
export function textOf(input: string | Uint8Array): string {
  if (typeof input !== 'string') return utf8Text(input);
  if (!input.isWellFormed()) throw new Malformed('the text has a lone surrogate');
  return input;
}
