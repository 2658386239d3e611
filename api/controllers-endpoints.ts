import { z } from 'zod';
import type { Database } from '#db';
import { silenceInWords } from '#domain/controller-silence.ts';
import { endpoint, type Role } from './endpoint.ts';
import { moment } from './shapes.ts';

export const CONTROLLER_READERS = ['security-officer', 'auditor', 'administrator', 'operator'] as const satisfies readonly Role[];

/** A process notes four times a minute what it knows; when it has not for longer, it stands still or is gone. */
const STALE_MS = 60_000;

export const controllerView = z.object({
  /** Who knows this: each process chooses and asks by itself. */
  process: z.string(),
  name: z.string(),
  url: z.string(),
  namedBy: z.enum(['site', 'domain', 'list']),
  site: z.string().nullable(),
  isPdc: z.boolean(),
  readOnly: z.boolean().nullable(),
  /** `unasked`: nobody needed it yet. `unfit`: it must not be used for this. `unheard`: the process has noted nothing for a minute. */
  health: z.enum(['good', 'proving', 'silent', 'unfit', 'unasked', 'unheard']),
  milliseconds: z.number().nullable(),
  /** Why it is silent or unfit, in words. */
  why: z.string().nullable(),
  /** Whose turn is next: 1 is asked first. */
  turn: z.int(),
  since: moment,
  at: moment,
});
export type ControllerSeen = z.infer<typeof controllerView>;

/** What each process knows of each controller. */
export function controllersEndpoints({ db }: { db: Database }) {
  return {
    list: endpoint(
      {
        summary: 'Domain controllers as verifier and writers know them: who answers, how fast, and who is asked next',
        access: CONTROLLER_READERS,
        replies: {
          200: {
            description: 'By process, the one that is asked first before all others',
            schema: z.object({ items: z.array(controllerView) }),
          },
        },
        refusals: [],
      },
      async () => ({ status: 200, body: { items: await controllersSeen(db) } }),
    ),
  };
}

/** By process and turn. */
export async function controllersSeen(db: Pick<Database, 'controllerView'>): Promise<ControllerSeen[]> {
  const rows = await db.controllerView.findMany({ orderBy: [{ process: 'asc' }, { turn: 'asc' }] });
  return rows.map((row) => {
    const isStale = Date.now() - row.at.getTime() > STALE_MS;
    return {
      ...row,
      namedBy: row.namedBy as ControllerSeen['namedBy'],
      health: isStale ? 'unheard' : (row.health as ControllerSeen['health']),
      why: row.why === null ? null : row.health === 'unfit' ? row.why : silenceInWords(row.why),
      since: row.since.toISOString(),
      at: row.at.toISOString(),
    };
  });
}
