import { sign, verify } from 'node:crypto';
import type { Signer } from './signer-key.ts';
import { COSIGNATURE } from './verifier-key.ts';
import type { VerifierKey } from './verifier-key.ts';
import { MAX_NUMBER } from './wire-text.ts';

/**
 * Timestamped Ed25519 cosignatures, tlog-cosignature v1: a witness says that, as of that second, this is the largest
 * consistent tree that it has seen under the origin. The signature in the note is the time as 8 bytes, big-endian, and
 * the 64 bytes of RFC 8032. The signed message does not name the witness, so two witnesses must never share a key.
 */
const LENGTH = 8 + 64;

/** The message: a fixed line, the time, and the whole text of the checkpoint with its last newline. */
const message = (text: string, time: bigint): Buffer => Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);

/**
 * The 72 bytes of a cosignature over a checkpoint's text, at a time in POSIX seconds. Throws RangeError when the time is
 * not from 1 to 2^63 - 1, or when the key is not a cosigner's.
 */
export function cosign(text: string, signer: Signer, time: bigint): Buffer {
  if (time < 1n || time > MAX_NUMBER) throw new RangeError('a cosignature is made at a time in POSIX seconds');
  if (signer.verifier.type !== COSIGNATURE) throw new RangeError(`${signer.verifier.name} is not the key of a cosigner`);
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(time);
  return Buffer.concat([head, sign(null, message(text, time), signer.key)]);
}

/** The time in POSIX seconds at which this key cosigned the text; undefined when it did not. Never throws. */
export function cosignedAt(text: string, signature: Uint8Array, verifier: VerifierKey): bigint | undefined {
  if (verifier.type !== COSIGNATURE || signature.length !== LENGTH) return undefined;
  const bytes = Buffer.from(signature);
  const time = bytes.readBigUInt64BE(0);
  if (time > MAX_NUMBER) return undefined;
  return verify(null, message(text, time), verifier.key, bytes.subarray(8)) ? time : undefined;
}
