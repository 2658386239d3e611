import type { Transaction } from '#db';

/** Claims by which the directory was changed or may have been. */
export const MAY_HAVE_BEEN_SET = ['claimed', 'applied', 'verified', 'unverified', 'unknown'];

/** When each of these people's own password was last set by this product, or may have been; a person missing here never had it. */
export async function lastOwnResets(tx: Transaction, guids: readonly string[]): Promise<Map<string, Date>> {
  const rows = await tx.writeClaim.findMany({
    where: { accountGuid: { in: [...guids] }, operation: 'new-password', state: { in: MAY_HAVE_BEEN_SET } },
    orderBy: { claimedAt: 'asc' },
    select: { accountGuid: true, claimedAt: true, settledAt: true },
  });
  return new Map(rows.map((row) => [row.accountGuid, row.settledAt ?? row.claimedAt]));
}
