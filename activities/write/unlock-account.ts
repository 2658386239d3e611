import { isRefusalCode } from '#domain/refusals.ts';
import type { UnlockAsked, UnlockOutcome } from '../unlock-contract.ts';
import { endLockout, type UnlockSaid } from '../directory/end-lockout.ts';
import { DirectoryUnavailable } from '../directory/errors.ts';
import { isStillSending } from '../directory/still-sending.ts';
import { parseUnlock } from './asked.ts';
import { findClaim, holdsClaim, isOlderThan, type Claim } from './claims.ts';
import { controllerOf, type WriterDeps } from './deps.ts';
import { fence } from './fence.ts';
import { finish, refuse, refuseLie } from './finish.ts';
import { hold } from './hold.ts';
import { lockFacts, lockSince, readLock, sinceClaim, type LockNow, type SinceClaim } from './lock-now.ts';
import { mayWrite } from './may-write.ts';
import { unsent } from './unsent.ts';

/**
 * Unlocks one account, once, and changes nothing else, or says why not. Judged by the same rule as a new password, with what
 * the claimant asked for and what others approved in it. Idempotent by (reset, ordinal): a repeated call is answered from the
 * claim, or first looks what became of the lost one. Throws DirectoryUnavailable, or Halted, when trying again later is right.
 */
export async function unlockAccount(deps: WriterDeps, message: UnlockAsked): Promise<UnlockOutcome> {
  const asked = parseUnlock(message);
  let claim = await findClaim(deps.db, asked);
  if (claim) {
    // One ordinal is one intent: another account under it is a lie, and so is another operation.
    if (claim.account !== asked.account || claim.operation !== 'unlock') return refuseLie(deps, asked);
    const known = outcomeOf(claim);
    if (known) return known;
    if (claim.state === 'claimed') {
      const settled = await settle(deps, asked, claim);
      if (settled !== 'not-written') return settled;
      claim = { ...claim, state: 'unsent' };
    }
  }

  const may = await mayWrite(deps, asked, 'intent-expired', claim);
  if ('answer' in may) return may.answer;
  const held = await hold(deps, asked, may.allowed, claim);
  if (typeof held === 'string') return refuse(deps, asked, held, claim);
  // Crash here: the claim stands and the directory is as it was. The next attempt looks at the lock, then ends it.
  return write(deps, asked, held);
}

async function write(deps: WriterDeps, asked: UnlockAsked, claim: Claim): Promise<UnlockOutcome> {
  const { directory } = controllerOf(deps, claim.controller);
  // A third of the settling time to get as far as the wire, as for a new password.
  const gate = fence(
    deps.writerClass,
    directory,
    async (session) => sinceClaim(claim, await readLock(session, asked.account)) === 'untouched',
    () => holdsClaim(deps.db, asked, claim, deps.settleSeconds / 3),
  );
  let said: UnlockSaid;
  try {
    said = await endLockout(gate.directory, asked.account);
  } catch (error) {
    if (gate.sent()) throw error;
    return unsent(deps, asked, claim, gate);
  }
  if (said.outcome === 'unknown') {
    if (!gate.sent()) return unsent(deps, asked, claim, gate);
    throw new DirectoryUnavailable('the directory did not say whether the lockout was ended');
  }
  if (said.outcome === 'refused') {
    const code = said.reason === 'not-found' ? 'account-changed' : 'directory-denied';
    await finish(
      deps,
      asked,
      claim,
      { state: 'refused', reason: code },
      { type: 'write.result', outcome: 'denied', reason: code, do: { controller: claim.controller } },
    );
    return { outcome: 'refused', code };
  }
  // Crash here: the directory has answered and nobody remembers. The claim says "perhaps", and the next attempt reads back.
  const now = await directory.read((session) => readLock(session, asked.account));
  const since = sinceClaim(claim, now);
  if (since === 'untouched') throw new DirectoryUnavailable('the directory said yes and shows no change');
  return found(deps, asked, claim, { since, now, by: 'answer' });
}

/** What became of a claim whose attempt was lost. Throws DirectoryUnavailable as long as it is too early to tell, or nobody answers. */
async function settle(deps: WriterDeps, asked: UnlockAsked, claim: Claim): Promise<'not-written' | UnlockOutcome> {
  if (!(await isOlderThan(deps.db, claim, deps.settleSeconds))) throw new DirectoryUnavailable('a write of this reset is not settled yet');
  const isSending = await isStillSending(claim.controller);
  const { since, now } = await lockSince(deps, asked.account, claim);
  if (since !== 'untouched') return found(deps, asked, claim, { since, now, by: 'read-back' });
  if (isSending) throw new DirectoryUnavailable('the lost attempt may still be on its way');
  await finish(
    deps,
    asked,
    claim,
    { state: 'unsent' },
    { type: 'write.result', outcome: 'failure', reason: 'not-written', do: { by: 'read-back', ...lockFacts(claim, now) } },
  );
  return 'not-written';
}

/** Settles a claim by what the directory shows: unlocked as it was meant, or something came in between, which the claimant is told. */
async function found(
  deps: WriterDeps,
  asked: UnlockAsked,
  claim: Claim,
  { since, now, by }: { since: Exclude<SinceClaim, 'untouched'>; now: LockNow; by: 'answer' | 'read-back' },
): Promise<UnlockOutcome> {
  const seen = { controller: claim.controller, ...(by === 'read-back' ? { by } : {}), ...lockFacts(claim, now) };
  if (since === 'unlocked') {
    await finish(
      deps,
      asked,
      claim,
      { state: 'applied', after: now },
      { type: 'write.result', outcome: 'success', do: seen },
      { type: 'write.unlocked', outcome: 'success', do: seen },
    );
    return { outcome: 'unlocked' };
  }
  // The directory took the change when it said so; of a lost attempt nobody can tell, since somebody else was there too.
  await finish(
    deps,
    asked,
    claim,
    { state: 'refused', reason: since, after: now },
    { type: 'write.result', outcome: by === 'answer' ? 'success' : 'unknown', reason: since, do: seen },
  );
  return { outcome: 'refused', code: since };
}

/** What the worker is told of a claim that is settled, the same each time; undefined as long as it is not. */
function outcomeOf({ state, reason }: Claim): UnlockOutcome | undefined {
  if (state === 'claimed' || state === 'unsent') return undefined;
  if (state === 'applied') return { outcome: 'unlocked' };
  if (state === 'expired') return { outcome: 'intent-expired' };
  if (state === 'refused') return { outcome: 'refused', code: isRefusalCode(reason) ? reason : 'directory-denied' };
  return { outcome: 'refused', code: 'unlock-unknown' };
}
