import { z } from 'zod';
import type { Database } from '#db';
import { endpoint, ROLES } from './endpoint.ts';
import { moment } from './shapes.ts';

const witness = z.object({ name: z.string(), answer: z.enum(['cosigned', 'away', 'ahead', 'refused']), since: moment });
const standing = z.object({
  origin: z.string(),
  /** Leaves in order and signed; leaves in the last checkpoint that the quorum has cosigned. */
  size: z.string(),
  publishedSize: z.string(),
  publishedAt: moment.nullable(),
  /** True when something is signed that the quorum has not cosigned: nothing is written meanwhile. */
  waits: z.boolean(),
  witnesses: z.array(witness),
});

/** Where the evidence log stands, for whoever wants to know why a reset waits. */
export function logEndpoints({ db }: { db: Database }) {
  return {
    show: endpoint(
      {
        summary: 'Where the evidence log stands, and what its witnesses last answered',
        access: ROLES,
        replies: { 200: { description: 'The log', schema: standing } },
        refusals: ['service-unavailable'],
      },
      async () => ({ status: 200, body: await logStanding(db) }),
    ),
  };
}

/** A checkpoint takes a fraction of this; what is unwitnessed for longer waits for witnesses. */
const PROMPT_MS = 5000;

export async function logStanding(db: Database): Promise<z.input<typeof standing>> {
  const [head, witnesses] = await Promise.all([
    db.logHead.findFirst({ select: { origin: true, size: true, publishedSize: true, publishedAt: true } }),
    db.witnessView.findMany({ orderBy: { name: 'asc' } }),
  ]);
  const { origin = '', size = 0n, publishedSize = 0n, publishedAt = null } = head ?? {};
  return {
    origin,
    size: String(size),
    publishedSize: String(publishedSize),
    publishedAt: publishedAt?.toISOString() ?? null,
    waits: size > publishedSize && (publishedAt === null || Date.now() - publishedAt.getTime() > PROMPT_MS),
    witnesses: witnesses.map(({ name, answer, since }) => ({
      name,
      answer: witness.shape.answer.parse(answer),
      since: since.toISOString(),
    })),
  };
}
