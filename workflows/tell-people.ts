import type { TellInput } from './messages.ts';
import { telling, worker } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';

/** As many are told of at once as the queue of the verifier takes. */
const LANES = 2;

/**
 * Tells people of resets and of changes of their factors. A workflow of its own, so that no reset waits for it: what could not be told, because the
 * directory or the verifier is away, stays asked for and is found by the next one, for as long as it takes.
 */
export async function tellPeople({ tellings }: TellInput): Promise<{ left: number }> {
  const waiting = [...tellings];
  let left = 0;
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const asked = next;
      const told = await unlessUnavailable(() => telling.tell(asked));
      if (told === 'unavailable' || told.outcome === 'unsettled') left += 1;
      // What devices say of it comes for days, and this waits for none of it.
      else if ('factors' in asked && (told.open ?? 0) > 0) await unlessUnavailable(() => worker.beginNotices(asked));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { left };
}
