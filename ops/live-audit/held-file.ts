import { existsSync, readFileSync } from 'node:fs';
import { parseCheckpoint } from '#evidence/checkpoint.ts';
import { Malformed } from '#evidence/malformed.ts';
import { parseNote } from '#evidence/signed-note.ts';
import { writeDurably } from '#log/durable-file.ts';
import { Sentence } from '../sentence.ts';
import type { Held } from './pass.ts';

/** The last checkpoint that the auditor believed, kept as a note so that any tool reads it; undefined before the first. Throws a sentence when it cannot be read. */
export function readHeld(file: string): Held | undefined {
  if (!existsSync(file)) return undefined;
  const note = readFileSync(file, 'utf8');
  try {
    return { ...parseCheckpoint(parseNote(note).text), note };
  } catch (error) {
    if (error instanceof Malformed) throw new Sentence(`${file} is no checkpoint: ${error.message}. Bring back the one that you kept.`);
    throw error;
  }
}

/** Survives the loss of power: what was believed once is never forgotten, or an older log could be shown again. */
export const keepHeld = (file: string, { note }: Held): void => writeDurably(file, Buffer.from(note), 0o600);
