import type { Policy } from '#domain/policy.ts';
import type { Transaction } from '#db';
import { lastFactorChanges } from './factor-change.ts';
import { databaseTime } from './once.ts';

/**
 * Whether an app or key that its owner added or replaced themselves, one that was frozen and counts again, or one enrolled in the place of another, has to wait before it
 * may serve in a reset of a protected account: as long as an approver waits whose factors were replaced.
 */
export async function isFactorTooNew(tx: Transaction, account: string, credential: string, { timers }: Policy): Promise<boolean> {
  const own = await tx.totp.findFirst({ where: { id: credential, binding: { not: null } }, select: { enrolledAt: true } });
  const key = await tx.passkey.findUnique({ where: { id: credential }, select: { enrolledAt: true } });
  const thawed = await tx.$queryRaw<{ at: Date | null }[]>`
    SELECT max(t.at) AS at FROM factor_thaw t JOIN factor_freeze f ON f.id = t.freeze_id WHERE f.factor_id = ${credential}::uuid`;
  const replaced = (await lastFactorChanges(tx, [account])).get(account);
  const since = Math.max(
    own?.enrolledAt.getTime() ?? 0,
    key?.enrolledAt.getTime() ?? 0,
    thawed[0]?.at?.getTime() ?? 0,
    replaced?.getTime() ?? 0,
  );
  return (await databaseTime(tx)).getTime() - since < timers.coolingOff * 1000;
}
