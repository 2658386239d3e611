/**
 * The fixed part of authenticator data (W3C Web Authentication Level 3 §6.1): SHA-256 of the relying party's id, one byte
 * of flags, a counter of four bytes. What may follow (a new key, extensions) is covered by the signature and not read here.
 */
export interface AuthenticatorData {
  readonly rpIdHash: Uint8Array;
  /** Somebody touched the authenticator. */
  readonly userPresent: boolean;
  /** The authenticator itself knew its owner by PIN or body. */
  readonly userVerified: boolean;
  /** The private key may leave the authenticator: a synced passkey. */
  readonly backupEligible: boolean;
  /** 0 forever for authenticators that do not count. */
  readonly counter: number;
}

const FIXED_BYTES = 37;
const UP = 0x01;
const UV = 0x04;
const BE = 0x08;
const BS = 0x10;

/** Undefined when the bytes are too few, or say that a key is backed up which cannot be (§6.1.3). */
export function readAuthenticatorData(bytes: Uint8Array): AuthenticatorData | undefined {
  if (bytes.length < FIXED_BYTES) return undefined;
  const flags = bytes[32] ?? 0;
  if ((flags & BS) !== 0 && (flags & BE) === 0) return undefined;
  return {
    rpIdHash: bytes.subarray(0, 32),
    userPresent: (flags & UP) !== 0,
    userVerified: (flags & UV) !== 0,
    backupEligible: (flags & BE) !== 0,
    counter: Buffer.from(bytes).readUInt32BE(33),
  };
}
