import type { Database, Transaction } from '#db';
import { toldAt } from '#domain/telling.ts';
import { policyVersion } from '#prisma/policies.ts';
import { Broken } from '../closed-failures.ts';
import { recordLeaf } from '../record-leaf.ts';
import type { Intent, LocalActivities } from '../contract.ts';
import { askTelling } from './ask-telling.ts';
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
    const { reset, account, expiresAt, withoutFactor } = asked;
    const { count } = await tx.accountClaim.createMany({
      data: [{ accountGuid: account, resetId: reset, expiresAt }],
      skipDuplicates: true,
    });
    if (count === 1) {
      await recordLeaf(tx, { type: 'account.claimed', outcome: 'success', reset, actor: WORKER }, 'worker');
      await isProven(tx, reset);
    }
    const [held] = await tx.$queryRaw<{ reset_id: string; yielded: string | null; blocked: boolean }[]>`
      SELECT reset_id, yielded, committed AND expires_at > now() AS blocked FROM account_claim WHERE account_guid = ${account}::uuid FOR UPDATE`;
    if (!held) throw new Error('the claim vanished within its own transaction');
    if (held.reset_id === reset) return { outcome: 'claimed', yields: held.yielded };
    // A repeated claim after a newer reset has taken the account: this one yielded, and does not take it back.
    if (held.yielded === reset) return { outcome: 'superseded' };
    if (held.blocked || (withoutFactor && (await showedAFactor(tx, held.reset_id)))) return { outcome: 'busy' };
    await tx.accountClaim.update({
      where: { accountGuid: account },
      data: { resetId: reset, committed: false, yielded: held.reset_id, expiresAt },
    });
    await recordLeaf(tx, { type: 'reset.superseded', outcome: 'success', reset, actor: WORKER, do: { older: held.reset_id } }, 'worker');
    await isProven(tx, reset);
    return { outcome: 'claimed', yields: held.reset_id };
  });
}

/** Whether the reset that holds the account is still under way and rests on a factor. One without, older or newer, is equally proven. */
async function showedAFactor(tx: Transaction, reset: string): Promise<boolean> {
  const row = await tx.reset.findUnique({ where: { id: reset }, select: { operation: true, endedAt: true } });
  return row !== null && row.endedAt === null && row.operation !== 'replace-factors';
}

/** From here on people may be told of it: proof and factor have passed, so nobody is told because of a name that somebody typed. */
async function isProven(tx: Transaction, reset: string): Promise<void> {
  await tx.reset.updateMany({ where: { id: reset, provenAt: null }, data: { provenAt: new Date() } });
  const row = await tx.reset.findUniqueOrThrow({
    where: { id: reset },
    select: { policySha256: true, ruleId: true, protectedBy: true, operation: true },
  });
  const frozen = row.policySha256 ? await policyVersion(tx, row.policySha256) : undefined;
  const rule = frozen?.policy.rules.find(({ id }) => id === row.ruleId);
  // Whoever has lost every factor is told by whatever way there is, from the first moment on: so is whoever has not.
  if (row.operation === 'replace-factors') return askTelling(tx, reset, 'requested');
  if (rule && toldAt(rule, 'requested', row.protectedBy !== null).length > 0) await askTelling(tx, reset, 'requested');
}

/**
 * Makes the claim firm and writes the intent: what the writer is about to be asked. If we crash before this commits,
 * nothing was asked of the writer; after it, the writer is asked, perhaps twice, and settles that by its own claim.
 */
export async function commitIntent(db: Database, intent: Intent): ReturnType<LocalActivities['commitIntent']> {
  return db.$transaction(async (tx) => {
    const { account, progress, ordinal, sealed, digest } = intent;
    const { endOldPassword } = intent;
    const what =
      sealed !== undefined && digest !== undefined
        ? { operation: 'new-password', sealed, digest, ...(endOldPassword && { endOldPassword }) }
        : { operation: 'unlock' };
    const { count } = await tx.accountClaim.updateMany({
      where: { accountGuid: account, resetId: progress.reset },
      data: { committed: true },
    });
    if (count === 0) return { outcome: 'superseded' };
    // A repeated call finds the move recorded, and its intent with it.
    if (!(await recordMove(tx, progress))) return { outcome: 'committed', leaf: await intentOf(tx, progress.reset) };
    const statements = await tx.attestation.findMany({
      where: { resetId: progress.reset },
      select: { kind: true, sha256: true },
      orderBy: { at: 'asc' },
    });
    const leaf = await recordLeaf(
      tx,
      {
        type: 'intent',
        outcome: 'started',
        reset: progress.reset,
        actor: WORKER,
        policy: { sha256: intent.policy, rule: intent.rule },
        do: { ordinal, ...what, statements },
      },
      'worker',
    );
    return { outcome: 'committed', leaf };
  });
}

/** The intent that the last recorded move made known: it is the newest of its reset, since each move to writing has one. */
async function intentOf(tx: Transaction, reset: string): Promise<string> {
  const [row] = await tx.$queryRaw<
    { id: string }[]
  >`SELECT id::text FROM leaf WHERE reset_id = ${reset}::uuid AND type = 'intent' ORDER BY seq DESC LIMIT 1`;
  if (!row) throw new Broken('a reset is writing without an intent');
  return row.id;
}

/** Lets the account go when its reset has ended; a claim that a newer reset holds stays. */
export async function releaseAccount(db: Database, asked: { reset: string; account: string }): Promise<void> {
  await db.$transaction(async (tx) => {
    const { count } = await tx.accountClaim.deleteMany({ where: { accountGuid: asked.account, resetId: asked.reset } });
    if (count === 1) await recordLeaf(tx, { type: 'account.released', outcome: 'success', reset: asked.reset, actor: WORKER }, 'worker');
  });
}
