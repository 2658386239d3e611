import type { IdentifiedAccount } from '#activities/contract.ts';
import { COME_BACK_SECONDS } from '#domain/factor-replacement.ts';
import { askForNewFactors, comeBackToReplace, factorsReplaced, waitToReplace } from '#domain/next.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Gathered } from './approvals.ts';
import type { CommandOf } from './inbox.ts';
import { accept, ask, askUntil, Ending, refuse, show, unavailable, type ResetRun } from './reset-run.ts';
import { resume } from './resume.ts';
import { freezing, verifier } from './steps.ts';
import { unlessLocked } from './unless-locked.ts';
import { unlessUnavailable } from './unavailable.ts';

/** After these the claimant may try again; any other no of the verifier ends it. */
const AGAIN: readonly RefusalCode[] = [
  'app-code-not-accepted',
  'app-known',
  'service-unavailable',
  'stopped',
  'replacement-waits',
  'return-needed',
];

/**
 * New factors for somebody who has lost every one and whose approvals are there: a wait, in which whose account it is can
 * object, and which one absolute time ends; then the claimant comes back with a fresh code of the help desk and sets them up.
 * Whatever this workflow says, the verifier binds nothing before all of that is so by its own statements and clock. Returns
 * only when the new ones count.
 */
export async function replaceFactors(run: ResetRun, who: IdentifiedAccount, account: string, gathered: Gathered): Promise<void> {
  const begun = await unlessLocked(run, () => freezing.beginCoolingOff({ reset: run.reset, run: run.run, account }));
  if (begun.outcome === 'refused') throw new Ending('refused', begun.code);
  const over = Date.parse(begun.until);
  await show(
    run,
    { type: 'reset.state', outcome: 'success' },
    { state: 'cooling-off', next: waitToReplace(new Date(over)), waitingFor: null, deadline: over, proven: true, stages: gathered.stages },
  );
  accept(run);
  // Nothing is open here but to look, to leave, to lock and to object.
  await askUntil(run, [], over, (other) => resume(run, account, other));

  const deadline = over + COME_BACK_SECONDS * 1000;
  await show(
    run,
    { type: 'reset.state', outcome: 'success' },
    { state: 'replacing-factors', next: comeBackToReplace(new Date(deadline)), waitingFor: 'claimant', deadline },
  );
  const expired = new Ending('expired', 'reset-expired');
  for (;;) {
    const command = await ask(run, ['resume', 'replaceFactors'], expired);
    if (command.kind === 'resume') await comeBack(run, who, account, command, deadline);
    else if (await areReplaced(run, account, command)) break;
  }
  await show(run, { type: 'reset.state', outcome: 'success' }, { state: 'done', next: factorsReplaced, waitingFor: null });
  accept(run);
}

/** With a fresh code of the help desk the new factors can be set up, for as long as a password could be chosen. Anything else only shows how far it is. */
async function comeBack(
  run: ResetRun,
  { timers }: IdentifiedAccount,
  account: string,
  { updateId, message }: CommandOf<'resume'>,
  deadline: number,
): Promise<void> {
  const asked = { reset: run.reset, run: run.run, updateId, sealed: message.sealed, account, purpose: 'resume' as const };
  const back = await unlessUnavailable(() => verifier.checkFactor(asked));
  if (back === 'unavailable') return unavailable(run, updateId);
  if (back.outcome !== 'passed') return refuse(run, 'resume-refused');
  if (back.method === 'issued-code') {
    const until = new Date(Math.min(Date.now() + timers.choosePassword * 1000, deadline));
    await show(run, { type: 'reset.state', outcome: 'success', update: updateId }, { next: askForNewFactors(until) });
  }
  accept(run, back.word);
}

async function areReplaced(run: ResetRun, account: string, { updateId, message }: CommandOf<'replaceFactors'>): Promise<boolean> {
  const asked = { reset: run.reset, run: run.run, updateId, sealed: message.sealed, account };
  const done = await unlessUnavailable(() => verifier.replaceFactors(asked));
  if (done === 'unavailable') await unavailable(run, updateId);
  else if (done.outcome === 'replaced') return true;
  else if (!AGAIN.includes(done.code)) throw new Ending('refused', done.code);
  else {
    if (done.code === 'return-needed')
      await show(run, { type: 'reset.state', outcome: 'success', update: updateId }, { next: comeBackToReplace(new Date(run.deadline)) });
    refuse(run, done.code);
  }
  return false;
}
