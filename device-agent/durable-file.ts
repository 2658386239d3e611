import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a file whole or not at all: when this returns, the new content is there after a loss of power too; before, the old one is. */
export function writeDurably(file: string, text: string, mode: number): void {
  const aside = `${file}.new`;
  const made = openSync(aside, 'w', mode);
  try {
    writeFileSync(made, text);
    fsyncSync(made);
  } finally {
    closeSync(made);
  }
  renameSync(aside, file);
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
