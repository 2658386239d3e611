import { createHash, hash } from 'node:crypto';
import { Malformed } from './malformed.ts';
import { openNote, printNote, signText } from './signed-note.ts';
import type { Signer } from './signer-key.ts';
import { parseVerifierKey, type VerifierKey } from './verifier-key.ts';
import { printBytes, readBase64 } from './wire-text.ts';

/**
 * A list of banned passwords as a file: a signed note (C2SP signed-note v1.0.0) that says number, day, entries and the SHA-256
 * of what follows; an empty line; and each entry as the first 16 bytes of the SHA-256 of its spelling, ascending, none twice.
 */
export interface BannedListHead {
  /** Grows with each list of a publisher; what was taken once never goes back. */
  number: number;
  /** When it was made, ISO 8601 in UTC with seconds. */
  made: string;
  entries: number;
  /** Of all entries, 32 bytes. */
  sha256: Buffer;
}

export const ENTRY_BYTES = 16;
/** A list with fewer cannot be the whole: a check that lets everything through would be none. */
export const FEWEST_ENTRIES = 1000;
/** Room for the note with the signatures of several publishers. */
const MOST_HEAD_BYTES = 4096;
const FIRST_LINE = 'countersign banned passwords v1';

/** Why a list does not count, in words for whoever brings it or runs the service. */
export const BANNED_LIST_FAULTS = {
  missing: 'There is no list of banned passwords. Bring one: countersign banned-passwords import <file>',
  'not-a-list':
    'The file is no list of banned passwords. Make one of a plain list of words with: countersign banned-passwords build <file>',
  signature:
    'The list is not signed by a publisher who is trusted here. Compare the key with the one that the publisher names, then say: countersign banned-passwords trust <verifier key>',
  changed:
    'The list is not the one that was signed: it was cut short or changed. Do not use it; bring it again: countersign banned-passwords import <file>',
  'too-old':
    'The list is older than the policy allows, so no password is taken. Bring a newer one: countersign banned-passwords import <file>',
  'too-few': `The list has fewer than ${FEWEST_ENTRIES} passwords, which cannot be the whole of it. Build it again of a complete list: countersign banned-passwords build <file>`,
} as const;
export type BannedListFault = keyof typeof BANNED_LIST_FAULTS;

/** What checkBannedList throws. */
export class BannedListRefused extends Error {
  readonly fault: BannedListFault;
  constructor(fault: BannedListFault) {
    super(BANNED_LIST_FAULTS[fault]);
    this.name = 'BannedListRefused';
    this.fault = fault;
  }
}

/** How an entry stands in the list. `spelling`: domain/password-spellings.ts. */
export function bannedEntry(spelling: string): Buffer {
  return hash('sha256', spelling, 'buffer').subarray(0, ENTRY_BYTES);
}

/** The bytes that a list begins with, its entries' digest among them. */
export function printHead({ number, made, entries, sha256 }: BannedListHead, signer: Signer): Buffer {
  const text = `${FIRST_LINE}\nnumber ${number}\nmade ${made}\nentries ${entries}\nsha256 ${printBytes(sha256)}\n`;
  return Buffer.from(`${printNote({ text, signatures: [signText(text, signer)] })}\n`);
}

/**
 * Reads a list through once: signature, order, number of entries and their digest. `begin` gets the head as soon as its
 * signature holds, and the offset of the first entry; what it answers gets each entry, a view that is good until it returns.
 * Throws BannedListRefused; nothing that was said of the list counts before this returns.
 */
export async function checkBannedList(
  chunks: AsyncIterable<Uint8Array>,
  keys: readonly VerifierKey[],
  begin: (head: BannedListHead, offset: number) => (entry: Uint8Array) => void,
): Promise<BannedListHead> {
  let open: { head: BannedListHead; take: (entry: Uint8Array) => void } | undefined;
  let rest = Buffer.alloc(0);
  let last = Buffer.alloc(0);
  let count = 0;
  const digest = createHash('sha256');
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    if (!open) {
      const read = readHead(rest, keys);
      if (!read) continue;
      open = { head: read.head, take: begin(read.head, read.offset) };
      rest = rest.subarray(read.offset);
    }
    const whole = rest.length - (rest.length % ENTRY_BYTES);
    const entries = rest.subarray(0, whole);
    for (let at = 0; at < whole; at += ENTRY_BYTES) {
      const entry = entries.subarray(at, at + ENTRY_BYTES);
      if (last.length > 0 && last.compare(entry) >= 0) throw new BannedListRefused('changed');
      open.take(entry);
      last = entry;
    }
    digest.update(entries);
    count += whole / ENTRY_BYTES;
    if (count > open.head.entries) throw new BannedListRefused('changed');
    rest = rest.subarray(whole);
  }
  if (!open) throw new BannedListRefused('not-a-list');
  const { head } = open;
  if (rest.length > 0 || count !== head.entries || !digest.digest().equals(head.sha256)) throw new BannedListRefused('changed');
  return head;
}

/** The signed head, once all of it is there; undefined while more may come. Throws BannedListRefused. */
function readHead(bytes: Buffer, keys: readonly VerifierKey[]): { head: BannedListHead; offset: number } | undefined {
  const start = Buffer.from(FIRST_LINE).subarray(0, bytes.length);
  if (!bytes.subarray(0, start.length).equals(start)) throw new BannedListRefused('not-a-list');
  const text = bytes.indexOf('\n\n');
  const end = text < 0 ? -1 : bytes.indexOf('\n\n', text + 2);
  if (end < 0 && bytes.length < MOST_HEAD_BYTES) return undefined;
  if (end < 0 || end > MOST_HEAD_BYTES) throw new BannedListRefused('not-a-list');
  const opened = openNote(bytes.subarray(0, end + 1), keys);
  if (!opened.ok) throw new BannedListRefused(opened.reason === 'malformed' ? 'not-a-list' : 'signature');
  const head = readText(opened.text);
  if (head.entries < FEWEST_ENTRIES) throw new BannedListRefused('too-few');
  return { head, offset: end + 2 };
}

const HEAD = new RegExp(
  `^${FIRST_LINE}\\nnumber (0|[1-9]\\d{0,14})\\nmade (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)\\nentries ([1-9]\\d{0,9})\\nsha256 (\\S{44})\\n$`,
);

function readText(text: string): BannedListHead {
  const [, number, made = '', entries, encoded = ''] = HEAD.exec(text) ?? [];
  const sha256 = readBase64(encoded);
  if (number === undefined || Number.isNaN(Date.parse(made)) || sha256?.length !== 32) throw new BannedListRefused('not-a-list');
  return { number: Number(number), made, entries: Number(entries), sha256 };
}

/** The verifier keys of publishers, one a line. Throws Malformed. */
export function readPublishers(text: string): VerifierKey[] {
  const keys = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [parseVerifierKey(line.trim())]));
  if (keys.length === 0) throw new Malformed('the file of publishers names none');
  return keys;
}
