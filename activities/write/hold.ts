import type { RefusalCode } from '#domain/refusals.ts';
import { DirectoryUnavailable } from '../directory/errors.ts';
import { invocationId } from '../directory/invocation-id.ts';
import { takeHaltTurn } from '../halt-turn.ts';
import { isSameStamp } from '../directory/password-stamp.ts';
import { digestAsked, endsOldPassword, operationAsked, type AnyAsked } from './asked.ts';
import { whyNotClaim, writeClaim, type Claim } from './claims.ts';
import { controllerOf, type WriterDeps } from './deps.ts';
import { writeLeaf } from './finish.ts';
import { refuseWhileHalted } from './halts.ts';
import { readLockoutTime } from './lockout-time.ts';
import type { MayWrite } from './may-write.ts';
import { readPasswordNow } from './password-now.ts';
import { signedStatements } from './statements.ts';

/**
 * Takes the claim that makes this attempt the only one, with the leaf that says that the directory is about to be changed.
 * Throws DirectoryUnavailable when another attempt, write or statement came first, and everything has to be judged again.
 * `thrown`: the throw-away password that has to stand still.
 */
export async function hold(
  deps: WriterDeps,
  asked: AnyAsked,
  allowed: MayWrite,
  over: Claim | undefined,
  thrown?: Claim,
): Promise<Claim | RefusalCode> {
  const operation = operationAsked(asked);
  const { directory } = over ? controllerOf(deps, over.controller) : deps;
  const seen = await directory.read(async (session) => {
    const { pwdLastSet, stamp } = await readPasswordNow(session, asked.account);
    return {
      controller: session.controller.url,
      before: pwdLastSet,
      lockedBefore: operation === 'unlock' ? await readLockoutTime(session, asked.account) : null,
      stampBefore: stamp ?? null,
      invocation: (await invocationId(session)) ?? null,
    };
  });
  const { controller, before, lockedBefore, stampBefore, invocation } = seen;
  // Judged at one controller and written at another that knows of a later change.
  if (before !== allowed.account.pwdLastSet) return 'account-changed';
  if (thrown?.stampAfter && stampBefore && !isSameStamp(thrown.stampAfter, stampBefore)) return 'account-changed';
  if (lockedBefore === '0') return 'not-locked';
  const claimed = await deps.db.$transaction(async (tx) => {
    await takeHaltTurn(tx, 'a writer');
    await refuseWhileHalted(tx, deps);
    const why = await whyNotClaim(tx, asked, allowed.passwordsPerReset);
    if (why) return why;
    // Signed since this was judged, such as a lock: everything is judged again.
    const { hashes } = await signedStatements(tx, asked.reset, deps.verifierKey);
    if (hashes.length !== allowed.statements.length) return 'judge-again';
    const claimedAt = await writeClaim(tx, asked, seen, over);
    if (!claimedAt) return 'busy';
    await writeLeaf(tx, deps, asked, {
      type: 'write.started',
      outcome: 'started',
      policy: allowed.policy,
      do: {
        controller,
        pwdLastSet: before,
        ...(stampBefore && { version: stampBefore.version }),
        ...(invocation === null ? {} : { invocation }),
        ...allowed.track,
        ...(lockedBefore === null ? {} : { lockoutTime: lockedBefore }),
        ...(allowed.by === 'break-glass' || allowed.intent === 'unwitnessed' ? { by: 'break-glass' } : {}),
        ...(allowed.intent === 'unwitnessed' ? { witnessed: false } : {}),
      },
    });
    return claimedAt;
  });
  if (claimed === 'busy') throw new DirectoryUnavailable('another write of this account is not settled yet');
  if (claimed === 'judge-again') throw new DirectoryUnavailable('another statement was signed meanwhile');
  if (typeof claimed === 'string') return claimed;
  return {
    account: asked.account,
    operation,
    digest: digestAsked(asked),
    endOldPassword: endsOldPassword(asked),
    ...seen,
    after: null,
    stampAfter: null,
    state: 'claimed',
    reason: null,
    claimedAt: claimed,
  };
}
