import { createHash } from 'node:crypto';
import type { Database } from '#db';
import { uuidOf, type KeyedHash } from './keyed-hash.ts';
import { fact, readLeaf } from './leaf-reading.ts';

/**
 * Keeps the reason that an approver typed and gives its digest and salt; only the digest enters history, leaf and statement. The
 * row's id is its salt, so a short reason cannot be guessed from a history. It is made with the API's key: the same
 * person's same words about the same approval give the same digest, and a repeated request stays the same request.
 */
export async function stateReason(
  db: Database,
  hash: KeyedHash,
  { approval, person, typed }: { approval: string; person: string; typed: string },
): Promise<{ digest: string; salt: string }> {
  const text = typed.normalize('NFC');
  const id = uuidOf(hash('reason', approval, person, text));
  const digest = createHash('sha256').update(`${id}\n${text}`).digest('hex');
  await db.statedReason.createMany({ data: [{ id, text, digest }], skipDuplicates: true });
  return { digest, salt: id };
}

export interface Decided {
  person: string;
  /** The person in whose place, and the delegation by its id. */
  inPlaceOf?: { person: string; delegation: string };
  decision: 'approve' | 'deny';
  at: string;
  reason?: string;
}

/** Who decided which stage of each reset, in the order of time, by the leaves of the decisions themselves. The first index is the reset, the second the stage. */
export async function decisionsOf(db: Database, resets: readonly string[]): Promise<Map<string, Map<number, Decided[]>>> {
  const leaves = await db.leaf.findMany({
    where: { resetId: { in: [...resets] }, type: 'approval.decided' },
    orderBy: { seq: 'asc' },
    select: { resetId: true, actor: true, outcome: true, body: true, at: true },
  });
  const read = leaves.map((leaf) => ({ leaf, body: readLeaf(leaf.body) }));
  const digests = read.flatMap(({ body }) => fact(body, 'reason') ?? []);
  const stated = await db.statedReason.findMany({ where: { digest: { in: digests } }, select: { digest: true, text: true } });
  const texts = new Map(stated.map(({ digest, text }) => [digest, text]));

  const all = new Map<string, Map<number, Decided[]>>();
  for (const { leaf, body } of read) {
    if (leaf.resetId === null || leaf.actor === null) continue;
    const ofReset = all.get(leaf.resetId) ?? new Map<number, Decided[]>();
    const reason = texts.get(fact(body, 'reason') ?? '');
    const stage = Number(fact(body, 'stage'));
    const [inPlace, delegation] = [fact(body, 'on_behalf_of'), fact(body, 'delegation')];
    const inPlaceOf = inPlace && delegation ? { inPlaceOf: { person: inPlace, delegation } } : {};
    const decision = leaf.outcome === 'success' ? 'approve' : 'deny';
    ofReset.set(stage, [
      ...(ofReset.get(stage) ?? []),
      { person: leaf.actor, ...inPlaceOf, decision, at: leaf.at.toISOString(), ...(reason === undefined ? {} : { reason }) },
    ]);
    all.set(leaf.resetId, ofReset);
  }
  return all;
}

/** Names of those who decided under a delegation, as they were when it was made, and of officers who made it, by its id: nobody else has asked for them by name. */
export async function delegateNames(
  db: Database,
  decided: ReadonlyMap<number, readonly Decided[]> | undefined,
): Promise<{ names: Map<string, string>; makers: Map<string, string[]> }> {
  const ids = [...(decided?.values() ?? [])].flat().flatMap(({ inPlaceOf }) => (inPlaceOf ? [inPlaceOf.delegation] : []));
  const rows = await db.delegation.findMany({
    where: { id: { in: ids } },
    select: { id: true, toGuid: true, toName: true, officerNames: true },
  });
  return {
    names: new Map(rows.map(({ toGuid, toName }) => [toGuid, toName])),
    makers: new Map(rows.map(({ id, officerNames }) => [id, officerNames])),
  };
}
