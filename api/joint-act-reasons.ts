import type { Database } from '#db';
import { fact, readLeaf } from './leaf-reading.ts';

/** What the officers wrote, act by act, in the order of time, by the leaves of their deeds: the newest of so many acts. */
export async function reasonsOf(db: Database, acts: readonly string[], most: number): Promise<Map<string, string[]>> {
  if (acts.length === 0) return new Map();
  const leaves = await db.leaf.findMany({
    where: { type: { in: ['joint-act.proposed', 'joint-act.confirmed'] } },
    orderBy: { seq: 'desc' },
    take: 2 * most,
    select: { body: true },
  });
  const read = leaves.map(({ body }) => readLeaf(body)).reverse();
  const digests = read.flatMap((body) => fact(body, 'reason') ?? []);
  const stated = await db.statedReason.findMany({ where: { digest: { in: digests } }, select: { digest: true, text: true } });
  const texts = new Map(stated.map(({ digest, text }) => [digest, text]));
  const found = new Map<string, string[]>();
  for (const body of read) {
    const act = fact(body, 'act');
    const text = texts.get(fact(body, 'reason') ?? '');
    if (act && text) found.set(act, [...(found.get(act) ?? []), text]);
  }
  return found;
}
