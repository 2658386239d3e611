import { setTimeout as sleep } from 'node:timers/promises';
import type { WriteAsked, WriteOutcome } from '../contract.ts';
import { DirectoryUnavailable } from '../directory/errors.ts';
import { isOlderThan, type Claim } from './claims.ts';
import { controllerOf, type WriterDeps } from './deps.ts';
import { finish } from './finish.ts';
import { SECOND_LOOK_MS } from './lock-now.ts';
import { readPwdLastSet } from './pwd-last-set.ts';
import { openPassword } from './sealed-password.ts';
import { bindsWith } from './binds-with.ts';

/**
 * Finds out what became of a claim whose attempt was lost. `not-written`: certainly not, it may be written now, and
 * the claim is `unsent`. An outcome: certainly that, and stored. Throws DirectoryUnavailable as long as nobody can tell: too early, no answer, or
 * locked, since a locked account says nothing about a password. Never repeats a write by itself.
 */
export async function settle(deps: WriterDeps, asked: WriteAsked, claim: Claim): Promise<'not-written' | WriteOutcome> {
  if (!(await isOlderThan(deps.db, claim, deps.settleSeconds))) throw new DirectoryUnavailable('a write of this reset is not settled yet');
  const after = await changedSince(deps, asked.account, claim);
  if (after === undefined) {
    // The lost attempt gets its result too. It sends nothing any more, should it wake up: the claim is not its own now.
    await finish(
      deps,
      asked,
      claim,
      { state: 'unsent' },
      { type: 'write.result', outcome: 'failure', reason: 'not-written', do: { by: 'read-back', pwdLastSet: claim.before } },
    );
    return 'not-written';
  }

  // The password is not the one that was judged any more. Ours, or somebody else's? Only the new one's bind can tell.
  const opened = await openPassword(deps, asked);
  if (opened.outcome !== 'opened') {
    await finish(
      deps,
      asked,
      claim,
      { state: 'unknown', after },
      { type: 'write.result', outcome: 'unknown', reason: 'write-unknown', do: { by: 'read-back', pwdLastSet: after } },
    );
    return { outcome: 'refused', code: 'write-unknown' };
  }
  const answer = await bindsWith(deps, asked.account, claim.controller, opened.password);
  if (answer === 'proven') {
    await finish(
      deps,
      asked,
      claim,
      { state: 'applied', after },
      { type: 'write.result', outcome: 'success', do: { by: 'read-back', pwdLastSet: after } },
    );
    return { outcome: 'applied', pwdLastSet: after };
  }
  if (answer === 'wrong') {
    await finish(
      deps,
      asked,
      claim,
      { state: 'refused', reason: 'account-changed', after },
      { type: 'write.result', outcome: 'denied', reason: 'account-changed', do: { by: 'read-back', pwdLastSet: after } },
    );
    return { outcome: 'refused', code: 'account-changed' };
  }
  throw new DirectoryUnavailable(`nobody can tell yet whether the write was made: the account is ${answer}`);
}

/** pwdLastSet at the controller written to when it differs from the one before the claim, or undefined when it surely does not. */
export async function changedSince(deps: Pick<WriterDeps, 'directoryOn'>, account: string, claim: Claim): Promise<string | undefined> {
  const { directory } = controllerOf(deps, claim.controller);
  const look = () => directory.read((session) => readPwdLastSet(session, account));
  let now = await look();
  if (now === claim.before) {
    await sleep(SECOND_LOOK_MS);
    now = await look();
  }
  return now === claim.before ? undefined : now;
}
