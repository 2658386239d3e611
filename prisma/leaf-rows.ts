import { Prisma, type Transaction } from './client.ts';

/** A leaf as its table keeps it; serial, time and transaction are the database's. */
export interface LeafRow {
  id: string;
  type: string;
  outcome: string;
  resetId: string | null;
  actor: string | null;
  account: string | null;
  reason: string | null;
  body: string;
  hash: Uint8Array<ArrayBuffer>;
}

/** What a commitment in a leaf opens to. */
export interface OpeningRow {
  commitment: string;
  salt: Uint8Array<ArrayBuffer>;
  value: string;
}

/**
 * Writes a leaf with its openings, moves the end of its chain to it and tells who listens on `topics`: one statement, for
 * which every step of a reset waits. Nothing is read back: no process but the auditor may read an opening. Whose page used a
 * salt twice over the same words made the same commitment twice: its opening is there already.
 */
export async function writeLeaf(
  tx: Transaction,
  row: LeafRow,
  {
    openings,
    end,
    topics,
  }: { openings: readonly OpeningRow[]; end: { reset: string; wseq: number } | undefined; topics: readonly string[] },
): Promise<void> {
  const opened =
    openings.length === 0
      ? Prisma.empty
      : Prisma.sql`, opened AS (INSERT INTO opening (commitment, salt, value) VALUES ${Prisma.join(
          openings.map(({ commitment, salt, value }) => Prisma.sql`(${commitment}, ${salt}, ${value})`),
        )} ON CONFLICT DO NOTHING)`;
  const moved = end
    ? Prisma.sql`, moved AS (UPDATE leaf_head SET wseq = ${end.wseq}, hash = ${row.hash} WHERE reset_id = ${end.reset}::uuid)`
    : Prisma.empty;
  await tx.$executeRaw`
    WITH written AS (
      INSERT INTO leaf (id, type, outcome, reset_id, actor, account, reason, body, hash, at)
      VALUES (${row.id}::uuid, ${row.type}, ${row.outcome}, ${row.resetId}::uuid, ${row.actor}, ${row.account}, ${row.reason}, ${row.body}, ${row.hash},
        clock_timestamp())
    )${opened}${moved}
    SELECT pg_notify('countersign', topic) FROM unnest(${topics}::text[]) AS told (topic)`;
}

/** The same for many leaves of one reset, however many. */
export async function writeLeaves(
  tx: Transaction,
  rows: readonly LeafRow[],
  { openings, end }: { openings: readonly OpeningRow[]; end: { reset: string; wseq: number } },
): Promise<void> {
  if (openings.length > 0) await tx.opening.createMany({ data: [...openings], skipDuplicates: true });
  await tx.leaf.createMany({ data: [...rows] });
  const hash = rows.at(-1)?.hash ?? new Uint8Array();
  await tx.$executeRaw`
    WITH moved AS (UPDATE leaf_head SET wseq = ${end.wseq}, hash = ${hash} WHERE reset_id = ${end.reset}::uuid)
    SELECT pg_notify('countersign', ${`resets:${end.reset}`})`;
}
