import { sign, verify } from 'node:crypto';
import { cosign, cosignedAt } from './cosignature.ts';
import { Malformed } from './malformed.ts';
import type { Signer } from './signer-key.ts';
import { isKeyName, SIGNATURE } from './verifier-key.ts';
import type { VerifierKey } from './verifier-key.ts';
import { printBytes, readBase64, textOf } from './wire-text.ts';

/**
 * Signed notes, C2SP signed-note v1.0.0: a text that ends in a newline, an empty line, and a line for each signature,
 * `— <key name> <base64(key id || signature)>`. The text is nothing before a known key has signed it.
 */
export interface NoteSignature {
  readonly name: string;
  readonly id: number;
  /** Key id and signature as they are written, so that a note prints again byte for byte. */
  readonly base64: string;
}

export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Room for a hundred post-quantum signatures of others beside ours; a witness must not be made to read more. */
const MAX_LENGTH = 1_000_000;
const MAX_SIGNATURES = 100;

function checkCharacters(text: string): void {
  if (text.length > MAX_LENGTH) throw new Malformed('the note is longer than a million characters');
  // oxlint-disable-next-line no-control-regex -- control characters are what the format forbids
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) throw new Malformed('a note has no control characters but newlines');
}

/** Splits a note at its last empty line. Throws Malformed when it is none; says nothing about its signatures. */
export function parseNote(input: string | Uint8Array): SignedNote {
  const note = textOf(input);
  checkCharacters(note);
  const split = note.lastIndexOf('\n\n');
  if (split < 0) throw new Malformed('a note has an empty line between its text and its signatures');
  return { text: note.slice(0, split + 1), signatures: parseSignatureLines(note.slice(split + 2)) };
}

/** One or more signature lines, as a note ends with them and as a witness answers. Throws Malformed. */
export function parseSignatureLines(input: string | Uint8Array): NoteSignature[] {
  const text = textOf(input);
  checkCharacters(text);
  if (!text.endsWith('\n')) throw new Malformed('a note ends with a signature line and a newline');
  const lines = text.slice(0, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw new Malformed(`a note has at most ${MAX_SIGNATURES} signatures`);
  return lines.map((line) => {
    const [dash, name = '', base64 = '', ...more] = line.split(' ');
    // Whether it is the one right encoding is asked when the signature is verified: a stranger's need not be.
    const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0 ? Buffer.from(base64, 'base64') : Buffer.alloc(0);
    if (dash !== '—' || !isKeyName(name) || bytes.length < 5 || more.length > 0)
      throw new Malformed('a signature line is written — <key name> <base64>');
    return { name, id: bytes.readUInt32BE(0), base64 };
  });
}

export const printSignatureLine = ({ name, base64 }: NoteSignature): string => `— ${name} ${base64}\n`;

/** Throws Malformed when the text can not be that of a note. */
export function printNote({ text, signatures }: SignedNote): string {
  const note = `${text}\n${signatures.map(printSignatureLine).join('')}`;
  if (!text.endsWith('\n') || parseNote(note).text !== text) throw new Malformed('the text of a note ends with a newline');
  return note;
}

/**
 * Signs the text of a note, as the type of the key says: over the text alone, or as a cosignature of that time in POSIX
 * seconds. Throws RangeError when a cosigner is not given a time that fits.
 */
export function signText(text: string, signer: Signer, time = 0n): NoteSignature {
  const { name, id, type } = signer.verifier;
  const head = Buffer.alloc(4);
  head.writeUInt32BE(id);
  const signature = type === SIGNATURE ? sign(null, Buffer.from(text), signer.key) : cosign(text, signer, time);
  return { name, id, base64: printBytes(Buffer.concat([head, signature])) };
}

export interface VerifiedSignature extends NoteSignature {
  readonly key: VerifierKey;
  /** POSIX seconds, for cosignatures. */
  readonly time?: bigint;
}

export type OpenedNote =
  | { ok: true; text: string; verified: readonly VerifiedSignature[]; unknown: readonly NoteSignature[] }
  | { ok: false; reason: 'malformed' | 'bad-signature' | 'no-known-signature'; sentence: string };

/**
 * Opens a note with the keys that the caller knows. Signatures of other keys are ignored, and listed; one false
 * signature of a known key, or none at all by a known key, and the note stays shut. Never throws.
 */
export function openNote(input: string | Uint8Array, keys: readonly VerifierKey[]): OpenedNote {
  let note: SignedNote;
  try {
    note = parseNote(input);
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, reason: 'malformed', sentence: error.message };
    throw error;
  }
  const verified: VerifiedSignature[] = [];
  const unknown: NoteSignature[] = [];
  for (const signature of note.signatures) {
    const key = keys.find(({ name, id }) => name === signature.name && id === signature.id);
    const found = key && verifySignature(note.text, signature, key);
    if (found) verified.push(found);
    else if (key) return { ok: false, reason: 'bad-signature', sentence: `the signature of ${key.name} is false` };
    else unknown.push(signature);
  }
  if (verified.length === 0) return { ok: false, reason: 'no-known-signature', sentence: 'no known key has signed the note' };
  return { ok: true, text: note.text, verified, unknown };
}

function verifySignature(text: string, signature: NoteSignature, key: VerifierKey): VerifiedSignature | undefined {
  const bytes = readBase64(signature.base64)?.subarray(4);
  if (!bytes) return undefined;
  if (key.type === SIGNATURE) return verify(null, Buffer.from(text), key.key, bytes) ? { ...signature, key } : undefined;
  const time = cosignedAt(text, bytes, key);
  return time === undefined ? undefined : { ...signature, key, time };
}
