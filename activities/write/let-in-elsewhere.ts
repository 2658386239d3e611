import { isHeldFrom } from '#domain/wrong-tries.ts';
import type { Json } from '#evidence/jcs.ts';
import type { LetInElsewhere, WatchAsked } from '../watch-contract.ts';
import { recordLeaf } from '../record-leaf.ts';
import type { Directory } from '../directory/connect.ts';
import { endLockout } from '../directory/end-lockout.ts';
import { DirectoryUnavailable, messageOf } from '../directory/errors.ts';
import { readCounted } from '../directory/wrong-tries.ts';
import { findClaim, isOlderThan, type Claim } from './claims.ts';
import { writerName, type WriterDeps } from './deps.ts';
import { fence } from './fence.ts';
import { refuseWhileHalted } from './halts.ts';

/** As long as an account is watched; an account that was let in longer ago was let in everywhere, or is asked for anew. */
const WATCHED_SECONDS = 3600;
const MOST = 8;

/**
 * Lets an account in at every controller that still holds against it what was there before our write, with the right and the change of that
 * write: lockoutTime = 0. Only for what this writer's own claim says was done, within the hour, and never against a lockout or a wrong
 * password that is newer; so whoever asks for it in vain, or often, gets nothing by it. Throws Halted during an emergency stop.
 */
export async function letInElsewhere(deps: WriterDeps, { reset }: WatchAsked): Promise<LetInElsewhere> {
  const claim = await madeIn(deps, reset);
  if (!claim || (await isOlderThan(deps.db, claim, WATCHED_SECONDS))) return { letIn: 0, left: 0 };
  await refuseWhileHalted(deps.db, deps);
  const answer = { letIn: 0, left: 0 };
  // One after the other: a writer has two places to work in, and a silent controller holds one of them for seconds.
  for (const { url } of (await deps.directory.controllers()).slice(0, MOST)) {
    const became = await letInAt(deps, reset, claim, url);
    if (became !== 'not-held') answer[became === 'let-in' ? 'letIn' : 'left'] += 1;
  }
  return answer;
}

/** The claim by which this reset let its account in, or undefined. */
async function madeIn(deps: WriterDeps, reset: string): Promise<Claim | undefined> {
  const row = await deps.db.writeClaim.findFirst({
    where: { resetId: reset, state: { in: ['applied', 'verified'] } },
    select: { ordinal: true },
    orderBy: { ordinal: 'desc' },
  });
  return row ? findClaim(deps.db, { reset, ordinal: row.ordinal }) : undefined;
}

type Became = 'not-held' | 'let-in' | 'left';

async function letInAt(deps: WriterDeps, reset: string, claim: Claim, url: string): Promise<Became> {
  const directory = deps.directoryOn(url);
  if (!directory) return 'left';
  try {
    const before = await directory.read((session) => readCounted(session, claim.account));
    if (!before || !isHeldFrom(before, claim.claimedAt)) return 'not-held';
    const facts = { controller: url, lockoutTimeBefore: before.lockedAt, wrongBefore: before.count };
    return await letInHere(deps, { reset, claim, directory, facts });
  } catch (error) {
    // Silent, read-only, or not this writer's account there: another look finds it again, and nothing that was done depends on it.
    if (error instanceof DirectoryUnavailable) return 'left';
    throw error;
  }
}

async function letInHere(
  deps: WriterDeps,
  { reset, claim, directory, facts }: { reset: string; claim: Claim; directory: Directory; facts: Record<string, Json> },
): Promise<Became> {
  const record = async (outcome: 'started' | 'success' | 'denied' | 'unknown' | 'failure', reason?: string): Promise<void> => {
    const process = writerName(deps);
    await deps.db.$transaction((tx) =>
      recordLeaf(
        tx,
        {
          type: 'write.unlocked-there',
          outcome,
          reset,
          account: { guid: claim.account, sid: null },
          actor: { type: 'service', name: process },
          ...(reason === undefined ? {} : { reason }),
          do: facts,
        },
        process,
      ),
    );
  };
  const isStillHeld = async (session: Parameters<typeof readCounted>[0]): Promise<boolean> => {
    const now = await readCounted(session, claim.account);
    return now !== undefined && isHeldFrom(now, claim.claimedAt);
  };
  const gate = fence(deps.writerClass, directory, isStillHeld, () => Promise.resolve(true));
  await record('started');
  // Crash here: it says that it may have been done; the next look reads whether it was, and does what is left.
  try {
    const said = await endLockout(gate.directory, claim.account);
    if (said.outcome === 'applied') await record('success');
    else if (said.outcome === 'refused') await record('denied', said.reason);
    else await record(gate.sent() ? 'unknown' : 'failure', gate.sent() ? 'no-answer' : 'not-sent');
    return said.outcome === 'applied' ? 'let-in' : 'left';
  } catch (error) {
    await record(gate.sent() ? 'unknown' : 'failure', gate.sent() ? 'no-answer' : 'not-sent');
    throw error instanceof DirectoryUnavailable ? error : new DirectoryUnavailable(messageOf(error));
  }
}
