import { Malformed } from './malformed.ts';
import { openNote } from './signed-note.ts';
import type { OpenedNote } from './signed-note.ts';
import { SIGNATURE } from './verifier-key.ts';
import type { VerifierKey } from './verifier-key.ts';
import { HASH_BYTES, MAX_NUMBER, printBytes, readDecimal, readHash, textOf } from './wire-text.ts';

/**
 * Checkpoints, C2SP tlog-checkpoint v1.0.0: the text of a signed note that says which log, how many leaves and which
 * root. Extension lines are kept as they are, so that others' checkpoints can be read; ours have none.
 */
export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Buffer;
  readonly extensions: readonly string[];
}

/** The text with its last newline. Throws Malformed when it could not be read again. */
export function printCheckpoint({ origin, size, root, extensions = [] }: Omit<Checkpoint, 'extensions'> & Partial<Checkpoint>): string {
  if (root.length !== HASH_BYTES || size < 0n || size > MAX_NUMBER) throw new Malformed('a checkpoint has a 32-byte root and a size');
  const text = `${[origin, String(size), printBytes(root), ...extensions].join('\n')}\n`;
  const read = parseCheckpoint(text);
  if (read.origin !== origin || read.extensions.length !== extensions.length) throw new Malformed('a line of a checkpoint has a newline');
  return text;
}

/** Reads the text of a checkpoint. Throws Malformed. */
export function parseCheckpoint(input: string | Uint8Array): Checkpoint {
  const text = textOf(input);
  if (!text.endsWith('\n')) throw new Malformed('a checkpoint ends with a newline');
  const [origin = '', decimal = '', encoded = '', ...extensions] = text.slice(0, -1).split('\n');
  if (origin === '') throw new Malformed('the first line of a checkpoint is its origin');
  const size = readDecimal(decimal);
  if (size === undefined) throw new Malformed('the second line of a checkpoint is the size of the tree, in decimal');
  const root = readHash(encoded);
  if (!root) throw new Malformed('the third line of a checkpoint is the root, 32 bytes in base64');
  if (extensions.includes('')) throw new Malformed('a checkpoint has no empty lines');
  return { origin, size, root, extensions };
}

export type OpenedCheckpoint =
  | (Extract<OpenedNote, { ok: true }> & { checkpoint: Checkpoint; log: VerifierKey })
  | { ok: false; reason: Extract<OpenedNote, { ok: false }>['reason'] | 'wrong-log'; sentence: string };

/**
 * Opens a checkpoint that one of these logs has signed under its own name: the name of a log's key is its origin.
 * Cosignatures are checked when the keys of their witnesses are among the keys. Never throws.
 */
export function openCheckpoint(input: string | Uint8Array, keys: readonly VerifierKey[]): OpenedCheckpoint {
  const note = openNote(input, keys);
  if (!note.ok) return note;
  try {
    const checkpoint = parseCheckpoint(note.text);
    const log = note.verified.find(({ key }) => key.type === SIGNATURE && key.name === checkpoint.origin)?.key;
    if (!log)
      return { ok: false, reason: 'wrong-log', sentence: `no known log of the origin ${checkpoint.origin} has signed the checkpoint` };
    return { ...note, checkpoint, log };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, reason: 'malformed', sentence: error.message };
    throw error;
  }
}
