/** Hardware tokens (RFC 4226, RFC 6238) from their import to their loss. */

/** How a one-time code is made of a secret. `period`: seconds of a time step (TOTP), null where each code has a counter of its own (HOTP). */
export interface CodeSettings {
  algorithm: 'sha1' | 'sha256' | 'sha512';
  digits: 6 | 7 | 8;
  period: 30 | 60 | null;
}

/** So many codes ahead of the expected one a counter-based token is followed (RFC 4226 §7.2). */
export const LOOK_AHEAD = 10;
/** So many codes are searched for two that follow each other (RFC 4226 §7.4). */
export const RESYNC_WINDOW = 1000;
/** So many steps a clock may be off by what a supplier says of it. */
export const MOST_DRIFT = 20;
/** Hours that a file waits for the second person. */
export const IMPORT_HOURS = 24;
/** One file: bytes, and tokens in it. */
export const MOST_FILE_BYTES = 24 * 1024 * 1024;
export const MOST_TOKENS = 20_000;
/** Bytes of a seed: RFC 4226 §4 asks for 128 bits at least; more than a block of SHA-512's HMAC adds nothing. */
export const SEED_BYTES = { least: 16, most: 64 } as const;

/** Where a token is. */
export const TOKEN_STATES = ['stock', 'assigned', 'lost', 'disabled'] as const;

export const TOKEN_DEEDS = ['bring', 'confirm', 'assign', 'resync', 'lost', 'returned'] as const;
export type TokenDeed = (typeof TOKEN_DEEDS)[number];

/** What opens a file: the second person brings it. A file without encryption is vouched for by its digest from the supplier. */
export const OPENED_BY = ['pre-shared-key', 'passphrase', 'digest'] as const;
export type OpenedBy = (typeof OPENED_BY)[number];

/** Why a whole file is refused: what happened and what to do. */
export const FILE_FAULTS = {
  'too-large': 'The file is larger than 24 MB or has more than 20,000 tokens. Ask the supplier for several files.',
  'not-xml': 'The file is not well-formed XML. Ask the supplier for another copy.',
  'xml-forbidden':
    'The file has a document type, an entity or a processing instruction, which no key container needs and attackers use. Do not import it; ask the supplier.',
  'xml-too-deep': 'The elements of the file are nested deeper than those of any key container. Do not import it; ask the supplier.',
  'not-pskc': 'The file is no key container of RFC 6030, version 1.0. For a file of columns name it with the ending .csv.',
  'key-method': 'The file is encrypted to a key that cannot be given here. Ask the supplier for a pre-shared key or a passphrase.',
  'key-derivation':
    'The file derives its key in a way that is not taken: PBKDF2 with at most 2,000,000 rounds and 8 bytes of salt at least.',
  'key-needed': 'The file is encrypted, and no key was given.',
  'key-shape': 'The pre-shared key has 32, 48 or 64 hexadecimal digits. Check what the supplier sent you.',
  'key-wrong': 'The key does not open this file. Check it, and that it belongs to this file.',
  'mac-method': 'The file protects its seeds by a method that is not taken. Ask the supplier for HMAC with SHA-1 or SHA-2.',
  'plain-seeds': 'The seeds of this file are not encrypted. If that is known and wanted, bring it again with --plain.',
  'signer-needed': 'The file is signed. Name the certificate of the supplier, which you got by another way: --signer <file>.',
  'signature-missing': 'A signer was named, but the file is not signed. Ask the supplier for the signed file.',
  'signature-wrong': 'The signature is not by that certificate over the whole of this file. Do not import it; ask the supplier.',
  'signature-weak': 'The signature uses an algorithm that is not taken, such as SHA-1. Ask the supplier for RSA with SHA-256 or SHA-512.',
  'signer-shape': 'The named certificate cannot be read. Give it as PEM, with an RSA key.',
  'csv-columns': 'The named columns are not all in the first line of the file. Look at its first line, then name them again.',
  'csv-shape': 'The file cannot be read as columns: a quote is not closed, or a line has another number of columns than the first.',
  'no-tokens': 'There is no token in this file.',
} as const;
export type FileFault = keyof typeof FILE_FAULTS;

/** Why one token of a file is left out while the others are taken. */
export const TOKEN_FAULTS = {
  'serial-missing': 'it has no serial number',
  'serial-twice': 'its serial number stands in the file before',
  'serial-known': 'a token with this serial number is known already',
  algorithm: 'it is neither HOTP nor TOTP, or not by SHA-1, SHA-256 or SHA-512',
  digits: 'its codes do not have 6, 7 or 8 decimal digits, or have a check digit',
  period: 'its time step is neither 30 nor 60 seconds',
  counter: 'its counter cannot be read',
  'seed-missing': 'it has no seed, or more than one',
  'seed-plain': 'its seed is not encrypted, although those of the file should be',
  'seed-length': 'its seed has fewer than 16 bytes or more than 64',
  'seed-unreadable': 'its seed cannot be read',
  'mac-missing': 'its encrypted seed has no MAC, so nobody can tell whether it was changed',
  'mac-wrong': 'the MAC of its seed is wrong: it was changed, or belongs to another file',
  cipher: 'its seed is encrypted by a method that is not taken',
  policy: 'it may not be used for one-time codes, or asks for a PIN that somebody here would have to check',
  expired: 'its time is over',
  damaged: 'its parts are missing or stand twice',
} as const;
export type TokenFault = keyof typeof TOKEN_FAULTS;

/** A token that was left out: its place in the file, from 1, and its serial number where it has one. */
export interface LeftOut {
  at: number;
  serial: string;
  fault: TokenFault;
}

/** So many of them are named one by one. */
export const MOST_NAMED = 100;
