import { z } from 'zod';
import type { Database, Prisma } from '#db';
import { triesInAll } from '#domain/wrong-tries.ts';
import { moment } from './shapes.ts';

const whence = z.array(z.object({ kind: z.enum(['device', 'service', 'workstation']), name: z.string() }));

/** What the watch after a reset has seen, for the console. */
export const watchView = z.object({
  /** When it was begun to watch, when it was looked last, and when it ended. */
  since: moment,
  lookedAt: moment.nullable(),
  endedAt: moment.nullable(),
  /** When wrong passwords were first seen to arrive, and the account to be locked again. */
  triedAt: moment.nullable(),
  lockedAt: moment.nullable(),
  /** At least so many in all. */
  tries: z.int(),
  controllers: z.array(z.object({ controller: z.string(), tries: z.int(), locked: z.boolean() })),
  /** What may hold an old password, as far as it is known: none of it is proof. */
  whence,
});
export type WatchView = z.infer<typeof watchView>;

/** The same for the claimant, as long as it is watched or something was found. */
export const afterwardsShape = z.object({
  found: z.enum(['still-tried', 'locked-again']).nullable(),
  over: z.boolean(),
  tries: z.int(),
  controllers: z.array(z.object({ controller: z.string(), tries: z.int() })),
  since: moment.nullable(),
  whence,
});
export type Afterwards = z.infer<typeof afterwardsShape>;

const seen = z.record(z.string(), z.looseObject({ tries: z.int(), now: z.looseObject({ locked: z.boolean() }) }));
/** The watch of a reset, or null when there is none. */
export function watchOf(row: Prisma.AccountWatchGetPayload<object> | null): WatchView | null {
  if (!row) return null;
  const there = Object.entries(seen.parse(row.seen));
  return {
    since: row.askedAt.toISOString(),
    lookedAt: row.lookedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    triedAt: row.triedAt?.toISOString() ?? null,
    lockedAt: row.lockedAt?.toISOString() ?? null,
    tries: triesInAll(there.map(([, one]) => one)),
    controllers: there.map(([url, { tries, now }]) => ({ controller: hostOf(url), tries, locked: now.locked })),
    whence: whence.parse(row.whence),
  };
}

/** What the claimant is told of it on the last page; null when nothing is watched. */
export async function afterwardsOf(db: Database, reset: string): Promise<Afterwards | null> {
  const view = watchOf(await db.accountWatch.findUnique({ where: { resetId: reset } }));
  if (!view) return null;
  return {
    found: view.lockedAt !== null ? 'locked-again' : view.triedAt !== null ? 'still-tried' : null,
    over: view.endedAt !== null,
    tries: view.tries,
    controllers: view.controllers.filter(({ tries }) => tries > 0).map(({ controller, tries }) => ({ controller, tries })),
    since: view.triedAt ?? view.lockedAt,
    whence: view.whence,
  };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}
