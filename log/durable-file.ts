import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file so that it survives the loss of power once this returns (fsync(2) of the file and of the folder that
 * names it). If we crash before, the old file or none is in place; never a part of the new one.
 */
export function writeDurably(file: string, bytes: Uint8Array, mode: number): void {
  makeFolder(dirname(file));
  const fresh = `${file}.new`;
  const handle = openSync(fresh, 'w', mode);
  try {
    writeSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, file);
  sync(dirname(file));
}

function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o750 });
  sync(dirname(path));
}

function sync(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
