import { closeSync, openSync, read, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bloomFilter, type BloomFilter } from '#domain/bloom-filter.ts';
import { spellings } from '#domain/password-spellings.ts';
import {
  bannedEntry,
  BannedListRefused,
  checkBannedList,
  ENTRY_BYTES,
  readPublishers,
  type BannedListHead,
} from '#evidence/banned-list.ts';
import type { VerifierKey } from '#evidence/verifier-key.ts';
import { stampOf } from '#file-stamp';

/** The offline list of passwords that attackers try first. */
export interface BannedList {
  /** Whether any spelling of the password is on the list. Exact: what the filter takes for a member is looked up in the file. */
  has(password: string): Promise<boolean>;
  readonly head: BannedListHead;
  /** Of the filter, in memory. */
  readonly bytes: number;
}

export const bannedListIn = (folder: string): string => join(folder, 'list');
export const publishersIn = (folder: string): string => join(folder, 'publishers.vkeys');

/**
 * The list of a folder, checked through by the keys beside it before it counts. It is read again as soon as list or keys have
 * changed, so that a new one needs no restart; whoever asks meanwhile waits. Throws BannedListRefused: without a list no password is taken.
 */
export function bannedListFrom(folder: string): () => Promise<BannedList> {
  let read: { stamp: string; list: Promise<OpenList> } | undefined;
  return () => {
    const stamp = `${stampOf(bannedListIn(folder))} / ${stampOf(publishersIn(folder))}`;
    if (read?.stamp !== stamp) {
      const before = read;
      read = { stamp, list: openList(folder) };
      // Searches that began in the old one end first: one look-up takes far less than this.
      if (before)
        setTimeout(
          () =>
            void before.list.then(
              ({ close }) => close(),
              () => {},
            ),
          60_000,
        ).unref();
    }
    return read.list;
  };
}

interface OpenList extends BannedList {
  close: () => void;
}

async function openList(folder: string): Promise<OpenList> {
  const keys = publishersOf(folder);
  const file = opened(bannedListIn(folder));
  try {
    let filter: BloomFilter = bloomFilter(0);
    let offset = 0;
    const head = await checkBannedList(piecesOf(file), keys, ({ entries }, first) => {
      filter = bloomFilter(entries);
      offset = first;
      return filter.add;
    });
    return {
      head,
      bytes: filter.bytes,
      async has(password) {
        for (const entry of spellings(password).map(bannedEntry))
          if (filter.mayHold(entry) && (await holds(file, { offset, entries: head.entries }, entry))) return true;
        return false;
      },
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'r');
  } catch {
    throw new BannedListRefused('missing');
  }
}

function publishersOf(folder: string): VerifierKey[] {
  try {
    return readPublishers(readFileSync(publishersIn(folder), 'utf8'));
  } catch {
    throw new BannedListRefused('signature');
  }
}

const readAt = promisify(read);

/** By hand: a stream would close the file with itself. Each piece is good until the next is asked for. */
async function* piecesOf(file: number): AsyncGenerator<Buffer> {
  const piece = Buffer.alloc(65_536);
  for (let at = 0; ;) {
    const { bytesRead } = await readAt(file, piece, 0, piece.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

/** Binary search in the file that was checked: 24 reads for ten million entries. */
async function holds(file: number, { offset, entries }: { offset: number; entries: number }, wanted: Buffer): Promise<boolean> {
  const entry = Buffer.alloc(ENTRY_BYTES);
  let [low, high] = [0, entries];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { bytesRead } = await readAt(file, entry, 0, ENTRY_BYTES, offset + middle * ENTRY_BYTES);
    if (bytesRead !== ENTRY_BYTES) throw new BannedListRefused('changed');
    const order = wanted.compare(entry);
    if (order === 0) return true;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return false;
}
