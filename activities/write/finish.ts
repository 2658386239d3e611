import type { Transaction } from '#db';
import type { LeafOutcome, LeafType } from '#domain/leaf-types.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Json } from '#evidence/jcs.ts';

import { recordLeaf } from '../record-leaf.ts';
import { DirectoryUnavailable } from '../directory/errors.ts';
import { digestAsked, endsOldPassword, operationAsked, type AnyAsked } from './asked.ts';
import { closeUnclaimed, moveClaim, type Claim, type ClaimState } from './claims.ts';
import { writerName, type WriterDeps } from './deps.ts';
import type { PasswordNow } from './password-now.ts';
import { erasePassword } from './sealed-password.ts';

export interface WriteLeaf {
  type: LeafType;
  outcome: LeafOutcome;
  reason?: string;
  policy?: { sha256: string; rule: string };
  do?: Record<string, Json>;
}

/** Writes a leaf of this write: whose reset, which ordinal, by this writer. */
export async function writeLeaf(tx: Transaction, deps: WriterDeps, asked: AnyAsked, leaf: WriteLeaf): Promise<void> {
  const process = writerName(deps);
  const digest = digestAsked(asked);
  const what = digest === null ? { operation: operationAsked(asked) } : { digest, ...(endsOldPassword(asked) && { endOldPassword: true }) };
  await recordLeaf(
    tx,
    {
      ...leaf,
      reset: asked.reset,
      run: asked.run,
      account: { guid: asked.account, sid: null },
      actor: { type: 'service', name: process },
      do: { ordinal: asked.ordinal, ...what, ...leaf.do },
    },
    process,
  );
}

/**
 * Settles a claim with its leaves, in one transaction. Throws DirectoryUnavailable (tried again) when another attempt
 * settled it first; the next attempt then answers with what was stored.
 */
export async function finish(
  deps: WriterDeps,
  asked: AnyAsked,
  claim: Claim,
  to: { state: ClaimState; reason?: string; after?: PasswordNow },
  ...leaves: readonly WriteLeaf[]
): Promise<void> {
  await deps.db.$transaction(async (tx) => {
    if (!(await moveClaim(tx, asked, claim, to))) throw new DirectoryUnavailable('another attempt settled this write');
    for (const leaf of leaves) await writeLeaf(tx, deps, asked, leaf);
    // Kept only as long as it may still be written or bound; every other ending erases the secret with its record.
    if (to.state !== 'applied' && to.state !== 'unsent') await erasePassword(tx, deps, asked);
  });
}

export type Refused = { outcome: 'refused'; code: RefusalCode };

/** The writer's own no, stored with its leaf: whatever attempt comes later for this ordinal gets the same answer and writes nothing. */
export async function refuse(deps: WriterDeps, asked: AnyAsked, code: RefusalCode, claim?: Claim): Promise<Refused> {
  await close(deps, asked, { state: 'refused', reason: code }, { type: 'write.refused', outcome: 'denied', reason: code }, claim);
  return { outcome: 'refused', code };
}

/** The password was erased before it could be written, or the intent is too old; the worker begins this step again. */
export async function expire<R extends 'password-expired' | 'intent-expired'>(
  deps: WriterDeps,
  asked: AnyAsked,
  reason: R,
  claim?: Claim,
): Promise<{ outcome: R }> {
  await close(deps, asked, { state: 'expired' }, { type: 'write.refused', outcome: 'expired', reason }, claim);
  return { outcome: reason };
}

async function close(
  deps: WriterDeps,
  asked: AnyAsked,
  to: { state: 'refused' | 'expired'; reason?: RefusalCode },
  leaf: WriteLeaf,
  claim: Claim | undefined,
): Promise<void> {
  if (claim) return finish(deps, asked, claim, to, leaf);
  await deps.db.$transaction(async (tx) => {
    // An attempt that overlaps with this one may have claimed since we looked, and written: then its word stands.
    if (!(await closeUnclaimed(tx, asked, to))) throw new DirectoryUnavailable('another attempt was faster');
    await writeLeaf(tx, deps, asked, leaf);
    await erasePassword(tx, deps, asked);
  });
}

/** Another account or another value under an ordinal that is taken: a lie, which changes nothing of what is there. */
export async function refuseLie(deps: WriterDeps, asked: AnyAsked): Promise<Refused> {
  await deps.db.$transaction((tx) => writeLeaf(tx, deps, asked, { type: 'write.refused', outcome: 'denied', reason: 'evidence-missing' }));
  return { outcome: 'refused', code: 'evidence-missing' };
}
