import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import manifest from '../package.json' with { type: 'json' };

/** The release of the code that runs here. */
export const release: string = manifest.version;

/** Which boot of this machine the monotonic clock counts from (Linux random(4)); one of its own where the system has none. */
export const bootId: string = readBootId();

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}

/** Monotonic nanoseconds since boot as text: orders what the processes of one machine wrote even if the wall clock steps. */
export function monotonicNanoseconds(): string {
  return String(process.hrtime.bigint());
}
