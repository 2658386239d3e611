import { z } from 'zod';
import type { Prisma } from '#db';
import { HALTS } from '#domain/halt.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { SignedIn } from './sessions.ts';
import { moment, refusalCode } from './shapes.ts';

export const halts = z.enum(HALTS);

/** What two officers do together (domain/joint-act.ts). */
export const jointDeed = z.strictObject({ halts });

export const jointAct = z.object({
  id: z.string(),
  deed: z.object({ halts }),
  state: z.enum(['proposed', 'confirmed', 'expired']),
  /** Who signs to confirm it names the proposer by this id. */
  proposerId: z.string(),
  proposer: z.string(),
  proposedAt: moment,
  expiresAt: moment,
  confirmer: z.string().nullable(),
  confirmedAt: moment.nullable(),
  /** What the two wrote, as far as it is still there. */
  reasons: z.array(z.string()),
  mayConfirm: z.boolean(),
  whyNot: refusalCode.nullable(),
});

export type JointActRow = Prisma.JointActGetPayload<{ omit: { body: true; signature: true } }>;

export function jointActView(row: JointActRow, session: SignedIn, reasons: string[]): z.infer<typeof jointAct> {
  const over = row.state !== 'proposed' || row.expiresAt.getTime() < Date.now();
  const state = row.state === 'proposed' && over ? 'expired' : row.state;
  const why = whyNot(row, session, over);
  return {
    id: row.id,
    deed: { halts: halts.parse(row.subject) },
    state: state === 'confirmed' || state === 'proposed' ? state : 'expired',
    proposerId: row.proposer,
    proposer: row.proposerName,
    proposedAt: row.proposedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    confirmer: row.confirmerName,
    confirmedAt: row.confirmedAt?.toISOString() ?? null,
    reasons,
    mayConfirm: why === null,
    whyNot: why,
  };
}

/** Why this person cannot confirm, as far as stored facts tell; the verifier looks again, at the directory. */
function whyNot(row: JointActRow, session: SignedIn, over: boolean): RefusalCode | null {
  if (over) return 'joint-act-closed';
  if (!session.roles.includes('security-officer')) return 'officer-needed';
  return row.proposer === session.account ? 'second-officer-needed' : null;
}
