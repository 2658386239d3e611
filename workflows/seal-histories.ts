import type { SealInput } from './messages.ts';
import { archive } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';

/** As many are fetched and written at once; more would take the cores from people who wait. */
const LANES = 4;

/**
 * Archives the histories of runs that have closed, and has each in the log. A workflow of its own: whoever closes a run
 * cannot keep it from being sealed, and a crash in between is made good. Answers how many are left for the next sweep.
 */
export async function sealHistories({ runs }: SealInput): Promise<{ left: number }> {
  const waiting = [...runs];
  let left = 0;
  const lane = async (): Promise<void> => {
    for (let closed = waiting.shift(); closed; closed = waiting.shift()) {
      const run = closed;
      if ((await unlessUnavailable(() => archive.sealHistory(run))) === 'unavailable') left += 1;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { left };
}
