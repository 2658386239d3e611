import type { WriteAsked, WriteOutcome } from '../contract.ts';
import { PasswordNotEncodable } from '../directory/encode-password.ts';
import { DirectoryUnavailable } from '../directory/errors.ts';
import { setPassword, type WriteOutcome as Said } from '../directory/set-password.ts';
import { endsOldPassword, parseAsked } from './asked.ts';
import { bindsWith } from './binds-with.ts';
import { changedByOthers } from './changed-by-others.ts';
import { findClaim, holdsClaim, outcomeOf, throwAwayOf, type Claim } from './claims.ts';
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
 * stop, when trying again later is right. Where the old password has to die at once it is called twice, for a throw-away
 * password and for the chosen one, each with its own ordinal.
 */
export async function writePassword(of: WriterDeps, message: WriteAsked): Promise<WriteOutcome> {
  const asked = parseAsked(message);
  const thrown = endsOldPassword(asked) ? undefined : await throwAwayOf(of.db, asked.reset);
  // What is written over a throw-away password is judged and written where that one is.
  const deps = thrown ? { ...of, directory: controllerOf(of, thrown.controller).directory } : of;
  let claim = await findClaim(deps.db, asked);
  if (claim) {
    // One ordinal is one intent: another account or another value under it is a lie, and so is another operation, which has none.
    const isSame = claim.account === asked.account && claim.digest === asked.digest && claim.endOldPassword === endsOldPassword(asked);
    if (!isSame) return refuseLie(deps, asked);
    const known = outcomeOf(claim);
    if (known) return known;
    if (claim.state === 'claimed') {
      const settled = await settle(deps, asked, claim);
      if (settled !== 'not-written') return settled;
      claim = { ...claim, state: 'unsent' };
    }
  }

  const may = await mayWrite(deps, asked, 'password-expired', claim, thrown);
  if ('answer' in may) return may.answer;
  const sealed = await openPassword(deps, asked);
  if (sealed.outcome !== 'opened')
    return sealed.outcome === 'expired' ? expire(deps, asked, 'password-expired', claim) : refuse(deps, asked, 'evidence-missing', claim);
  // Whoever asked for the old password to be ended is not given a new one without that, whatever the worker forgot.
  if (sealed.endOldPassword && !endsOldPassword(asked) && !thrown) return refuse(deps, asked, 'evidence-missing', claim);

  const held = await hold(deps, asked, may.allowed, claim, thrown);
  if (typeof held === 'string') return refuse(deps, asked, held, claim);
  // Crash here: the claim stands, the sealed value too, the directory is as it was. The next attempt reads back, then writes.
  const endsIt = sealed.endOldPassword || thrown !== undefined;
  if (endsIt && (await isTheOldOne(deps, asked, held, sealed.chosen))) return refusedByRule(deps, asked, held, 'used-before');
  return write(deps, asked, held, { password: sealed.password, isRepeated: claim !== undefined, heedsHistory: thrown === undefined });
}

/**
 * Whether the chosen password is the one that has to die: no controller compares the two when a throw-away one comes between. Asked before the throw-away
 * is written, and once more after it, since an account that is locked before is unlocked then. One bad count at most, which the write takes back.
 */
async function isTheOldOne(deps: WriterDeps, { account }: WriteAsked, { controller }: Claim, chosen: string): Promise<boolean> {
  return (await bindsWith(deps, account, controller, chosen)) === 'proven';
}

interface Writing {
  password: string;
  isRepeated: boolean;
  heedsHistory: boolean;
}

async function write(
  deps: WriterDeps,
  asked: WriteAsked,
  claim: Claim,
  { password, isRepeated, heedsHistory }: Writing,
): Promise<WriteOutcome> {
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
    said = await setPassword(gate.directory, asked.account, password, { heedsHistory: heedsHistory && !endsOldPassword(asked) });
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
    // Crash here: the row says "applied"; a repeated call is answered from it. After a throw-away password the old one is dead by now
    // and the chosen one still sealed: the next ordinal writes it, or the claimant chooses again when it has run out.
    return { outcome: 'applied', pwdLastSet: now.pwdLastSet };
  }
  // With the history control a repeated write is refused as "used before" when the lost one came through after all.
  if (isRepeated && since !== 'untouched') throw new DirectoryUnavailable('an earlier attempt may have come through');
  const why = refusedPassword(said.reason);
  if ('code' in why || endsOldPassword(asked)) {
    // No other choice of the claimant makes a throw-away password better.
    const code = 'code' in why ? why.code : 'directory-denied';
    await finish(
      deps,
      asked,
      claim,
      { state: 'refused', reason: code },
      { type: 'write.result', outcome: 'denied', reason: code, do: { controller: claim.controller } },
    );
    return { outcome: 'refused', code };
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
