import type { CodeSettings, FileFault, LeftOut, OpenedBy } from '#domain/token.ts';

/** A token as its file says it. Nothing of it but serial and maker may be shown. */
export interface ReadToken extends CodeSettings {
  /** Its place in the file, from 1. */
  at: number;
  manufacturer: string;
  serial: string;
  secret: Uint8Array;
  /** The first counter (HOTP), or 0. */
  counter: number;
  /** Steps by which its clock is off (TOTP), or 0. */
  drift: number;
  expires: Date | null;
}

/** How a file of columns is read: which column holds what, and what holds for all of its tokens. */
export interface CsvMapping extends CodeSettings {
  serial: string;
  secret: string;
  seedAs: 'hex' | 'base32' | 'base64';
  /** Column of the first counter, or null when every token begins at 0. */
  counter: string | null;
  manufacturer: string;
}

/** How to read the file. */
export type Reading = { format: 'pskc'; plain: boolean; signer: string | null } | { format: 'csv'; mapping: CsvMapping };

/** `key`: hexadecimal digits of a pre-shared key, or the passphrase. Without one the file is looked at, and its seeds stay closed. */
export interface ToRead {
  text: string;
  reading: Reading;
  key?: string;
}

export interface LookedAt {
  openedBy: OpenedBy;
  packages: number;
}

export interface ReadTokens {
  tokens: ReadToken[];
  leftOut: LeftOut[];
}

/** Why a whole file is refused. Crosses threads by its code. */
export class FileRefused extends Error {
  readonly fault: FileFault;
  constructor(fault: FileFault) {
    super(fault);
    this.name = 'FileRefused';
    this.fault = fault;
  }
}
