import { z } from 'zod';
import type { Prisma } from '#db';
import { HALTS } from '#domain/halt.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { campaignPeopleShown, newCampaign, shownCampaign } from './campaign-shapes.ts';
import { forAnother } from './delegation-shapes.ts';
import type { Role } from './endpoint.ts';
import type { SignedIn } from './sessions.ts';
import { moment, refusalCode } from './shapes.ts';

export const halts = z.enum(HALTS);

/** What two officers do together (domain/joint-act.ts). */
export const jointDeed = z.union([
  z.strictObject({ halts }),
  z.strictObject({ delegate: forAnother }),
  z.strictObject({ campaign: newCampaign }),
]);

const scope = z.union([
  z.literal('all'),
  z.array(z.union([z.object({ group: z.string() }), z.object({ unit: z.string() }), z.object({ account: z.string() })])),
]);
const text = z.string();
const list = z.array(text);
/** As the second officer signs it: with whom and what the directory meant by the names. */
const shownDeed = z.union([
  z.object({ halts }),
  z.object({
    delegate: z.object({ from: text, to: text, groups: list, units: list, accounts: list, since: text, until: text }),
    means: z.object({ from: text, to: text, scope }),
  }),
  shownCampaign,
]);
/** What of a proposal's text is shown. Whether the verifier signed it, the verifier looks at again. */
const proposal = z.looseObject({}).pipe(shownDeed);
const shownNames = z.object({ from: text, to: text, scope: list });

export const jointAct = z.object({
  id: z.string(),
  deed: shownDeed,
  /** Names as the directory has them, where a delegation is proposed. */
  names: shownNames.nullable(),
  /** Whom a campaign was about when it was proposed. */
  people: campaignPeopleShown.nullable(),
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
    deed: row.kind === 'halt' ? { halts: halts.parse(row.subject) } : proposal.parse(JSON.parse(row.proposal)),
    names: shownNames.safeParse(row.shown).data ?? null,
    people: campaignPeopleShown.safeParse(row.shown).data ?? null,
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
  const mayBe: readonly Role[] = row.kind === 'campaign' ? ['security-officer', 'administrator'] : ['security-officer'];
  if (!session.roles.some((role) => mayBe.includes(role))) return row.kind === 'campaign' ? 'role-needed' : 'officer-needed';
  if (row.proposer !== session.account) return null;
  return row.kind === 'campaign' ? 'campaign-own' : 'second-officer-needed';
}
