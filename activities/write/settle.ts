import type { WriteAsked, WriteOutcome } from '../contract.ts';
import { DirectoryUnavailable } from '../directory/errors.ts';
import { isStillSending } from '../directory/still-sending.ts';
import { bindsWith } from './binds-with.ts';
import { isOlderThan, type Claim } from './claims.ts';
import type { WriterDeps } from './deps.ts';
import { finish } from './finish.ts';
import { passwordFacts, passwordSinceClaim } from './password-now.ts';
import { changedByOthers } from './changed-by-others.ts';
import { openPassword } from './sealed-password.ts';

/**
 * Finds out what became of a claim whose attempt was lost. `not-written`: certainly not, it may be written now, and
 * the claim is `unsent`. An outcome: certainly that, and stored. Throws DirectoryUnavailable as long as nobody can tell: too early, no answer, or
 * locked, since a locked account says nothing about a password. Never repeats a write by itself.
 */
export async function settle(deps: WriterDeps, asked: WriteAsked, claim: Claim): Promise<'not-written' | WriteOutcome> {
  if (!(await isOlderThan(deps.db, claim, deps.settleSeconds))) throw new DirectoryUnavailable('a write of this reset is not settled yet');
  // Asked before looking: what is confirmed by now lies at the controller, where the look finds it.
  const isSending = await isStillSending(claim.controller);
  const { since, now } = await passwordSinceClaim(deps, asked.account, claim);
  const seen = { by: 'read-back', ...passwordFacts(claim, now) };
  if (since === 'untouched') {
    if (isSending) throw new DirectoryUnavailable('the lost attempt may still be on its way');
    // The lost attempt gets its result too. It sends nothing any more, should it wake up: the claim is not its own now.
    await finish(deps, asked, claim, { state: 'unsent' }, { type: 'write.result', outcome: 'failure', reason: 'not-written', do: seen });
    return 'not-written';
  }

  // The password is not the one that was judged any more. Ours, or somebody else's? Only the new one's bind can tell.
  const opened = await openPassword(deps, asked);
  if (opened.outcome !== 'opened') {
    await finish(
      deps,
      asked,
      claim,
      { state: 'unknown', after: now },
      { type: 'write.result', outcome: 'unknown', reason: 'write-unknown', do: seen },
    );
    return { outcome: 'refused', code: 'write-unknown' };
  }
  const answer = await bindsWith(deps, asked.account, claim.controller, opened.password);
  if (answer === 'proven') {
    // A controller takes the password before the last for a while: that ours was set at some time is not that it stands.
    if (since === 'by-others') return changedByOthers(deps, asked, claim, { now, by: 'read-back' });
    await finish(deps, asked, claim, { state: 'applied', after: now }, { type: 'write.result', outcome: 'success', do: seen });
    return { outcome: 'applied', pwdLastSet: now.pwdLastSet };
  }
  if (answer === 'wrong') {
    await finish(
      deps,
      asked,
      claim,
      { state: 'refused', reason: 'account-changed', after: now },
      { type: 'write.result', outcome: 'denied', reason: 'account-changed', do: seen },
    );
    return { outcome: 'refused', code: 'account-changed' };
  }
  throw new DirectoryUnavailable(`nobody can tell yet whether the write was made: the account is ${answer}`);
}
