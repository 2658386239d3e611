import { sleep } from '@temporalio/workflow';
import type { PasswordChange } from '#activities/arrival-contract.ts';
import { done, doneNotEverywhere, type Next } from '#domain/next.ts';
import { show, type ResetRun } from './reset-run.ts';
import { watching } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';

/** Seconds between two looks. Controllers of one site tell each other within 15 s  of a change, other sites by their schedule. */
const PAUSES = [0, 2, 4, 8, 16];

/**
 * Watches a change come to the other controllers for half a minute, records how far it came, and answers what the claimant reads at the
 * end. Never longer, whatever is dead: that the password is changed does not depend on it.
 */
export async function awaitArrival(run: ResetRun, account: string, change: PasswordChange): Promise<Next> {
  let seen: Awaited<ReturnType<typeof watching.watchArrival>> | 'unavailable' = 'unavailable';
  for (const pause of PAUSES) {
    if (pause > 0) await sleep(pause * 1000);
    seen = await unlessUnavailable(() => watching.watchArrival({ ...change, account }));
    if (seen === 'unavailable' || !Object.values(seen).includes('on-its-way')) break;
  }
  const all = seen === 'unavailable' ? [] : Object.values(seen);
  const count = (what: string): number => all.filter((one) => one === what).length;
  const isEverywhere = seen !== 'unavailable' && count('arrived') === all.length;
  await show(run, {
    type: 'write.replicated',
    outcome: isEverywhere ? 'success' : 'unknown',
    do: { version: change.stamp.version, arrived: count('arrived'), onItsWay: count('on-its-way'), silent: count('silent') },
  });
  return isEverywhere ? done : doneNotEverywhere;
}
