import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { parseCheckpoint } from '#evidence/checkpoint.ts';
import { Malformed } from '#evidence/malformed.ts';
import { parseNote } from '#evidence/signed-note.ts';
import { readDecimal } from '#evidence/wire-text.ts';
import { removeUnfinished, writeDurably } from '#log/durable-file.ts';
import { holdAlone } from '#log/hold-alone.ts';
import type { Held } from '../live-audit/pass.ts';
import { Sentence } from '../sentence.ts';

/** How far a receiver has all leaves, and the last checkpoint that was believed: size, root and the signatures over both. */
export interface Place {
  /** Index of the first leaf that is to be sent again after a crash. */
  readonly next: bigint;
  readonly held: Held;
}

export interface Cursor {
  /** undefined before the first. Throws a sentence when it cannot be read: a forwarder that forgets would not notice another log. */
  read(): Place | undefined;
  /** Survives the loss of power once it returns. */
  keep(place: Place): void;
  release(): void;
}

const shape = z.strictObject({ next: z.string(), checkpoint: z.string() });

/** Opens the cursor for this process alone. Throws a sentence when another one holds it: two would move it over what neither has sent. */
export function openCursor(file: string): Cursor {
  const hold = held(file);
  removeUnfinished(dirname(file));
  return {
    read: () => (existsSync(file) ? read(file) : undefined),
    keep({ next, held: { note } }) {
      writeDurably(file, Buffer.from(`${JSON.stringify({ next: String(next), checkpoint: note }, null, 1)}\n`), 0o600);
    },
    release: () => hold.release(),
  };
}

function held(file: string): { release(): void } {
  try {
    return holdAlone(`${file}.lock`);
  } catch {
    throw new Sentence(`${file} is in use by another process, or its folder cannot be written. One forwarder at a time has a cursor.`);
  }
}

function read(file: string): Place {
  try {
    const { next, checkpoint: note } = shape.parse(JSON.parse(readFileSync(file, 'utf8')));
    const checkpoint = parseCheckpoint(parseNote(note).text);
    const index = readDecimal(next);
    if (index === undefined || index > checkpoint.size) throw new Malformed('it stands beyond its log');
    return { next: index, held: { ...checkpoint, note } };
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError || error instanceof z.ZodError)
      throw new Sentence(`${file} cannot be read as a cursor. Bring back its copy, or name a new file: then every leaf is sent once more.`);
    throw error;
  }
}
