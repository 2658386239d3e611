import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Holds a file for this process until it ends, however it ends: the lock is the kernel's (fcntl(2), which SQLite takes).
 * Throws when another process holds it. The object must be kept as long as the lock.
 */
export function holdAlone(file: string): { release(): void } {
  mkdirSync(dirname(file), { recursive: true, mode: 0o750 });
  const database = new DatabaseSync(file);
  try {
    // SQLite makes the file for everybody to read.
    chmodSync(file, 0o600);
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw error;
  }
  return { release: () => database.close() };
}
