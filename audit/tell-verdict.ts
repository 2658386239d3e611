import { writeFileSync } from 'node:fs';

/**
 * Prints a report and ends with its verdict: 0 sound, 1 tampered, 2 incomplete, 3 usage. A report that could not be
 * written (a full disk, a pipe that closed) is no verdict: then 3, whatever was found.
 */
export function tellVerdict(text: string, code: 0 | 1 | 2 | 3): void {
  try {
    writeFileSync(code === 3 ? process.stderr.fd : process.stdout.fd, text);
    process.exitCode = code;
  } catch {
    process.exitCode = 3;
  }
}
