import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Database } from '#db';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { moment } from './shapes.ts';

export const checkpoint = z.object({
  origin: z.string(),
  size: z.string(),
  root: z.string(),
  /** The signed note, verbatim. */
  note: z.string(),
  publishedAt: moment.nullable(),
  /** Who has cosigned it, by the names of this server's trust policy, and when by their own clocks. */
  witnesses: z.array(z.object({ name: z.string(), cosignedAt: moment })),
});
export type Checkpoint = z.infer<typeof checkpoint>;

/** The last checkpoint that was published. Undefined when there is none yet, and when this server's own trust policy does not vouch for it: it is not shown as if it did. */
export async function lastCheckpoint(db: Pick<Database, 'logHead'>, trustPolicyFile: string): Promise<Checkpoint | undefined> {
  const head = await db.logHead.findFirst({ select: { published: true, publishedAt: true } });
  if (!head?.published || !existsSync(trustPolicyFile)) return undefined;
  const judged = judgeCheckpoint(head.published, parseTrustPolicy(readFileSync(trustPolicyFile)));
  if (!judged.ok) return undefined;
  const { origin, size, root } = judged.checkpoint;
  return {
    origin,
    size: String(size),
    root: root.toString('base64'),
    note: head.published,
    publishedAt: head.publishedAt?.toISOString() ?? null,
    witnesses: [...judged.witnesses].map(([name, time]) => ({ name, cosignedAt: new Date(Number(time) * 1000).toISOString() })),
  };
}
