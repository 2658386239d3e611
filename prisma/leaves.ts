import { randomUUID } from 'node:crypto';
import type { LeafOutcome, LeafType } from '#domain/leaf-types.ts';
import type { Json } from '#evidence/jcs.ts';
import { commit, encodeLeaf } from '#evidence/leaf.ts';
import { uuidv7 } from './uuid.ts';
import type { Transaction } from './client.ts';

/** What a caller knows about one thing that happened. Personal data goes into `personal` and is only committed to. */
export interface NewLeaf {
  type: LeafType;
  outcome: LeafOutcome;
  reset?: string;
  run?: string;
  /** Update or activity within the run, so that evidence and history can be laid side by side. */
  event?: { update?: string; activity?: string; attempt?: number };
  /** GUID of the person who acted, or `service:<process>`. */
  actor?: string;
  /** GUID of the account concerned. */
  account?: string;
  reason?: string;
  policy?: { sha256: string; rule: string | null };
  /** Facts without personal data. 64-bit numbers as decimal text. */
  do?: Record<string, Json>;
  /** Values such as addresses or names: the leaf holds salted commitments, the openings an erasable table. */
  personal?: Record<string, string>;
}

const BOOT = randomUUID();

/**
 * Writes a leaf into the outbox within the caller's transaction, so that an effect in our database and its leaf exist
 * together or not at all. Leaves of one reset are chained (`wseq`, `prev`) under a row lock. Returns the leaf's id.
 */
export async function appendLeaf(tx: Transaction, leaf: NewLeaf, process: string): Promise<string> {
  const id = uuidv7();
  const head = leaf.reset ? await lockHead(tx, leaf.reset) : undefined;
  const personal: Record<string, string> = {};
  for (const [field, value] of Object.entries(leaf.personal ?? {})) {
    const { commitment, salt } = commit(value);
    personal[`${field}_c`] = commitment;
    // createMany returns no row: no process but the auditor may read an opening back.
    await tx.opening.createMany({ data: [{ commitment, salt: new Uint8Array(salt), value }] });
  }
  const { text, hash } = encodeLeaf({
    v: 1,
    id,
    type: leaf.type,
    outcome: leaf.outcome,
    ...(head ? { wseq: String(head.wseq + 1), prev: head.hash ? Buffer.from(head.hash).toString('base64') : null } : {}),
    t: { wall: new Date().toISOString(), mono_ns: monotonicNanoseconds(), boot: BOOT, src: process },
    ...(leaf.reset ? { wf: { id: `reset/${leaf.reset}`, run: leaf.run ?? null, ...eventOf(leaf) } } : {}),
    ...(leaf.actor ? { who: { actor: leaf.actor } } : {}),
    ...(leaf.account ? { target: { guid: leaf.account } } : {}),
    ...(leaf.policy ? { policy: leaf.policy } : {}),
    ...(leaf.reason ? { reason: leaf.reason } : {}),
    ...(leaf.do ? { do: leaf.do } : {}),
    ...(Object.keys(personal).length > 0 ? { src: personal } : {}),
  });
  await tx.leaf.create({
    data: {
      id,
      type: leaf.type,
      outcome: leaf.outcome,
      resetId: leaf.reset ?? null,
      actor: leaf.actor ?? null,
      account: leaf.account ?? null,
      reason: leaf.reason ?? null,
      body: text,
      hash: new Uint8Array(hash),
    },
    select: { id: true },
  });
  if (leaf.reset && head)
    await tx.leafHead.update({ where: { resetId: leaf.reset }, data: { wseq: head.wseq + 1, hash: new Uint8Array(hash) } });
  await tx.$executeRaw`SELECT pg_notify('countersign', ${leaf.reset ? `resets:${leaf.reset}` : `audit:${id}`})`;
  return id;
}

async function lockHead(tx: Transaction, reset: string): Promise<{ wseq: number; hash: Uint8Array | null }> {
  await tx.$executeRaw`INSERT INTO leaf_head (reset_id, wseq, hash) VALUES (${reset}::uuid, 0, ''::bytea) ON CONFLICT DO NOTHING`;
  const rows = await tx.$queryRaw<
    { wseq: number; hash: Uint8Array }[]
  >`SELECT wseq, hash FROM leaf_head WHERE reset_id = ${reset}::uuid FOR UPDATE`;
  const row = rows[0];
  if (!row) throw new Error('leaf head vanished within its own transaction');
  return { wseq: row.wseq, hash: row.wseq === 0 ? null : row.hash };
}

function eventOf(leaf: NewLeaf): Record<string, Json> {
  const { update, activity, attempt } = leaf.event ?? {};
  return { ...(update ? { update } : {}), ...(activity ? { activity } : {}), ...(attempt ? { attempt: String(attempt) } : {}) };
}

/** Monotonic nanoseconds as text: orders what one process wrote even if the wall clock steps. */
function monotonicNanoseconds(): string {
  return String(globalThis.process.hrtime.bigint());
}
