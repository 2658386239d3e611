import { ActivityFailure, allHandlersFinished, condition, getExternalWorkflowHandle, isCancellation } from '@temporalio/workflow';
import type { IdentifiedAccount } from '#activities/contract.ts';
import { askForProof, done, waitForArrival, withOldEnded, type Next } from '#domain/next.ts';
import type { ResetState } from '#domain/reset-state.ts';
import { gatherApprovals, type Gathered } from './approvals.ts';
import { awaitArrival } from './await-arrival.ts';
import { changePassword } from './change-password.ts';
import { chooseOperation, type Chosen } from './choose-operation.ts';
import { resetWorkflowId, SUPERSEDED_SIGNAL, type ResetInput } from './messages.ts';
import { proveIdentity } from './prove-identity.ts';
import { replaceFactors } from './replace-factors.ts';
import { accept, ask, end, Ending, openRun, show, turnAway, type ResetRun } from './reset-run.ts';
import { local, verifier, worker } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';
import { unlockAccount } from './unlock-account.ts';

/**
 * A forgotten password, or a lost way in: from the name to a new password that the directory accepts, to an account that is
 * unlocked, or to new factors for somebody who has lost every one. Read it aloud: this is what
 * happens, in this order; what is allowed stands in domain/, what touches the world in activities/.
 */
export async function passwordReset({ reset }: ResetInput): Promise<ResetState> {
  const run = openRun(reset, askForProof);
  let claimed: string | undefined;
  try {
    const who = await identify(run);
    const { account, lost } = await proveIdentity(run, who);
    claimed = await claimAccount(run, who, account, lost);
    if (lost) await replaceLostFactors(run, who, account);
    else await changeAccount(run, who, account);
  } catch (ending) {
    await end(run, endingOf(ending));
  }
  if (claimed) await local.releaseAccount({ reset, account: claimed });
  await turnAway(run);
  await condition(allHandlersFinished);
  return run.state;
}

/** What the claimant chooses, approved where the rule asks for that, and done. */
async function changeAccount(run: ResetRun, who: IdentifiedAccount, account: string): Promise<void> {
  const { operation, notLocked } = await chooseOperation(run, who, account);
  const gathered = await gatherApprovals(run, who.stages, account, operation);
  if (run.byCard && who.stages.length > 0) await lookAgain(run, account);
  if (operation === 'unlock') await unlockAccount(run, who, account, gathered);
  else await setNewPassword(run, who, account, { ...gathered, notLocked });
}

/** Everything that makes codes is lost: approved, waited for, and replaced. */
async function replaceLostFactors(run: ResetRun, who: IdentifiedAccount, account: string): Promise<void> {
  const gathered = await gatherApprovals(run, who.replacement?.stages ?? [], account, 'replace-factors');
  await replaceFactors(run, who, account, gathered);
}

/** The password, written and bound, and the devices that hold the old one. */
async function setNewPassword(
  run: ResetRun,
  who: IdentifiedAccount,
  account: string,
  how: Gathered & Pick<Chosen, 'notLocked'>,
): Promise<void> {
  const change = await changePassword(run, who, account, how);
  // The password is changed and was bound: from here on nothing can take "done" back.
  await show(
    run,
    { type: 'reset.state', outcome: 'success' },
    { state: 'notifying', waitingFor: null, ...(change ? { next: said(run, waitForArrival) } : {}) },
  );
  // A notice that could not be made changes nothing about that; the leaf of the failed step says so, and what goes on telling tries again.
  const told = await unlessUnavailable(() => verifier.makeNotices({ reset: run.reset, account }));
  if (told === 'unavailable') await show(run, { type: 'notice.created', outcome: 'failure' });
  // What devices say comes for days, and no reset waits for it.
  if (told === 'unavailable' || told.open > 0) await unlessUnavailable(() => worker.beginNotices({ reset: run.reset, account }));
  const next = said(run, change ? await awaitArrival(run, account, change) : done);
  await show(run, { type: 'reset.state', outcome: 'success' }, { state: 'done', next, waitingFor: null });
}

/** With what became of the old password, where that had to die at once. */
function said(run: ResetRun, next: Next): Next {
  return run.oldPasswordEnded ? withOldEnded(next) : next;
}

/** A step that fails for good ends the reset in words; anything else is a fault of ours and stays one. */
function endingOf(failure: unknown): Ending {
  if (failure instanceof Ending) return failure;
  if (failure instanceof ActivityFailure && !isCancellation(failure)) return new Ending('refused', 'service-unavailable');
  throw failure;
}

/** Who is meant? An unknown, unserved or forbidden name goes on as a decoy: the same questions, the same words, one end. */
async function identify(run: ResetRun): Promise<IdentifiedAccount> {
  const begin = await ask(run, ['begin'], new Ending('expired', 'reset-expired'));
  const who = await unlessUnavailable(() =>
    verifier.identify({ reset: run.reset, run: run.run, updateId: begin.updateId, sealed: begin.message.sealed }),
  );
  if (who === 'unavailable') throw new Ending('refused', 'not-identified');
  run.named = { account: who.account };
  await show(
    run,
    { type: 'reset.state', outcome: 'success', update: begin.updateId },
    { deadline: Date.now() + who.timers.unproven * 1000 },
  );
  accept(run);
  return who;
}

/** What was shown before the wait may count no longer. A verifier that does not answer loses nobody their approvals: the writer looks too. */
async function lookAgain(run: ResetRun, account: string): Promise<void> {
  const looked = await unlessUnavailable(() => verifier.factorsStand({ reset: run.reset, run: run.run, account }));
  if (looked !== 'unavailable' && looked.outcome === 'refused') throw new Ending('refused', looked.code);
}

/** One open reset an account. An older one that is as far as this yields; one that already writes does not. */
async function claimAccount(run: ResetRun, who: IdentifiedAccount, account: string, lost: boolean): Promise<string> {
  const longest = lost && who.replacement ? who.replacement.longest : who.longest;
  const expiresAt = new Date(Date.now() + longest * 1000).toISOString();
  const claim = await local.claimAccount({ reset: run.reset, account, expiresAt, ...(lost ? { withoutFactor: true } : {}) });
  if (claim.outcome === 'busy') throw new Ending('refused', 'another-reset');
  if (claim.outcome === 'superseded') throw new Ending('refused', 'superseded');
  if (claim.yields) await getExternalWorkflowHandle(resetWorkflowId(claim.yields)).signal(SUPERSEDED_SIGNAL).catch(alreadyClosed);
  return account;
}

/** The older reset ended by itself between the claim and the signal; its claim is ours either way. */
function alreadyClosed(): void {}
