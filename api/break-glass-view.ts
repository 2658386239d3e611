import { z } from 'zod';
import type { Database, Prisma } from '#db';
import { breakGlassLines } from '#domain/break-glass-statement.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { decisionsOf } from './decisions.ts';
import { fact, readLeaf } from './leaf-reading.ts';
import { resetShown, signedAboutColumns } from './reset-shown.ts';
import type { SignedIn } from './sessions.ts';
import { moment, refusalCode } from './shapes.ts';
import { methodsOf, type Methods } from './timeline.ts';

/** Break-glass of one reset as the console shows it. */
export const breakGlassView = z.object({
  /** How many officers have to sign, and for how many seconds a signature holds. */
  officers: z.int(),
  holds: z.int(),
  state: z.enum(['possible', 'opened', 'given', 'over']),
  signed: z.array(z.object({ by: z.string(), at: moment, reason: z.string().optional() })),
  expiresAt: moment.nullable(),
  /** Whether the password may be written before the witnesses have cosigned; of one that is open, the first officer has said so. */
  unwitnessed: z.boolean(),
  /** What is shown and signed, with the witnesses and without. */
  lines: z.object({ witnessed: z.array(z.string()), unwitnessed: z.array(z.string()) }),
  maySign: z.boolean(),
  whyNot: refusalCode.nullable(),
});

export const glassColumns = {
  id: true,
  state: true,
  ...signedAboutColumns,
} as const;
export type GlassReset = Prisma.ResetGetPayload<{ select: typeof glassColumns }>;
type Row = Prisma.BreakGlassGetPayload<object>;

const isOver = ({ expiresAt }: Row): boolean => expiresAt === null || expiresAt.getTime() < Date.now();

/** Why this person cannot sign, as far as stored facts tell; verifier and writer look again, at the directory. */
function whyNot(reset: GlassReset, row: Row, session: SignedIn, decided: ReadonlySet<string>): RefusalCode | null {
  const waits = reset.state === 'awaiting-approval' || reset.state === 'writing';
  if (reset.endedAt !== null || !waits) return 'break-glass-closed';
  if (!session.roles.includes('security-officer')) return 'officer-needed';
  if (reset.accountGuid === session.account) return 'own-account';
  if (decided.has(session.account) || (!isOver(row) && row.signers.includes(session.account))) return 'already-decided';
  return row.eligible.includes(session.account) ? null : 'eligible-too-late';
}

/** What the page shows of a reset, and the verifier puts together again from what it knows. */
export function glassLines(reset: GlassReset, methods: Methods | undefined, said: { officers: number; unwitnessed: boolean }): string[] {
  return breakGlassLines(resetShown(reset.id, reset, methods), said);
}

/** Undefined where the rule of the reset does not allow it, or nobody was asked to approve yet. */
export async function breakGlassOf(db: Database, reset: GlassReset, session: SignedIn): Promise<z.infer<typeof breakGlassView> | null> {
  const row = await db.breakGlass.findUnique({ where: { resetId: reset.id } });
  if (!row) return null;
  const [decisions, methods, signed] = await Promise.all([
    decisionsOf(db, [reset.id]),
    methodsOf(db, [reset.id]),
    signaturesOf(db, reset.id, new Map(row.eligible.map((guid, at) => [guid, row.eligibleNames[at] ?? guid]))),
  ]);
  const decided = [...(decisions.get(reset.id)?.values() ?? [])]
    .flat()
    .flatMap(({ person, inPlaceOf }) => [person, inPlaceOf?.person ?? '']);
  const why = whyNot(reset, row, session, new Set(decided));
  const { officers, holds } = row;
  const linesFor = (unwitnessed: boolean) => glassLines(reset, methods.get(reset.id), { officers, unwitnessed });
  return {
    officers,
    holds,
    state: row.state !== 'opened' && row.state !== 'given' ? 'possible' : isOver(row) ? 'over' : row.state,
    signed,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    unwitnessed: row.unwitnessed,
    lines: { witnessed: linesFor(false), unwitnessed: linesFor(true) },
    maySign: why === null,
    whyNot: why,
  };
}

/** Who signed and why, in the order of time, by the leaves of the signatures themselves. */
async function signaturesOf(db: Database, reset: string, names: ReadonlyMap<string, string>) {
  const leaves = await db.leaf.findMany({
    where: { resetId: reset, type: 'break-glass.signed' },
    orderBy: { seq: 'asc' },
    select: { actor: true, body: true, at: true },
  });
  const digests = leaves.map(({ body }) => fact(readLeaf(body), 'reason') ?? '');
  const stated = await db.statedReason.findMany({ where: { digest: { in: digests } }, select: { digest: true, text: true } });
  const texts = new Map(stated.map(({ digest, text }) => [digest, text]));
  return leaves.map(({ actor, at }, index) => {
    const reason = texts.get(digests[index] ?? '');
    return { by: names.get(actor ?? '') ?? actor ?? '', at: at.toISOString(), ...(reason === undefined ? {} : { reason }) };
  });
}

/** Names of those who signed, as they were then, and of whoever closed the review. */
export async function signerNames(db: Database, reset: string): Promise<(readonly [string, string])[]> {
  const glass = await db.breakGlass.findUnique({ where: { resetId: reset }, select: { eligible: true, eligibleNames: true } });
  const closed = await db.review.findMany({ where: { resetId: reset, state: 'closed' }, select: { closedBy: true, closedByName: true } });
  return [
    ...(glass?.eligible ?? []).map((guid, at) => [guid, glass?.eligibleNames[at] ?? guid] as const),
    ...closed.flatMap(({ closedBy, closedByName }) => (closedBy && closedByName ? [[closedBy, closedByName] as const] : [])),
  ];
}
