import { ceremonySeconds, type Ceremony } from '#domain/passkey.ts';
import type { Transaction } from '#db';
import { databaseTime, isBurned } from './once.ts';

/**
 * A ceremony that the API began for this account and purpose, and that is still open by the database's clock, which also
 * wrote its beginning; undefined otherwise, and once it was used. Callers burn `consumed` with what they honour.
 */
export async function openCeremony(
  tx: Transaction,
  asked: { ceremony: string; account: string; purpose: string },
): Promise<(Ceremony & { consumed: string }) | undefined> {
  const row = await tx.ceremony.findUnique({ where: { id: asked.ceremony } });
  if (!row || row.accountGuid !== asked.account || row.purpose !== asked.purpose) return undefined;
  const end = new Date(row.createdAt.getTime() + ceremonySeconds(asked.purpose) * 1000);
  if ((await databaseTime(tx)) > end) return undefined;
  const consumed = `ceremony:${row.id}`;
  if (await isBurned(tx, consumed)) return undefined;
  return { ceremony: row.id, account: row.accountGuid, notAfter: end.toISOString(), consumed };
}
