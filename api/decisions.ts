import { createHash } from 'node:crypto';
import type { Database } from '#db';
import { uuidv7 } from '#prisma/uuid.ts';
import { fact, readLeaf } from './leaf-reading.ts';

/** Keeps the reason that an approver typed and gives its digest; only the digest enters history, leaf and statement. */
export async function stateReason(db: Database, typed: string): Promise<string> {
  const text = typed.normalize('NFC');
  const digest = createHash('sha256').update(text).digest('hex');
  await db.statedReason.createMany({ data: [{ id: uuidv7(), text, digest }] });
  return digest;
}

export interface Decided {
  person: string;
  at: string;
  reason?: string;
}

/** Who decided which stage of each reset, by the leaves of the decisions themselves. The first index is the reset, the second the stage. */
export async function decisionsOf(db: Database, resets: readonly string[]): Promise<Map<string, Map<number, Decided>>> {
  const leaves = await db.leaf.findMany({
    where: { resetId: { in: [...resets] }, type: 'approval.decided' },
    select: { resetId: true, actor: true, body: true, at: true },
  });
  const read = leaves.map((leaf) => ({ leaf, body: readLeaf(leaf.body) }));
  const digests = read.flatMap(({ body }) => fact(body, 'reason') ?? []);
  const stated = await db.statedReason.findMany({ where: { digest: { in: digests } }, select: { digest: true, text: true } });
  const texts = new Map(stated.map(({ digest, text }) => [digest, text]));

  const all = new Map<string, Map<number, Decided>>();
  for (const { leaf, body } of read) {
    if (leaf.resetId === null || leaf.actor === null) continue;
    const ofReset = all.get(leaf.resetId) ?? new Map<number, Decided>();
    const reason = texts.get(fact(body, 'reason') ?? '');
    ofReset.set(Number(fact(body, 'stage')), {
      person: leaf.actor,
      at: leaf.at.toISOString(),
      ...(reason === undefined ? {} : { reason }),
    });
    all.set(leaf.resetId, ofReset);
  }
  return all;
}
