import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

/** How far a file was read: which one, to which byte, and what stood just before it. */
export interface Position {
  /** Device and inode. */
  identity: string;
  position: bigint;
  mark: string;
}

/** Whole lines that were added since, and how far that is. `more`: there is at least another piece. `gap`: the file that was read is gone before its end. */
export interface Piece {
  lines: string[];
  next: Position;
  more: boolean;
  gap: boolean;
}

const PIECE_BYTES = 1 << 20;
const MARK_BYTES = 256;
/** Where the file went that was read so far: Samba's own rotation, and logrotate's. */
const PUT_AWAY = ['.old', '.1', '-old'];

/**
 * Reads on in a file that grows, is put away and begun anew, or is emptied in place. A line is read when its end is there. A line
 * longer than a mebibyte comes in pieces, which nobody takes for lines of a controller. Throws what the file system throws when the file is not there or may not be read.
 */
export async function readOn(file: string, from: Position | undefined): Promise<Piece> {
  const current = await open(file, 'r');
  try {
    const identity = await identityOf(current);
    if (!from) return await pieceOf(current, begin(identity), false);
    if (from.identity === identity) {
      if (await stands(current, from)) return await pieceOf(current, from, false);
      // Emptied and filled anew; what was written between is gone with it.
      return await pieceOf(current, begin(identity), true);
    }
    const rest = await restOf(file, from);
    // First what is left of the one that was put away; the next call begins the new one.
    if (rest && rest.lines.length > 0) return { ...rest, more: true };
    return await pieceOf(current, begin(identity), rest === undefined);
  } finally {
    await current.close();
  }
}

async function restOf(file: string, from: Position): Promise<Piece | undefined> {
  for (const ending of PUT_AWAY) {
    const old = await open(`${file}${ending}`, 'r').catch(() => undefined);
    if (!old) continue;
    try {
      if ((await identityOf(old)) === from.identity && (await stands(old, from))) return await pieceOf(old, from, false);
    } finally {
      await old.close();
    }
  }
  return undefined;
}

async function pieceOf(handle: FileHandle, from: Position, gap: boolean): Promise<Piece> {
  const bytes = await bytesAt(handle, from.position, PIECE_BYTES);
  const end = bytes.lastIndexOf(0x0a) + 1;
  // A whole piece without an end of a line: it is left behind as it is.
  const length = end === 0 && bytes.length === PIECE_BYTES ? bytes.length : end;
  const lines = bytes.subarray(0, length).toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const position = from.position + BigInt(length);
  const next = { identity: from.identity, position, mark: await markAt(handle, position) };
  return { lines, next, more: bytes.length === PIECE_BYTES, gap };
}

const begin = (identity: string): Position => ({ identity, position: 0n, mark: hash(Buffer.alloc(0)) });

async function identityOf(handle: FileHandle): Promise<string> {
  const { dev, ino } = await handle.stat({ bigint: true });
  return `${dev}:${ino}`;
}

/** Whether this is still the file that was read so far: an inode is given again, and a file may be emptied. */
async function stands(handle: FileHandle, { position, mark }: Position): Promise<boolean> {
  const { size } = await handle.stat({ bigint: true });
  return size >= position && (await markAt(handle, position)) === mark;
}

async function markAt(handle: FileHandle, position: bigint): Promise<string> {
  const length = position < BigInt(MARK_BYTES) ? Number(position) : MARK_BYTES;
  return hash(await bytesAt(handle, position - BigInt(length), length));
}

async function bytesAt(handle: FileHandle, position: bigint, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, Number(position));
  return buffer.subarray(0, bytesRead);
}

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 32);
