import { z } from 'zod';
import type { Database } from '#db';
import { LEAF_TYPES, type LeafType } from '#domain/leaf-types.ts';
import { Refusal } from '#domain/refusals.ts';
import { auditQuery, readEvents, type AuditQuery } from './audit-events.ts';
import { csvAnswer } from './csv-answer.ts';
import { endpoint, signedIn } from './endpoint.ts';
import { createReadings } from './readings.ts';
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
export const READERS = ['auditor', 'administrator'] as const;
const COLUMNS = ['seq', 'at', 'type', 'outcome', 'actor', 'account', 'reset', 'reason', 'id', 'leaf'] as const;
/** A spreadsheet that is larger is of no use to anybody; the filter by time gives the next part. */
const MOST_ROWS = 50_000;

/** The stream of leaves. Whoever reads it is in it. */
export function auditEndpoints({ db }: { db: Database }) {
  const record = createReadings(db);
  const filterOf = ({ cursor: _cursor, limit: _limit, ...filter }: AuditQuery) =>
    Object.keys(filter).length > 0 ? JSON.stringify(filter) : undefined;

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
        await record(signedIn(ask), { kind: 'read', filter: filterOf(ask.query) });
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
        await record(signedIn(ask), { kind: 'export', facts: { rows: items.length }, filter: filterOf(query), each: true });
        const rows = items.map((item) => COLUMNS.map((column) => (column === 'leaf' ? JSON.stringify(item.leaf) : item[column])));
        return csvAnswer('countersign-audit', COLUMNS, rows);
      },
    ),
  };
}
