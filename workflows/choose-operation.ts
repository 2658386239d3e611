import type { IdentifiedAccount } from '#activities/contract.ts';
import { askForOperation } from '#domain/next.ts';
import { chosenWithAFactor, type Operation } from '#domain/operation.ts';
import { accept, ask, Ending, refuse, show, unavailable, type ResetRun } from './reset-run.ts';
import { resume } from './resume.ts';
import { verifier } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';

/** What shall be done; `notLocked` when the account could have been unlocked, and there is nothing to unlock. */
export interface Chosen {
  operation: Operation;
  notLocked: boolean;
}

/**
 * What shall be done to the account. Where the rule lets it be unlocked and it is locked, the claimant says which; where it
 * is not locked they are told so, and go on to a new password if the rule has one. Chosen before anybody is asked to
 * approve: approvers know what they approve. The last command stays in hand: what comes next is its answer.
 */
export async function chooseOperation(run: ResetRun, who: IdentifiedAccount, account: string): Promise<Chosen> {
  const may = chosenWithAFactor(who.may ?? ['new-password']);
  if (!may.includes('unlock')) return { operation: 'new-password', notLocked: false };
  const isReset = may.includes('new-password');
  const looked = await unlessUnavailable(() => verifier.lookForLock({ reset: run.reset, run: run.run, account }));
  // A directory that does not answer keeps nobody from a new password, which waits for it later.
  if (looked === 'unavailable' && !isReset) throw new Ending('refused', 'service-unavailable');
  if (looked === 'unavailable' || !looked.locked) {
    if (!isReset) throw new Ending('refused', 'not-locked');
    return { operation: 'new-password', notLocked: looked !== 'unavailable' };
  }
  const deadline = Date.now() + who.timers.choosePassword * 1000;
  await show(
    run,
    { type: 'reset.state', outcome: 'success' },
    { state: 'choosing-operation', next: askForOperation(may, new Date(deadline)), waitingFor: 'claimant', deadline, proven: true },
  );
  accept(run);
  for (;;) {
    const expired = new Ending('expired', 'reset-expired');
    const { updateId, message } = await ask(run, ['chooseOperation'], expired, (other) => resume(run, account, other));
    const asked = { reset: run.reset, run: run.run, updateId, sealed: message.sealed, account };
    const checked = await unlessUnavailable(() => verifier.chooseOperation(asked));
    if (checked === 'unavailable') await unavailable(run, updateId);
    else if (checked.outcome === 'chosen') return { operation: checked.operation, notLocked: false };
    else if (checked.code === 'not-locked' && !isReset) throw new Ending('refused', 'not-locked');
    else refuse(run, checked.code);
  }
}
