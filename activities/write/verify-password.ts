import { Attribute, Change } from 'ldapts';
import type { Verified } from '../arrival-contract.ts';
import type { WriteAsked } from '../contract.ts';
import { Broken } from '../closed-failures.ts';
import { guidDn } from '../directory/entry.ts';
import { messageOf } from '../directory/connect.ts';
import { DirectoryUnavailable } from '../directory/errors.ts';
import { isSameStamp } from '../directory/password-stamp.ts';
import { endsOldPassword, parseAsked } from './asked.ts';
import { bindsWith } from './binds-with.ts';
import { findClaim, type Claim } from './claims.ts';
import { controllerOf, type WriterDeps } from './deps.ts';
import { isOurs } from './fence.ts';
import { finish } from './finish.ts';
import { readPasswordNow } from './password-now.ts';
import { sealHashes } from './seal-hashes.ts';
import { openPassword } from './sealed-password.ts';

/**
 * Binds the new password at the controller written to, then erases it. False when it does not bind, or was erased
 * before anybody could try. Only for what this writer has written, so it cannot be used to guess. Idempotent: the first answer stands.
 */
export async function verifyPassword(deps: WriterDeps, message: WriteAsked): Promise<Verified> {
  const asked = parseAsked(message);
  const claim = await findClaim(deps.db, asked);
  if (!claim || claim.account !== asked.account || claim.digest !== asked.digest)
    throw new Broken('verification was asked for a write that was never claimed');
  // Nobody is to sign in with it, and verifying would erase the chosen one before it is written.
  if (claim.endOldPassword || endsOldPassword(asked)) throw new Broken('verification was asked for a throw-away password');
  if (claim.state === 'verified') return verifiedAs(deps, claim);
  if (claim.state === 'unverified') return { verified: false };
  if (claim.state !== 'applied') throw new Broken('verification was asked for a write that was not made');

  const sealed = await openPassword(deps, asked);
  if (sealed.outcome !== 'opened') {
    await finish(
      deps,
      asked,
      claim,
      { state: 'unverified' },
      { type: 'write.verified', outcome: 'expired', reason: 'password-expired', do: { controller: claim.controller } },
    );
    return { verified: false };
  }
  let answer = await bindsWith(deps, asked.account, claim.controller, sealed.password);
  // Somebody guesses at the account and locked it since our write. Unlocking belongs to the write that was made, so once more.
  if (answer === 'locked') {
    await unlock(deps, asked, claim);
    answer = await bindsWith(deps, asked.account, claim.controller, sealed.password);
  }
  if (answer === 'locked' || answer === 'unavailable') throw new DirectoryUnavailable('the controller does not answer the new password');
  // Asked after the bind: a controller takes the password before the last for a while, so a bind alone is not that ours stands.
  const stands = answer !== 'proven' || (await isStanding(deps, claim));
  const verified = answer === 'proven' && stands;
  // The last moment at which anybody knows the password: what devices are to learn of it is made here, or nowhere.
  const hashes = verified ? await sealHashes(deps, asked, claim.controller, sealed.password) : [];
  // Crash here: the row says "applied" and the value is still sealed, so the bind is made once more.
  await finish(
    deps,
    asked,
    claim,
    { state: verified ? 'verified' : 'unverified' },
    {
      type: 'write.verified',
      outcome: verified ? 'success' : 'failure',
      ...(stands ? {} : { reason: 'account-changed' }),
      do: { controller: claim.controller, ...(hashes.length > 0 && { sealedHashes: hashes }) },
    },
  );
  return verified ? verifiedAs(deps, claim) : { verified };
}

/** With what other controllers have still to hear of, where there are any. */
async function verifiedAs({ directory }: WriterDeps, { controller, stampAfter }: Claim): Promise<Verified> {
  const hasOthers = (await directory.controllers()).length > 1;
  return { verified: true, ...(hasOthers && stampAfter ? { change: { controller, stamp: stampAfter } } : {}) };
}

/** Whether the controller written to shows the change that this write made as the last one; true where it shows no stamps. */
async function isStanding(deps: WriterDeps, { account, controller, stampAfter }: Claim): Promise<boolean> {
  if (!stampAfter) return true;
  const { stamp } = await controllerOf(deps, controller).directory.read((session) => readPasswordNow(session, account));
  return stamp === undefined || isSameStamp(stamp, stampAfter);
}

/** lockoutTime = 0 is harmless when repeated, and resets the count of bad passwords (measured on Samba 4.17). */
async function unlock(deps: WriterDeps, asked: WriteAsked, claim: Claim): Promise<void> {
  const { directory } = controllerOf(deps, claim.controller);
  const change = new Change({ operation: 'replace', modification: new Attribute({ type: 'lockoutTime', values: ['0'] }) });
  try {
    await directory.write(async (session) => {
      const target = guidDn(asked.account);
      if (!(await isOurs(deps.writerClass, session, target))) throw new DirectoryUnavailable("the account is not this writer's any more");
      await session.modify(target, [change]);
    });
  } catch (error) {
    throw new DirectoryUnavailable(messageOf(error));
  }
}
