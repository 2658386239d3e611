import type { Database } from '#db';
import { recordLeaf } from '../record-leaf.ts';
import type { Intent, LocalActivities } from '../contract.ts';
import { recordMove } from './record-progress.ts';
import { WORKER } from './worker-name.ts';

/**
 * Takes the account for a reset that has passed proof and factor. An older claim yields unless its password was chosen
 * already; one that has expired is nobody's. A repeated call answers as the first did.
 */
export async function claimAccount(
  db: Database,
  asked: Parameters<LocalActivities['claimAccount']>[0],
): ReturnType<LocalActivities['claimAccount']> {
  return db.$transaction(async (tx) => {
    const { reset, account, expiresAt } = asked;
    const { count } = await tx.accountClaim.createMany({
      data: [{ accountGuid: account, resetId: reset, expiresAt }],
      skipDuplicates: true,
    });
    if (count === 1) await recordLeaf(tx, { type: 'account.claimed', outcome: 'success', reset, actor: WORKER }, 'worker');
    const [held] = await tx.$queryRaw<{ reset_id: string; yielded: string | null; blocked: boolean }[]>`
      SELECT reset_id, yielded, committed AND expires_at > now() AS blocked FROM account_claim WHERE account_guid = ${account}::uuid FOR UPDATE`;
    if (!held) throw new Error('the claim vanished within its own transaction');
    if (held.reset_id === reset) return { outcome: 'claimed', yields: held.yielded };
    // A repeated claim after a newer reset has taken the account: this one yielded, and does not take it back.
    if (held.yielded === reset) return { outcome: 'superseded' };
    if (held.blocked) return { outcome: 'busy' };
    await tx.accountClaim.update({
      where: { accountGuid: account },
      data: { resetId: reset, committed: false, yielded: held.reset_id, expiresAt },
    });
    await recordLeaf(tx, { type: 'reset.superseded', outcome: 'success', reset, actor: WORKER, do: { older: held.reset_id } }, 'worker');
    return { outcome: 'claimed', yields: held.reset_id };
  });
}

/**
 * Makes the claim firm and writes the intent: what the writer is about to be asked. If we crash before this commits,
 * nothing was asked of the writer; after it, the writer is asked, perhaps twice, and settles that by its own claim.
 */
export async function commitIntent(db: Database, intent: Intent): Promise<{ outcome: 'committed' | 'superseded' }> {
  return db.$transaction(async (tx) => {
    const { account, progress, ordinal, sealed, digest } = intent;
    const { count } = await tx.accountClaim.updateMany({
      where: { accountGuid: account, resetId: progress.reset },
      data: { committed: true },
    });
    if (count === 0) return { outcome: 'superseded' };
    const isNew = await recordMove(tx, progress);
    if (isNew) {
      const statements = await tx.attestation.findMany({
        where: { resetId: progress.reset },
        select: { id: true, kind: true },
        orderBy: { at: 'asc' },
      });
      await recordLeaf(
        tx,
        {
          type: 'intent',
          outcome: 'started',
          reset: progress.reset,
          actor: WORKER,
          policy: { sha256: intent.policy, rule: intent.rule },
          do: { ordinal, sealed, digest, statements: statements.map(({ id, kind }) => `${kind}:${id}`) },
        },
        'worker',
      );
    }
    return { outcome: 'committed' };
  });
}

/** Lets the account go when its reset has ended; a claim that a newer reset holds stays. */
export async function releaseAccount(db: Database, asked: { reset: string; account: string }): Promise<void> {
  await db.$transaction(async (tx) => {
    const { count } = await tx.accountClaim.deleteMany({ where: { accountGuid: asked.account, resetId: asked.reset } });
    if (count === 1) await recordLeaf(tx, { type: 'account.released', outcome: 'success', reset: asked.reset, actor: WORKER }, 'worker');
  });
}
