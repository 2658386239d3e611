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
  const held = await holdHead(tx, reset);
  if (held) return held;
  // The first leaf of a reset: two that come at once make one chain, and one of them waits for the other.
  await tx.$executeRaw`INSERT INTO leaf_head (reset_id, wseq, hash) VALUES (${reset}::uuid, 0, ''::bytea) ON CONFLICT DO NOTHING`;
  const made = await holdHead(tx, reset);
  if (!made) throw new Error('leaf head vanished within its own transaction');
  return made;
}

async function holdHead(tx: Transaction, reset: string): Promise<Head | undefined> {
  const [row] = await tx.$queryRaw<{ wseq: number; hash: Uint8Array; guid: string | null; sid: string | null; privileged: boolean }[]>`
    SELECT h.wseq, h.hash, r.account_guid::text AS guid, r.account_sid AS sid, r.protected_by IS NOT NULL AS privileged
    FROM leaf_head h LEFT JOIN reset r ON r.id = h.reset_id WHERE h.reset_id = ${reset}::uuid FOR UPDATE OF h`;
  if (!row) return undefined;
  const { guid, sid, privileged } = row;
  return { wseq: row.wseq, hash: row.wseq === 0 ? null : row.hash, account: guid === null ? undefined : { guid, sid, privileged } };
}
