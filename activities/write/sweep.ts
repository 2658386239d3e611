import type { Json } from '#evidence/jcs.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import type { Log } from '#process-log';
import { findClaim, moveClaim, type Claim } from './claims.ts';
import { writerName, type WriterDeps } from './deps.ts';
import { lockFacts, lockSince } from './lock-now.ts';
import { passwordFacts, passwordSinceClaim, type PasswordNow } from './password-now.ts';

/** Longer than the step's whole deadline (4 min) and the life of a sealed password (5 min): no attempt can come any more. */
const LONE_AFTER_MINUTES = 10;
const EVERY_MS = 60_000;

type SweptDeps = Pick<WriterDeps, 'db' | 'directoryOn' | 'writerClass'>;

/**
 * Finds out what became of writes that were started and that nobody settles any more, as far as the directory still
 * shows it: unchanged means not written; changed, with the password erased, stays unknown for ever and is said so.
 * Answers how many were settled. Safe beside other sweepers and repeated; a controller that does not answer is asked next time.
 */
export async function settleLoneStarts(deps: SweptDeps, minutes = LONE_AFTER_MINUTES): Promise<number> {
  const lone = await deps.db.$queryRaw<{ reset: string; ordinal: number; account: string }[]>`
    SELECT reset_id::text AS reset, ordinal, account_guid::text AS account FROM write_claim
    WHERE state IN ('claimed', 'unsent') AND claimed_at < now() - make_interval(mins => ${minutes}::int) ORDER BY claimed_at LIMIT 50`;
  let settled = 0;
  for (const start of lone) if (await settleOne(deps, start)) settled++;
  return settled;
}

async function settleOne(
  deps: SweptDeps,
  { reset, ordinal, account }: { reset: string; ordinal: number; account: string },
): Promise<boolean> {
  const claim = await findClaim(deps.db, { reset, ordinal });
  if (!claim || (claim.state !== 'claimed' && claim.state !== 'unsent')) return false;
  const seen = claim.state === 'unsent' ? 'untouched' : await whatIsSeen(deps, account, claim).catch(() => 'no answer' as const);
  if (seen === 'no answer') return false;
  const [after, facts] = seen === 'untouched' ? [undefined, { pwdLastSet: claim.before }] : [seen.now, seen.facts];
  const locks = claim.lockedBefore === null ? {} : { lockoutTimeBefore: claim.lockedBefore };
  const process = writerName(deps);
  return deps.db.$transaction(async (tx) => {
    const to = after === undefined ? { state: 'expired' as const } : { state: 'unknown' as const, after };
    if (!(await moveClaim(tx, { reset, ordinal }, claim, to))) return false;
    await appendLeaf(
      tx,
      {
        type: 'write.settled',
        outcome: after === undefined ? 'failure' : 'unknown',
        reset,
        account: { guid: account, sid: null },
        actor: { type: 'service', name: process },
        reason: after === undefined ? 'not-written' : 'write-unknown',
        do: {
          ordinal,
          ...(claim.digest === null ? { operation: claim.operation } : { digest: claim.digest }),
          ...(claim.endOldPassword && { endOldPassword: true }),
          controller: claim.controller,
          pwdLastSetBefore: claim.before,
          ...facts,
          ...locks,
        },
      },
      process,
    );
    return true;
  });
}

/** What the controller shows that it did not show before the claim, and the same for a leaf. */
async function whatIsSeen(
  deps: SweptDeps,
  account: string,
  claim: Claim,
): Promise<'untouched' | { now: PasswordNow; facts: Record<string, Json> }> {
  if (claim.operation === 'unlock') {
    const { since, now } = await lockSince(deps, account, claim);
    return since === 'untouched' ? since : { now, facts: lockFacts(claim, now) };
  }
  const { since, now } = await passwordSinceClaim(deps, account, claim);
  return since === 'untouched' ? since : { now, facts: passwordFacts(claim, now) };
}

/** Sweeps now and each minute until the returned function is called. A sweep that fails is tried again at the next turn. */
export function startSettling(deps: SweptDeps, log: Log): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  let isRunning = false;
  const turn = (): void => {
    if (isRunning) return;
    isRunning = true;
    running = settleLoneStarts(deps)
      .then((settled) => settled > 0 && log.info({ settled }, 'lone starts were settled'))
      .catch((error: unknown) =>
        log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'a sweep failed and is tried again'),
      )
      .finally(() => (isRunning = false));
  };
  turn();
  const timer = setInterval(turn, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
