import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { isRoot } from './identities.ts';
import type { Identity } from './identities.ts';

function giveTo(path: string, owner: Identity | undefined): void {
  if (owner && isRoot()) chownSync(path, owner.uid, owner.gid);
}

/** Makes a folder that only its owner can enter, or mends owner and mode of one that is there. */
export function ownedFolder(path: string, owner?: Identity, mode = 0o700): void {
  mkdirSync(path, { recursive: true, mode });
  giveTo(path, owner);
  chmodSync(path, mode);
}

/** Writes a file that only its owner can read. A crash leaves either the old file or the new one, never half of one. */
export function ownedFile(path: string, content: string | Buffer, owner?: Identity, mode = 0o600): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, content, { mode });
  chmodSync(fresh, mode);
  giveTo(fresh, owner);
  renameSync(fresh, path);
}

/** Writes the file only when there is none; a key once made is kept. */
export function ownedFileOnce(path: string, make: () => string | Buffer, owner?: Identity): void {
  if (existsSync(path)) {
    giveTo(path, owner);
    return;
  }
  ownedFile(path, make(), owner);
}

/** The octal mode of a file as ls would say it, for sentences. */
export const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8).padStart(3, '0');
