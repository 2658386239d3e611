import type { Cast } from './people.ts';

export interface SeenLeaf {
  id: string;
  type: string;
  outcome: string;
  body: string;
}

/** What a deed answered, and the leaves that were written while it lasted. */
export async function leavesOf<T>(people: Cast, deed: () => Promise<T>): Promise<{ answer: T; leaves: SeenLeaf[] }> {
  const [last] = await people.sql<{ seq: string }>('SELECT coalesce(max(seq), 0)::text AS seq FROM leaf');
  const answer = await deed();
  const leaves = await people.sql<SeenLeaf>('SELECT id::text, type, outcome, body FROM leaf WHERE seq > $1 ORDER BY seq', [last?.seq]);
  return { answer, leaves };
}
