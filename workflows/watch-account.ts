import { sleep } from '@temporalio/workflow';
import type { WatchInput } from './messages.ts';
import { looking, privilegedLettingIn, staffLettingIn } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';

const MINUTE = 60;
/** Seconds between two looks, an hour in all: often in the first minutes, when devices try again, then every five. */
const PAUSES = [0, 30, 30, MINUTE, 3 * MINUTE, ...Array.from({ length: 11 }, () => 5 * MINUTE)];

/**
 * Watches an account for an hour after a reset or an unlock: does anything still send a wrong password? A workflow of its own, so that no
 * reset waits for it. A look that finds nobody to answer is made up for by the next one.
 */
export async function watchAccount({ reset }: WatchInput): Promise<{ looks: number }> {
  let looks = 0;
  for (const pause of PAUSES) {
    if (pause > 0) await sleep(pause * 1000);
    const looked = await unlessUnavailable(() => looking.lookAtTries({ reset }));
    if (looked === 'unavailable') continue;
    looks += 1;
    if (looked.over) break;
    // A writer that is away, or halted, is asked again after the next look.
    if (looked.held)
      await unlessUnavailable(() => (looked.held === 'privileged' ? privilegedLettingIn : staffLettingIn).letInElsewhere({ reset }));
  }
  await unlessUnavailable(() => looking.endWatch({ reset }));
  return { looks };
}
