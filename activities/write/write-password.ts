import type { WriteAsked, WriteOutcome } from '../contract.ts';
import { PasswordNotEncodable } from '../directory/encode-password.ts';
import { DirectoryUnavailable } from '../directory/errors.ts';
import { setPassword, type WriteOutcome as Said } from '../directory/set-password.ts';
import { parseAsked } from './asked.ts';
import { changedByOthers } from './changed-by-others.ts';
import { findClaim, holdsClaim, outcomeOf, type Claim } from './claims.ts';
import { controllerOf, type WriterDeps } from './deps.ts';
import { fence } from './fence.ts';
import { expire, finish, refuse, refuseLie } from './finish.ts';
import { hold } from './hold.ts';
import { mayWrite } from './may-write.ts';
import { isAsClaimed, passwordFacts, passwordSince, readPasswordNow } from './password-now.ts';
import { refusedPassword } from './refused-password.ts';
import { openPassword } from './sealed-password.ts';
import { settle } from './settle.ts';
import { unsent } from './unsent.ts';

/**
 * Writes one password, once, or says why not. Idempotent by (reset, ordinal): a repeated call is answered from the
 * claim, or first finds out what became of the lost one. Throws DirectoryUnavailable, or Halted during an emergency
 * stop, when trying again later is right.
 */
export async function writePassword(deps: WriterDeps, message: WriteAsked): Promise<WriteOutcome> {
  const asked = parseAsked(message);
  let claim = await findClaim(deps.db, asked);
  if (claim) {
    // One ordinal is one intent: another account or another value under it is a lie, and so is another operation, which has none.
    if (claim.account !== asked.account || claim.digest !== asked.digest) return refuseLie(deps, asked);
    const known = outcomeOf(claim);
    if (known) return known;
    if (claim.state === 'claimed') {
      const settled = await settle(deps, asked, claim);
      if (settled !== 'not-written') return settled;
      claim = { ...claim, state: 'unsent' };
    }
  }

  const may = await mayWrite(deps, asked, 'password-expired', claim);
  if ('answer' in may) return may.answer;
  const sealed = await openPassword(deps, asked);
  if (sealed.outcome !== 'opened')
    return sealed.outcome === 'expired' ? expire(deps, asked, 'password-expired', claim) : refuse(deps, asked, 'evidence-missing', claim);

  const held = await hold(deps, asked, may.allowed, claim);
  if (typeof held === 'string') return refuse(deps, asked, held, claim);
  // Crash here: the claim stands, the sealed value too, the directory is as it was. The next attempt reads back, then writes.
  return write(deps, asked, held, sealed.password, claim !== undefined);
}

async function write(deps: WriterDeps, asked: WriteAsked, claim: Claim, password: string, isRepeated: boolean): Promise<WriteOutcome> {
  const { directory } = controllerOf(deps, claim.controller);
  // A third of the settling time to get as far as the wire; the directory's own deadlines (12 s) end well within the rest.
  const gate = fence(
    deps.writerClass,
    directory,
    async (session) => isAsClaimed(claim, await readPasswordNow(session, asked.account)),
    () => holdsClaim(deps.db, asked, claim, deps.settleSeconds / 3),
  );
  let said: Said;
  try {
    said = await setPassword(gate.directory, asked.account, password);
  } catch (error) {
    if (error instanceof PasswordNotEncodable)
      return refusedByRule(deps, asked, claim, error.why === 'too-long' ? 'too-long' : 'control-character');
    if (gate.sent()) throw error;
    return unsent(deps, asked, claim, gate);
  }
  if (said.outcome === 'unknown') {
    if (!gate.sent()) return unsent(deps, asked, claim, gate);
    throw new DirectoryUnavailable('the directory did not say whether the change was made');
  }
  // Crash here: the directory has answered and nobody remembers. The claim says "perhaps", and the next attempt reads back.
  const now = await directory.read((session) => readPasswordNow(session, asked.account));
  const since = passwordSince(claim, now);
  if (said.outcome === 'applied') {
    if (since === 'untouched') throw new DirectoryUnavailable('the directory said yes and shows no change');
    if (since === 'by-others') return changedByOthers(deps, asked, claim, { now, by: 'answer' });
    await finish(
      deps,
      asked,
      claim,
      { state: 'applied', after: now },
      { type: 'write.result', outcome: 'success', do: { controller: claim.controller, ...passwordFacts(claim, now) } },
    );
    // Crash here: the row says "applied"; a repeated call is answered from it.
    return { outcome: 'applied', pwdLastSet: now.pwdLastSet };
  }
  // With the history control a repeated write is refused as "used before" when the lost one came through after all.
  if (isRepeated && since !== 'untouched') throw new DirectoryUnavailable('an earlier attempt may have come through');
  const why = refusedPassword(said.reason);
  if ('code' in why) {
    await finish(
      deps,
      asked,
      claim,
      { state: 'refused', reason: why.code },
      { type: 'write.result', outcome: 'denied', reason: why.code, do: { controller: claim.controller } },
    );
    return { outcome: 'refused', code: why.code };
  }
  return refusedByRule(deps, asked, claim, ...why.reasons);
}

type Reasons = Extract<WriteOutcome, { outcome: 'password-refused' }>['reasons'];

async function refusedByRule(deps: WriterDeps, asked: WriteAsked, claim: Claim, ...reasons: Reasons): Promise<WriteOutcome> {
  const reason = reasons.join(' ');
  await finish(
    deps,
    asked,
    claim,
    { state: 'password-refused', reason },
    { type: 'write.result', outcome: 'denied', reason, do: { controller: claim.controller } },
  );
  return { outcome: 'password-refused', reasons };
}
