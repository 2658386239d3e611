import { z } from 'zod';
import type { Database } from '#db';
import { MESSAGE_OUTCOMES } from '#domain/message.ts';
import { messageInWords } from '#domain/message-words.ts';
import { Refusal } from '#domain/refusals.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { actorOf } from './actor.ts';
import { endpoint, ROLES, signedIn } from './endpoint.ts';
import { pageOf } from './paging.ts';
import { byId, moment } from './shapes.ts';

const outcome = z.enum(MESSAGE_OUTCOMES);
export const message = z.object({
  id: z.string(),
  outcome,
  title: z.string(),
  words: z.string(),
  at: moment,
  readAt: moment.nullable(),
});

/** How many messages somebody has not marked as read. */
export function unreadMessages(db: Pick<Database, 'message'>, person: string): Promise<number> {
  return db.message.count({ where: { person, readAt: null } });
}

/** What one was told of resets and of one's factors. Everybody sees their own and nobody else's, whatever their roles. */
export function messagesEndpoints({ db }: { db: Database }) {
  return {
    list: endpoint(
      {
        summary: 'What I was told of resets and of factors, the newest first',
        access: ROLES,
        query: z.strictObject({
          limit: z.coerce.number().int().min(1).max(100).default(20),
          /** Where the page before ended. */
          cursor: z.uuid().optional(),
          unread: z.enum(['true', 'false']).default('false'),
        }),
        replies: { 200: { description: 'A page', schema: z.object({ items: z.array(message), nextCursor: z.string().optional() }) } },
        refusals: [],
      },
      async (ask) => {
        const { limit, cursor, unread } = ask.query;
        const rows = await db.message.findMany({
          where: {
            person: signedIn(ask).account,
            ...(cursor === undefined ? {} : { id: { lt: cursor } }),
            ...(unread === 'true' ? { readAt: null } : {}),
          },
          orderBy: { id: 'desc' },
          take: limit + 1,
          select: { id: true, outcome: true, account: true, toldBy: true, until: true, at: true, readAt: true },
        });
        const view = (row: (typeof rows)[number]) => {
          const said = outcome.parse(row.outcome);
          const { title, words } = messageInWords(said, row.account, row.toldBy, row.until);
          return { id: row.id, outcome: said, title, words, at: row.at.toISOString(), readAt: row.readAt?.toISOString() ?? null };
        };
        return { status: 200, body: pageOf(rows, limit, view, ({ id }) => id) };
      },
    ),

    read: endpoint(
      {
        summary: 'Say that one has read a message; a repeated call changes nothing',
        access: ROLES,
        params: byId,
        replies: { 200: { description: 'Recorded', schema: z.object({ message: z.string() }) } },
        refusals: ['not-found'],
      },
      async (ask) => {
        const session = signedIn(ask);
        const where = { id: ask.params.id, person: session.account };
        const row = await db.message.findFirst({ where, select: { resetId: true } });
        if (!row) throw new Refusal('not-found');
        await db.$transaction(async (tx) => {
          const { count } = await tx.message.updateMany({ where: { ...where, readAt: null }, data: { readAt: new Date() } });
          if (count === 0) return;
          const reset = row.resetId === null ? {} : { reset: row.resetId };
          const leaf = { type: 'message.read', outcome: 'success', ...reset, actor: actorOf(session) } as const;
          await appendLeaf(tx, { ...leaf, do: { message: where.id } }, 'api');
          await tx.$executeRaw`SELECT pg_notify('countersign', ${`messages:${session.account}`})`;
        });
        return { status: 200, body: { message: 'It is recorded that you have read it.' } };
      },
    ),
  };
}
