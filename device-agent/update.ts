import { createHash, createPublicKey } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Memory } from './memory.ts';
import { openStatement, TAGS } from './statement.ts';

/** What is signed of an update. `number` counts the releases: it only ever grows, whatever the version is called. */
const statement = z.strictObject({
  version: z.string().regex(/^[\w.+-]{1,32}$/),
  number: z.number().int().min(1),
  sha256: z.string(),
  size: z.number().int(),
});
const envelope = z.strictObject({ statement: z.string(), signature: z.string() });

/** An update is one file: a line with the signed statement, then the new executable. */
const FIRST_LINE = 4096;
/** Two and a half times of what an executable has today. */
const MOST = 320 * 1024 * 1024;

/**
 * Puts the executable of an update in the place of the old one: signed by the key that the settings pin, and of a higher number than any that
 * was taken. Whole or not at all: a crash leaves the old one. Throws an Error that says what is wrong; nothing is changed then.
 */
export function takeUpdate(file: Buffer, of: { updateKey: string | undefined; memory: Memory; program: string }): string {
  const { updateKey, memory, program } = of;
  if (updateKey === undefined) throw new Error('No key for updates is pinned. Write it into the settings as updateKey.');
  const end = file.subarray(0, FIRST_LINE).indexOf(0x0a);
  const read = end < 0 ? undefined : statementIn(file.subarray(0, end).toString('utf8'), updateKey);
  if (!read) throw new Error('This is no update that the pinned key signed.');
  const executable = file.subarray(end + 1);
  if (executable.length !== read.size || executable.length > MOST || createHash('sha256').update(executable).digest('hex') !== read.sha256)
    throw new Error('The update is not whole. Fetch it again.');
  if (read.number <= memory.now.updateNumber)
    throw new Error(`Update ${read.number} is not newer than ${memory.now.updateNumber}, which was taken already.`);
  const aside = `${program}.new`;
  try {
    const made = openSync(aside, 'w', 0o755);
    try {
      writeFileSync(made, executable);
      fsyncSync(made);
    } finally {
      closeSync(made);
    }
    // Before the rename: after a crash in between the same update is refused as taken, and the old one runs on. The other way round an older
    // one could be put in its place.
    memory.change((draft) => {
      draft.updateNumber = read.number;
    });
    renameSync(aside, program);
  } finally {
    rmSync(aside, { force: true });
  }
  return read.version;
}

function statementIn(line: string, updateKey: string): z.infer<typeof statement> | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(updateKey, 'base64'), format: 'der', type: 'spki' });
    return statement.parse(openStatement(TAGS.update, envelope.parse(JSON.parse(line)), key));
  } catch {
    return undefined;
  }
}
