/**
 * A hash of a new password for one device, so that it is taken there before a controller was reached: made by the writer, which alone knows the password,
 * and sealed by it to the device (HPKE in auth mode, RFC 9180). What binds it stands in the additional data, which writer and agent each put together for themselves.
 */
export interface SealedHashContext {
  reset: string;
  device: string;
  /** Of the account, as the writer read it in the directory. */
  sid: string;
  /** RFC 3339, to the millisecond. */
  expiresAt: string;
}

/** HPKE `info`: the product, the format's version and the direction. */
export const SEALED_HASH_INFO = 'countersign/sealed-hash/v1 writer->device';

/** The additional data: every field in a fixed order, none of which may hold a line break. */
export function sealedHashAdditionalData(c: SealedHashContext): string {
  return [c.reset, c.device, c.sid, c.expiresAt].join('\n');
}

/** So long a device may fetch it. Whatever comes later is told to forget the old password only. */
export const SEALED_HASH_SECONDS = 3600;

/** So many devices of one account are sent one: each costs the writer a third of a second, in which the claimant waits. */
export const MOST_SEALED_HASHES = 8;

/** Rounds of sha512-crypt: twenty times SSSD's own five thousand; a login then takes a fifth of a second. */
export const HASH_ROUNDS = 100_000;

/** What a device replaces a cached password by, and nothing else. */
export const SEALED_HASH_FORM = /^\$6\$rounds=\d{4,7}\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}$/;
