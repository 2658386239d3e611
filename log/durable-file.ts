import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Of this process alone: another one that writes the same file must not empty it under our hands. */
const unfinished = `.${randomBytes(6).toString('hex')}.new`;

/**
 * Writes a file so that it survives the loss of power once this returns (fsync(2) of the file and of the folder that
 * names it). If we crash before, the old file or none is in place; never a part of the new one. Throws what the disk
 * says, after which the same call makes it good.
 */
export function writeDurably(file: string, bytes: Uint8Array, mode: number): void {
  makeFolder(dirname(file));
  const fresh = `${file}${unfinished}`;
  try {
    writeWhole(fresh, bytes, mode);
    renameSync(fresh, file);
  } catch (error) {
    // On a full disk it would take the room that the next try needs.
    rmSync(fresh, { force: true });
    throw error;
  }
  sync(dirname(file));
}

function writeWhole(file: string, bytes: Uint8Array, mode: number): void {
  const handle = openSync(file, 'w', mode);
  try {
    // Not writeSync: a disk that becomes full takes a part of the bytes, and says so with no error (write(2)).
    writeFileSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes durable what is there already, when it is not known whether whoever put it there came so far. */
export function keepDurably(file: string): void {
  sync(file);
  sync(dirname(file));
}

/** Removes what crashed processes have left half written in a folder. */
export function removeUnfinished(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (isUnfinished(name)) rmSync(join(folder, name), { force: true });
}

export const isUnfinished = (name: string): boolean => /\.[0-9a-f]{12}\.new$/.test(name);

function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o750 });
  try {
    sync(dirname(path));
  } catch (error) {
    // Otherwise the next try would find it there and believe it to be durable.
    rmdirSync(path);
    throw error;
  }
}

/** fsync(2) of a file or of a folder, which makes its names durable. */
export function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
