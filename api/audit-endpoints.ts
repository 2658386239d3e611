import Papa from 'papaparse';
import { z } from 'zod';
import type { Database } from '#db';
import { LEAF_TYPES, type LeafType } from '#domain/leaf-types.ts';
import { Refusal } from '#domain/refusals.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { actorOf } from './actor.ts';
import type { SignedIn } from './sessions.ts';
import { auditQuery, readEvents, type AuditQuery } from './audit-events.ts';
import { endpoint, signedIn } from './endpoint.ts';
import { moment } from './shapes.ts';

const event = z.object({
  id: z.string(),
  seq: z.number(),
  at: moment,
  type: z.enum(Object.keys(LEAF_TYPES) as [LeafType, ...LeafType[]]).or(z.string()),
  outcome: z.string(),
  actor: z.string().nullable(),
  account: z.string().nullable(),
  reset: z.string().nullable(),
  reason: z.string().nullable(),
  leaf: z.record(z.string(), z.unknown()),
});
const READERS = ['auditor', 'administrator'] as const;
const COLUMNS = ['seq', 'at', 'type', 'outcome', 'actor', 'account', 'reset', 'reason', 'id', 'leaf'] as const;
/** A spreadsheet that is larger is of no use to anybody; the filter by time gives the next part. */
const MOST_ROWS = 50_000;
/** Turning pages is one reading: it is recorded once a minute for one person and filter. */
const READING_MS = 60_000;

/** The stream of leaves. Whoever reads it is in it. */
export function auditEndpoints({ db }: { db: Database }) {
  const readings = new Map<string, number>();

  const record = async (ask: { session: SignedIn; query: AuditQuery; kind: 'read' | 'export'; rows?: number }) => {
    const { cursor: _, limit: __, ...filter } = ask.query;
    const key = `${ask.session.id} ${JSON.stringify(filter)}`;
    const now = Date.now();
    for (const [old, at] of readings) if (now - at > READING_MS) readings.delete(old);
    if (ask.kind === 'read' && readings.has(key)) return;
    if (ask.kind === 'read') readings.set(key, now);
    await db.$transaction((tx) =>
      appendLeaf(
        tx,
        {
          type: 'audit.read',
          outcome: 'success',
          actor: actorOf(ask.session),
          do: { kind: ask.kind, session: ask.session.id, ...(ask.rows === undefined ? {} : { rows: ask.rows }) },
          ...(Object.keys(filter).length > 0 ? { personal: { filter: JSON.stringify(filter) } } : {}),
        },
        'api',
      ),
    );
  };

  return {
    list: endpoint(
      {
        summary: 'Leaves, newest first',
        access: READERS,
        query: auditQuery,
        replies: { 200: { description: 'One page', schema: z.object({ items: z.array(event), nextCursor: z.string().optional() }) } },
        refusals: [],
      },
      async (ask) => {
        await record({ session: signedIn(ask), query: ask.query, kind: 'read' });
        return { status: 200, body: await readEvents(db, ask.query) };
      },
    ),

    csv: endpoint(
      {
        summary: 'The same as a table that is safe to open in a spreadsheet',
        access: READERS,
        query: auditQuery.omit({ cursor: true, limit: true }),
        replies: { 200: { description: 'CSV (RFC 4180)', mediaType: 'text/csv' } },
        refusals: ['too-large'],
      },
      async (ask) => {
        const query = { ...ask.query, limit: MOST_ROWS };
        const { items, nextCursor } = await readEvents(db, query);
        if (nextCursor !== undefined)
          throw new Refusal('too-large', { detail: `More than ${MOST_ROWS} rows. Choose a shorter time and export in parts.` });
        await record({ session: signedIn(ask), query, kind: 'export', rows: items.length });
        const rows = items.map((item) => COLUMNS.map((column) => (column === 'leaf' ? JSON.stringify(item.leaf) : item[column])));
        // A cell that begins with = + - @ or a tab is a formula to a spreadsheet (OWASP, CSV injection).
        const csv = Papa.unparse({ fields: [...COLUMNS], data: rows }, { escapeFormulae: true, quotes: true });
        return {
          status: 200,
          body: csv,
          headers: { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': 'attachment; filename="countersign-audit.csv"' },
        };
      },
    ),
  };
}
