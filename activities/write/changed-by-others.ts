import type { WriteAsked, WriteOutcome } from '../contract.ts';
import type { Claim } from './claims.ts';
import type { WriterDeps } from './deps.ts';
import { finish } from './finish.ts';
import { passwordFacts, type PasswordNow } from './password-now.ts';

/**
 * Settles a write that was made while somebody else changed the same password, so that nobody can tell whose stands. It is
 * applied and never verified: the claimant is not told that it is done, and no second write is made of it.
 */
export async function changedByOthers(
  deps: WriterDeps,
  asked: WriteAsked,
  claim: Claim,
  { now, by }: { now: PasswordNow; by: 'answer' | 'read-back' },
): Promise<WriteOutcome> {
  const seen = { controller: claim.controller, ...(by === 'read-back' ? { by } : {}), ...passwordFacts(claim, now) };
  await finish(
    deps,
    asked,
    claim,
    { state: 'unverified', after: now },
    { type: 'write.result', outcome: 'success', do: seen },
    { type: 'write.verified', outcome: 'failure', reason: 'account-changed', do: { controller: claim.controller } },
  );
  // Nothing is written over a throw-away password of which nobody can tell whether it stands.
  if (claim.endOldPassword) return { outcome: 'refused', code: 'account-changed' };
  return { outcome: 'applied', pwdLastSet: now.pwdLastSet };
}
