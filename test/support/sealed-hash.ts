import { createHash } from 'node:crypto';
import type { SealedToDevice } from '#activities/write/hash-sealer.ts';

/** By which a notice names what goes with it. */
export function digestOf({ encapsulated, ciphertext }: { encapsulated: Uint8Array; ciphertext: Uint8Array }): string {
  return createHash('sha256').update(encapsulated).update(ciphertext).digest('hex');
}

/** As it goes over the wire. */
export function carriedAs({ encapsulated, ciphertext }: SealedToDevice): string {
  return Buffer.concat([encapsulated, ciphertext]).toString('base64url');
}
