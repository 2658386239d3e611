import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { bannedEntry, ENTRY_BYTES, FEWEST_ENTRIES, printHead, type BannedListHead } from '#evidence/banned-list.ts';
import type { Signer } from '#evidence/signer-key.ts';
import { Sentence } from '../sentence.ts';

/** A list is sorted a 256th at a time, by the first byte: of 10 million entries that are 625 kB, of a milliard 63 MB. */
const PARTS = 256;
/** Entries of one part that are gathered before they are written. */
const GATHERED = 1024;

/**
 * Makes a list of banned passwords of their spellings, in any order and as often as they come, and signs it. Holds about 4 MB and
 * one part, however long the list; needs twice its size beside `out` while it works. A crash leaves no `out`.
 */
export async function buildBannedList(
  spellings: AsyncIterable<string> | Iterable<string>,
  out: string,
  { signer, number, made }: { signer: Signer; number: number; made: Date },
): Promise<BannedListHead> {
  const folder = mkdtempSync(join(dirname(out), '.banned-passwords-'));
  try {
    const parts = await scattered(spellings, folder);
    const body = join(folder, 'entries');
    const { entries, sha256 } = sortInto(body, parts);
    if (entries < FEWEST_ENTRIES)
      throw new Sentence(`That are ${entries} different passwords, which cannot be the whole list: ${FEWEST_ENTRIES} are the fewest.`);
    const head = { number, made: `${made.toISOString().slice(0, 19)}Z`, entries, sha256 };
    const whole = join(folder, 'list');
    const file = createWriteStream(whole, { mode: 0o644, flush: true });
    file.write(printHead(head, signer));
    await pipeline(createReadStream(body), file);
    renameSync(whole, out);
    return head;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes every entry into the file of its part; answers the files. */
async function scattered(spellings: AsyncIterable<string> | Iterable<string>, folder: string): Promise<string[]> {
  const parts = Array.from({ length: PARTS }, (_, part) => ({
    file: join(folder, String(part)),
    gathered: Buffer.alloc(GATHERED * ENTRY_BYTES),
    used: 0,
  }));
  const flush = ({ file, gathered, used }: (typeof parts)[number]): void => {
    const descriptor = openSync(file, 'a', 0o600);
    writeSync(descriptor, gathered, 0, used);
    closeSync(descriptor);
  };
  for await (const spelling of spellings) {
    const entry = bannedEntry(spelling);
    const part = parts[entry[0] ?? 0];
    if (!part) continue;
    part.used += entry.copy(part.gathered, part.used);
    if (part.used < part.gathered.length) continue;
    flush(part);
    part.used = 0;
  }
  parts.forEach(flush);
  return parts.map(({ file }) => file);
}

/** Sorts part after part into one file, none twice. */
function sortInto(body: string, parts: readonly string[]): { entries: number; sha256: Buffer } {
  const digest = createHash('sha256');
  const descriptor = openSync(body, 'w', 0o600);
  let entries = 0;
  try {
    for (const part of parts) {
      // A Latin-1 string orders as its bytes do, and sorts much faster than buffers.
      const bytes = readFileSync(part).toString('latin1');
      const all = Array.from({ length: bytes.length / ENTRY_BYTES }, (_, at) => bytes.slice(at * ENTRY_BYTES, (at + 1) * ENTRY_BYTES));
      all.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      const once = all.filter((entry, at) => entry !== all[at - 1]);
      const sorted = Buffer.from(once.join(''), 'latin1');
      writeSync(descriptor, sorted);
      digest.update(sorted);
      entries += once.length;
      rmSync(part);
    }
  } finally {
    closeSync(descriptor);
  }
  return { entries, sha256: digest.digest() };
}
