import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Database } from '#db';
import { parseTrustPolicy, type TrustPolicy } from '#evidence/trust-policy.ts';
import { endpoint, ROLES } from './endpoint.ts';
import { moment } from './shapes.ts';

const witness = z.object({ name: z.string(), answer: z.enum(['cosigned', 'away', 'ahead', 'refused']), since: moment });
const standing = z.object({
  origin: z.string(),
  /** Leaves in order and signed; leaves in the last checkpoint that the quorum has cosigned. */
  size: z.string(),
  publishedSize: z.string(),
  publishedAt: moment.nullable(),
  /** True when the quorum has not cosigned what was recorded a while ago: nothing is written meanwhile. */
  waits: z.boolean(),
  /** Who is waited for, and since when the oldest leaf waits. The notary puts in order and signs, the witnesses cosign. */
  waitsFor: z.enum(['witnesses', 'notary']).nullable(),
  waitsSince: moment.nullable(),
  /** How many of how many witnesses have to cosign, when the trust policy says so by one group of witnesses. */
  quorum: z.object({ needed: z.int(), of: z.int() }).nullable(),
  witnesses: z.array(witness),
});
export type LogStanding = z.infer<typeof standing>;

/** Where the evidence log stands, for whoever wants to know why a reset waits. */
export function logEndpoints({ db, trustPolicyFile }: { db: Database; trustPolicyFile: string }) {
  return {
    show: endpoint(
      {
        summary: 'Where the evidence log stands, and what its witnesses last answered',
        access: ROLES,
        replies: { 200: { description: 'The log', schema: standing } },
        refusals: ['service-unavailable'],
      },
      async () => ({ status: 200, body: { ...(await logStanding(db)), quorum: quorumOf(trustPolicyFile) } }),
    ),
  };
}

/** A checkpoint takes a fraction of this; a leaf that is unwitnessed for longer waits for somebody. */
const PROMPT_MS = 5000;

export async function logStanding(db: Database): Promise<Omit<LogStanding, 'quorum'>> {
  const [head, witnesses, oldest] = await Promise.all([
    db.logHead.findFirst({ select: { origin: true, size: true, publishedSize: true, publishedAt: true } }),
    db.witnessView.findMany({ orderBy: { name: 'asc' } }),
    oldestUnwitnessed(db),
  ]);
  const { origin = '', size = 0n, publishedSize = 0n, publishedAt = null } = head ?? {};
  const waits = oldest !== undefined && Date.now() - oldest.at.getTime() > PROMPT_MS;
  return {
    origin,
    size: String(size),
    publishedSize: String(publishedSize),
    publishedAt: publishedAt?.toISOString() ?? null,
    waits,
    waitsFor: waits ? (oldest.signed ? 'witnesses' : 'notary') : null,
    waitsSince: waits ? oldest.at.toISOString() : null,
    witnesses: witnesses.map(({ name, answer, since }) => ({
      name,
      answer: witness.shape.answer.parse(answer),
      since: since.toISOString(),
    })),
  };
}

/**
 * The oldest leaf that no cosigned checkpoint covers: one that is signed already, or else one that the notary has not taken.
 * Step by step, with numbers that the planner knows: where it has to look one up it goes through the whole log.
 */
async function oldestUnwitnessed(db: Database): Promise<{ at: Date; signed: boolean } | undefined> {
  const [head] = await db.$queryRaw<{ published: bigint; oldest: string }[]>`
    SELECT published_size AS published, oldest_xid::text AS oldest FROM log_head`;
  if (!head) return undefined;
  const [taken] = await db.$queryRaw<{ at: Date }[]>`
    SELECT l.at FROM log_entry e JOIN leaf l ON l.id = e.leaf_id WHERE e.index = ${head.published}`;
  if (taken) return { at: taken.at, signed: true };
  const [untaken] = await db.$queryRaw<{ at: Date }[]>`
    WITH since AS MATERIALIZED (SELECT id, seq, at FROM leaf WHERE xid >= ${head.oldest}::text::xid8)
    SELECT at FROM since WHERE NOT EXISTS (SELECT FROM log_entry e WHERE e.leaf_id = since.id) ORDER BY seq LIMIT 1`;
  return untaken && { at: untaken.at, signed: false };
}

/** From this server's copy of the policy, a witness and its former keys being one voice; other forms of quorum have no such number. */
export function quorumOf(trustPolicyFile: string): LogStanding['quorum'] {
  if (!existsSync(trustPolicyFile)) return null;
  const { members, quorum } = parseTrustPolicy(readFileSync(trustPolicyFile));
  const group = quorum === undefined ? undefined : members.get(quorum);
  if (group?.kind !== 'group' || !group.of.every((name) => isVoice(members, name))) return null;
  return { needed: group.threshold, of: group.of.length };
}

function isVoice(members: TrustPolicy['members'], name: string): boolean {
  const member = members.get(name);
  return member?.kind === 'witness' || (member?.threshold === 1 && member.of.every((each) => members.get(each)?.kind === 'witness'));
}
