import { z } from 'zod';
import type { Database, Prisma } from '#db';
import { normaliseReference } from '#domain/codes.ts';
import { pageOf } from './paging.ts';
import { limit } from './shapes.ts';
import { text } from './typed.ts';

const day = z
  .string()
  .max(40)
  .refine((value) => !Number.isNaN(Date.parse(value)), 'is not a time (RFC 3339)');

/** Filters of the audit stream. `account` and `reset` take what people have at hand: name or GUID, reference or id. */
export const auditQuery = z.strictObject({
  type: text(64).optional(),
  outcome: z.enum(['success', 'failure', 'denied', 'expired', 'unknown', 'started']).optional(),
  account: text(256).optional(),
  reset: text(64).optional(),
  from: day.optional(),
  to: day.optional(),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'is not a cursor')
    .optional(),
  limit,
});
export type AuditQuery = z.infer<typeof auditQuery>;

const columns = {
  id: true,
  seq: true,
  at: true,
  type: true,
  outcome: true,
  actor: true,
  account: true,
  resetId: true,
  reason: true,
  body: true,
} as const;

/** One page of leaves, newest first. A filter that names nobody finds nothing. */
export async function readEvents(db: Database, query: AuditQuery) {
  const where: Prisma.LeafWhereInput = {
    AND: [
      query.type ? { type: query.type } : {},
      query.outcome ? { outcome: query.outcome } : {},
      query.from ? { at: { gte: new Date(query.from) } } : {},
      query.to ? { at: { lte: new Date(query.to) } } : {},
      query.cursor ? { seq: { lt: BigInt(query.cursor) } } : {},
      query.account ? await aboutAccount(db, query.account) : {},
      query.reset ? { resetId: await resetIdOf(db, query.reset) } : {},
    ],
  };
  const rows = await db.leaf.findMany({ where, orderBy: { seq: 'desc' }, take: query.limit + 1, select: columns });
  return pageOf(rows, query.limit, eventOf, (row) => String(row.seq));
}

type Row = Prisma.LeafGetPayload<{ select: typeof columns }>;

function eventOf(row: Row) {
  return {
    id: row.id,
    seq: Number(row.seq),
    at: row.at.toISOString(),
    type: row.type,
    outcome: row.outcome,
    actor: row.actor,
    account: row.account,
    reset: row.resetId,
    reason: row.reason,
    leaf: leafOf(row.body),
  };
}

/** The leaf as it was written. A row that somebody changed into no leaf at all must not hide the others. */
function leafOf(text: string): Record<string, unknown> {
  const read = z.record(z.string(), z.unknown()).safeParse(jsonOf(text));
  return read.success ? read.data : { unreadable: true };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

async function aboutAccount(db: Database, typed: string): Promise<Prisma.LeafWhereInput> {
  const guid = z.uuid().safeParse(typed.toLowerCase());
  const guids = guid.success ? [guid.data] : await guidsOf(db, typed);
  return { OR: [{ account: { in: guids } }, { actor: { in: guids } }] };
}

async function guidsOf(db: Database, name: string): Promise<string[]> {
  const equals = { equals: name, mode: 'insensitive' as const };
  const [resets, people] = await Promise.all([
    db.reset.findMany({
      where: { OR: [{ accountName: equals }, { displayName: equals }] },
      select: { accountGuid: true },
      distinct: ['accountGuid'],
    }),
    db.session.findMany({ where: { accountName: equals }, select: { accountGuid: true } }),
  ]);
  return [...new Set([...resets, ...people].flatMap(({ accountGuid }) => accountGuid ?? []))];
}

async function resetIdOf(db: Database, typed: string): Promise<string> {
  const id = z.uuid().safeParse(typed.toLowerCase());
  if (id.success) return id.data;
  const reference = normaliseReference(typed);
  const row = reference ? await db.reset.findUnique({ where: { reference }, select: { id: true } }) : null;
  return row?.id ?? NOBODY;
}
