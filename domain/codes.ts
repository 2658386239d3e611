/**
 * Codes that people read, type and say. Crockford base32 (no I, L, O, U): 32 symbols, so one random byte masked to five
 * bits gives one symbol without bias. The first four symbols of a code select its row and are kept in the open, the rest is
 * the secret: 80 bits of a recovery code, which is printed and lives for years (NIST SP 800-63B-4 §4.2.1.1 asks for at
 * least 64), 60 bits of an issued one, which lives for minutes. References have 12 symbols.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const NOT_IN_ALPHABET = /[^0-9A-HJKMNP-TV-Z]/;
export const RECOVERY_CODE_SYMBOLS = 20;
/** Of an issued code, and of recovery codes from before they were longer, which go on working until they are used. */
export const CODE_SYMBOLS = 16;
export const REFERENCE_SYMBOLS = 12;
export const SELECTOR_SYMBOLS = 4;

/** Turns random bytes into symbols, one a byte, in groups of four. The caller brings the randomness. */
export function codeFromBytes(bytes: Uint8Array): string {
  const symbols = Array.from(bytes, (b) => ALPHABET.charAt(b & 31)).join('');
  return symbols.match(/.{1,4}/g)?.join('-') ?? '';
}

/** What people type for a code: any case, spaces and dashes of any kind, O for 0, I and L for 1. Undefined when it cannot be a code of any of those lengths. */
export function normaliseCode(typed: string, ...lengths: readonly number[]): string | undefined {
  if (typed.length > 64) return undefined;
  const bare = typed
    .toUpperCase()
    .replace(/[\s\u00AD\u2010-\u2015\u2212-]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  const known = lengths.length > 0 ? lengths : [CODE_SYMBOLS, RECOVERY_CODE_SYMBOLS];
  return known.includes(bare.length) && !NOT_IN_ALPHABET.test(bare) ? bare : undefined;
}

/** A TOTP code as typed: six to eight digits, spaces allowed. Undefined otherwise (otplib throws on anything else). */
export function normaliseDigits(typed: string): string | undefined {
  if (typed.length > 32) return undefined;
  const bare = typed.replace(/[\s-]/g, '');
  return /^\d{6,8}$/.test(bare) ? bare : undefined;
}

/** A reference as it is stored and shown: three groups of four. Undefined when it cannot be one. */
export function normaliseReference(typed: string): string | undefined {
  const bare = normaliseCode(typed, REFERENCE_SYMBOLS);
  return bare?.match(/.{4}/g)?.join('-');
}
