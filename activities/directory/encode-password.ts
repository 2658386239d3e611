import { MAX_PASSWORD_LENGTH, normalisePassword } from '#domain/password-rules.ts';

/** A password that must not be sent; `why` names the rule, never the value. */
export class PasswordNotEncodable extends Error {
  readonly why: 'empty' | 'too-long' | 'control-character';
  constructor(why: PasswordNotEncodable['why']) {
    super(`a password that is not fit for a directory: ${why}`);
    this.name = 'PasswordNotEncodable';
    this.why = why;
  }
}

/**
 * A password as unicodePwd takes it: NFC, in quotes, UTF-16LE (MS-ADTS 3.1.1.3.1.5). Refuses what the directory would
 * accept and nobody could then type: lone surrogates, control characters (after NUL no sign-in works at all), and more
 * than 127 code units, which cost the controller its time. The buffer should be filled with zeros after use.
 */
export function encodePassword(password: string): Buffer {
  const text = normalisePassword(password);
  if (text === '') throw new PasswordNotEncodable('empty');
  if (text.length > MAX_PASSWORD_LENGTH) throw new PasswordNotEncodable('too-long');
  if (!text.isWellFormed() || /\p{Cc}/u.test(text)) throw new PasswordNotEncodable('control-character');
  return Buffer.from(`"${text}"`, 'utf16le');
}
