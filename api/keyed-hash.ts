import { createHmac, timingSafeEqual } from 'node:crypto';

/** HMAC-SHA-256 under the API's own key over a label and its parts; the label keeps one use from standing for another. */
export type KeyedHash = (label: string, ...parts: readonly string[]) => Buffer;

/** A keyed hash over a key of at least 32 bytes. Parts are framed as JSON, so that ("ab","c") and ("a","bc") differ. */
export function keyedHash(key: Uint8Array): KeyedHash {
  if (key.length < 32) throw new Error("The API's HMAC key needs at least 32 bytes. Make it again with: npm start -- --fresh");
  return (label, ...parts) =>
    createHmac('sha256', key)
      .update(JSON.stringify([label, ...parts]))
      .digest();
}

/** A UUID made of a hash (version 8 of RFC 9562 §5.8): the same hash, the same id. */
export function uuidOf(hash: Uint8Array): string {
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x80;
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Whether two hashes are the same, in time that does not depend on where they differ. */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
