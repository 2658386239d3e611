import type { Transaction } from '#db';
import type { LeafOutcome, LeafType } from '#domain/leaf-types.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Json } from '#evidence/jcs.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import type { WriteAsked, WriteOutcome } from '../contract.ts';
import { DirectoryUnavailable } from '../directory/errors.ts';
import { moveClaim, type Claim, type ClaimState } from './claims.ts';
import { writerName, type WriterDeps } from './deps.ts';
import { erasePassword } from './sealed-password.ts';

export interface WriteLeaf {
  type: LeafType;
  outcome: LeafOutcome;
  reason?: string;
  policy?: { sha256: string; rule: string };
  do?: Record<string, Json>;
}

/** Writes a leaf of this write: whose reset, which ordinal and which attempt, by this writer. */
export async function writeLeaf(tx: Transaction, deps: WriterDeps, asked: WriteAsked, leaf: WriteLeaf): Promise<void> {
  const event = deps.event?.();
  const process = writerName(deps);
  await appendLeaf(tx, {
    ...leaf, reset: asked.reset, run: asked.run, account: asked.account, actor: `service:${process}`,
    do: { ordinal: asked.ordinal, digest: asked.digest, ...leaf.do }, ...(event ? { event } : {}),
  }, process);
}

/**
 * Settles a claim with its leaf, in one transaction. Throws DirectoryUnavailable (tried again) when another attempt
 * settled it first; the next attempt then answers with what was stored.
 */
export async function finish(deps: WriterDeps, asked: WriteAsked, claim: Claim, to: { state: ClaimState; reason?: string; after?: string }, leaf: WriteLeaf): Promise<void> {
  await deps.db.$transaction(async (tx) => {
    if (!(await moveClaim(tx, asked, claim, to))) throw new DirectoryUnavailable('another attempt settled this write');
    await writeLeaf(tx, deps, asked, leaf);
    // Kept only as long as it may still be written or bound; every other ending erases the secret with its record.
    if (to.state !== 'applied' && to.state !== 'unsent') await erasePassword(tx, deps, asked);
  });
}

/** The writer's own no. Without a claim nothing is remembered but the leaf: the same question is judged afresh. */
export async function refuse(deps: WriterDeps, asked: WriteAsked, code: RefusalCode, claim?: Claim): Promise<WriteOutcome> {
  const leaf: WriteLeaf = { type: 'write.refused', outcome: 'denied', reason: code };
  if (claim) await finish(deps, asked, claim, { state: 'refused', reason: code }, leaf);
  else {
    await deps.db.$transaction(async (tx) => {
      await writeLeaf(tx, deps, asked, leaf);
      await erasePassword(tx, deps, asked);
    });
  }
  return { outcome: 'refused', code };
}

/** The password was erased before it could be written; the person chooses again. */
export async function expire(deps: WriterDeps, asked: WriteAsked, claim?: Claim): Promise<WriteOutcome> {
  const leaf: WriteLeaf = { type: 'write.refused', outcome: 'expired', reason: 'password-expired' };
  if (claim) await finish(deps, asked, claim, { state: 'expired' }, leaf);
  else await deps.db.$transaction((tx) => writeLeaf(tx, deps, asked, leaf));
  return { outcome: 'password-expired' };
}
