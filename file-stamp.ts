import { statSync } from 'node:fs';

/** What changes with a file: of one that is read when it is asked for, whether what was read still holds. Undefined where there is none. */
export function stampOf(file: string): string | undefined {
  try {
    const { ino, mtimeMs, size } = statSync(file);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return undefined;
  }
}
