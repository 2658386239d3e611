import { sleep } from '@temporalio/workflow';
import type { ArrivedNear, PasswordChange } from '#activities/arrival-contract.ts';
import { done, doneAt, doneNotEverywhere, waitForArrivalAt, type Next } from '#domain/next.ts';
import { show, type ResetRun } from './reset-run.ts';
import { watching } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';

/** Seconds between two looks. Controllers of one site tell each other within 15 s  of a change, other sites by their schedule. */
const PAUSES = [0, 2, 4, 8, 16];

/**
 * Watches a change come to the other controllers for half a minute, and no longer than until it has come to the claimant's own site where that is known;
 * records how far it came, and answers what the claimant reads at the end. Never longer, whatever is dead: that the password is changed does not depend on it.
 */
export async function awaitArrival(run: ResetRun, account: string, change: PasswordChange): Promise<Next> {
  let looked: ArrivedNear | 'unavailable' = 'unavailable';
  let isNamed = false;
  for (const pause of PAUSES) {
    if (pause > 0) await sleep(pause * 1000);
    looked = await unlessUnavailable(() => watching.watchArrivalNear({ ...change, account, reset: run.reset }));
    if (looked === 'unavailable' || looked.site?.arrived || !Object.values(looked.seen).includes('on-its-way')) break;
    if (!looked.site || isNamed) continue;
    isNamed = true;
    await show(run, { type: 'reset.state', outcome: 'success' }, { next: waitForArrivalAt(looked.site.name) });
  }
  const { seen = {}, site } = looked === 'unavailable' ? {} : looked;
  const all = Object.values(seen);
  const count = (what: string): number => all.filter((one) => one === what).length;
  const isEverywhere = looked !== 'unavailable' && count('arrived') === all.length;
  await show(run, {
    type: 'write.replicated',
    outcome: isEverywhere ? 'success' : 'unknown',
    do: {
      version: change.stamp.version,
      arrived: count('arrived'),
      onItsWay: count('on-its-way'),
      silent: count('silent'),
      ...(site ? { site: site.name, atSite: site.arrived ? 'arrived' : 'on-its-way' } : {}),
    },
  });
  if (isEverywhere) return done;
  return site?.arrived ? doneAt(site.name) : doneNotEverywhere;
}
