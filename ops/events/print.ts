import { createWriteStream, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { leafEvent } from '#audit/leaf-event.ts';
import type { Held } from '../live-audit/pass.ts';
import type { Write } from './formats.ts';
import type { TrustedLog } from './trusted-log.ts';

/** A range of a log as lines, each checked against the root before it is written. Throws what reading the log throws. */
export function* eventLines(log: TrustedLog, under: Held, { from, to }: { from: bigint; to: bigint }, write: Write): Generator<string> {
  let sequence = 0;
  for (const { index, bytes } of log.leaves(under, from)) {
    if (index >= to) return;
    yield `${write(leafEvent(under.origin, index, bytes), sequence++)}\n`;
  }
}

/** Writes the lines into a new file that only its owner reads; whole, or not at all. */
export async function writeEvents(lines: Iterable<string>, file: string): Promise<void> {
  try {
    await pipeline(Readable.from(lines), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    // Half of it would look like the whole.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) rmSync(file, { force: true });
    throw error;
  }
}

/** Writes the lines to the standard output. Whoever reads it may stop early, as head does. */
export async function printEvents(lines: Iterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}
