import type { Transaction } from './client.ts';
import type { Account } from './leaves.ts';

/** The end of a reset's chain of leaves, and the account that the reset is about once it is identified. */
export interface Head {
  wseq: number;
  hash: Uint8Array | null;
  account: Account | undefined;
}

/** Locks the chain of a reset until the transaction ends, so that no two leaves follow the same one. */
export async function lockHead(tx: Transaction, reset: string): Promise<Head> {
  await tx.$executeRaw`INSERT INTO leaf_head (reset_id, wseq, hash) VALUES (${reset}::uuid, 0, ''::bytea) ON CONFLICT DO NOTHING`;
  const rows = await tx.$queryRaw<{ wseq: number; hash: Uint8Array; guid: string | null; sid: string | null; privileged: boolean }[]>`
    SELECT h.wseq, h.hash, r.account_guid::text AS guid, r.account_sid AS sid, r.protected_by IS NOT NULL AS privileged
    FROM leaf_head h LEFT JOIN reset r ON r.id = h.reset_id WHERE h.reset_id = ${reset}::uuid FOR UPDATE OF h`;
  const row = rows[0];
  if (!row) throw new Error('leaf head vanished within its own transaction');
  const { guid, sid, privileged } = row;
  return { wseq: row.wseq, hash: row.wseq === 0 ? null : row.hash, account: guid === null ? undefined : { guid, sid, privileged } };
}

/** Moves the end of the chain to the leaf just written. */
export async function moveHead(tx: Transaction, reset: string, wseq: number, hash: Uint8Array): Promise<void> {
  await tx.leafHead.update({ where: { resetId: reset }, data: { wseq, hash: new Uint8Array(hash) }, select: { wseq: true } });
}
