import { z } from 'zod';
import type { Database } from '#db';
import { alarmInWords } from '#domain/alarm.ts';
import { Refusal } from '#domain/refusals.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { actorOf } from './actor.ts';
import { endpoint, signedIn, type Role } from './endpoint.ts';
import type { SignedIn } from './sessions.ts';
import { byId, moment } from './shapes.ts';

/** Whom alarms call. */
export const CALLED: readonly Role[] = ['security-officer', 'administrator'];
const MOST = 200;
const OPEN = { acknowledgements: { none: {} } };

export const alarm = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  words: z.string(),
  at: moment,
  reset: z.string().nullable(),
  account: z.string().nullable(),
  /** What exactly it is about, where that is more than an account. */
  about: z.string().nullable(),
  /** Who said that they have looked, the first one first. */
  acknowledged: z.array(z.object({ name: z.string(), at: moment })),
  /** Why this person cannot acknowledge it; null when they can. */
  whyNot: z.enum(['acknowledged', 'not-called']).nullable(),
});

/** How many alarms nobody has acknowledged, by kind. */
export async function openAlarms(db: Pick<Database, 'alarm'>): Promise<Map<string, number>> {
  const rows = await db.alarm.groupBy({ by: ['kind'], where: OPEN, _count: true });
  return new Map(rows.map(({ kind, _count }) => [kind, _count]));
}

/** What officers and administrators are called for, and who of them has looked. */
export function alarmsEndpoints({ db }: { db: Database }) {
  return {
    list: endpoint(
      {
        summary: 'Alarms: what officers and administrators have to look at, open ones before all others',
        access: [...CALLED, 'auditor'],
        replies: { 200: { description: 'The newest first', schema: z.object({ items: z.array(alarm) }) } },
        refusals: [],
      },
      async (ask) => {
        const session = signedIn(ask);
        const include = { acknowledgements: { orderBy: { at: 'asc' } } } as const;
        const newest = { orderBy: { at: 'desc' }, take: MOST, include } as const;
        const [open, closed] = await Promise.all([
          db.alarm.findMany({ where: OPEN, ...newest }),
          db.alarm.findMany({ where: { acknowledgements: { some: {} } }, ...newest }),
        ]);
        const rows = [...open, ...closed];
        const named = await accountsOf(
          db,
          rows.flatMap(({ resetId }) => resetId ?? []),
        );
        const items = rows.map(({ id, kind, at, resetId, account, about, acknowledgements }) => ({
          id,
          kind,
          ...alarmInWords(kind),
          at: at.toISOString(),
          reset: resetId,
          account: named.get(resetId ?? '') ?? account,
          about,
          acknowledged: acknowledgements.map((one) => ({ name: one.name, at: one.at.toISOString() })),
          whyNot: whyNot(session, acknowledgements),
        }));
        return { status: 200, body: { items } };
      },
    ),

    acknowledge: endpoint(
      {
        summary: 'Say that one has looked at an alarm; a repeated call changes nothing',
        access: CALLED,
        params: byId,
        replies: { 200: { description: 'Recorded', schema: z.object({ message: z.string() }) } },
        refusals: ['not-found'],
      },
      async (ask) => {
        const session = signedIn(ask);
        const { id } = ask.params;
        const row = await db.alarm.findUnique({ where: { id }, select: { resetId: true } });
        if (!row) throw new Refusal('not-found');
        await db.$transaction(async (tx) => {
          const data = [{ alarmId: id, person: session.account, name: session.name }];
          const { count } = await tx.acknowledgement.createMany({ data, skipDuplicates: true });
          if (count === 0) return;
          const about = row.resetId === null ? {} : { reset: row.resetId };
          await appendLeaf(
            tx,
            { type: 'alarm.acknowledged', outcome: 'success', ...about, actor: actorOf(session), do: { alarm: id } },
            'api',
          );
          await tx.$executeRaw`SELECT pg_notify('countersign', ${`alarms:${id}`})`;
        });
        return { status: 200, body: { message: 'It is recorded that you have looked at it.' } };
      },
    ),
  };
}

function whyNot(session: SignedIn, acknowledgements: readonly { person: string }[]): 'acknowledged' | 'not-called' | null {
  if (!CALLED.some((role) => session.roles.includes(role))) return 'not-called';
  return acknowledgements.some(({ person }) => person === session.account) ? 'acknowledged' : null;
}

async function accountsOf(db: Database, resets: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.reset.findMany({ where: { id: { in: [...resets] } }, select: { id: true, displayName: true, accountName: true } });
  return new Map(rows.map(({ id, displayName, accountName }) => [id, displayName ?? accountName ?? '']));
}
