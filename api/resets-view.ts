import { z } from 'zod';
import type { Database, Prisma } from '#db';
import { breakGlassView } from './break-glass-view.ts';
import type { Decided } from './decisions.ts';
import { ROLES, type Role } from './endpoint.ts';
import { resetsReached } from './reached-by-delegation.ts';
import type { SignedIn } from './sessions.ts';
import { noticeState } from './device-shapes.ts';
import { watchView } from './watch-view.ts';
import { moment, operation, refusalCode, resetState } from './shapes.ts';

/** What the console is told about one reset in a list. */
export const resetSummary = z.object({
  id: z.string(),
  reference: z.string(),
  account: z.string().nullable(),
  accountName: z.string().nullable(),
  privileged: z.boolean(),
  /** A new password, unless the claimant has chosen otherwise. */
  operation,
  state: resetState,
  waitingFor: z.string().nullable(),
  source: z.string(),
  startedAt: moment,
  updatedAt: moment,
  expiresAt: moment.nullable(),
  code: refusalCode.nullable(),
});

export const stageState = z.enum(['waiting', 'approved', 'denied', 'expired', 'not-reached', 'set-aside']);

/** A stage that was still open when its reset ended waits for nobody any more. */
export function shownState(stored: string, resetEndedAt: Date | null): z.infer<typeof stageState> {
  const state = stageState.safeParse(stored);
  return state.success && (state.data !== 'waiting' || resetEndedAt === null) ? state.data : 'not-reached';
}

const stage = z.object({
  id: z.string(),
  stage: z.int(),
  label: z.string(),
  state: stageState,
  eligible: z.array(z.string()),
  needs: z.int(),
  approvals: z.int(),
  escalated: z.boolean(),
  decisions: z.array(
    z.object({
      by: z.string(),
      inPlaceOf: z.string().optional(),
      /** The officers who made the delegation, when that person did not. */
      madeBy: z.array(z.string()).optional(),
      decision: z.enum(['approve', 'deny']),
      at: moment,
      reason: z.string().optional(),
    }),
  ),
  openedAt: moment.optional(),
  expiresAt: moment.optional(),
  remindedAt: moment.optional(),
});
const timelineEntry = z.object({
  at: moment,
  type: z.string(),
  title: z.string(),
  outcome: z.string(),
  who: z.string().optional(),
  detail: z.string().optional(),
  attempt: z.int().optional(),
  leafId: z.string(),
});

export const resetDetail = resetSummary.extend({
  rule: z.string().nullable(),
  policy: z.object({ version: z.string(), sha256: z.string() }).nullable(),
  timeline: z.array(timelineEntry),
  approvals: z.array(stage),
  notices: z.array(
    z.object({
      id: z.string(),
      deviceId: z.string(),
      device: z.string(),
      platform: z.string(),
      state: noticeState,
      /** Whether what was begun with the old password is to be ended too. */
      endSessions: z.boolean(),
      at: moment,
      changedAt: moment.nullable(),
      /** What to do at a device that no agent looks after. */
      byHand: z.string().nullable(),
    }),
  ),
  /** Where the claimant said that somebody else may know the old password: whether the directory takes it no more. */
  oldPassword: z.enum(['ending', 'ended']).nullable(),
  protectedBy: z.string().nullable(),
  /** The device at whose login screen it was begun, as that device signed. */
  sourceDevice: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** What was seen of wrong passwords since it was done. */
  watch: watchView.nullable(),
  /** Null where its rule does not allow it, or nobody was asked to approve yet. */
  breakGlass: breakGlassView.nullable(),
  /** The security officer who ended it for good. */
  lock: z.object({ by: z.string(), at: moment, reason: z.string().optional() }).nullable(),
});

export const summaryColumns = {
  id: true,
  reference: true,
  accountGuid: true,
  accountName: true,
  protectedBy: true,
  operation: true,
  state: true,
  waitingFor: true,
  source: true,
  startedAt: true,
  updatedAt: true,
  expiresAt: true,
  endedAt: true,
  refusal: true,
} as const;
type SummaryRow = Prisma.ResetGetPayload<{ select: typeof summaryColumns }>;

export function summaryOf(row: SummaryRow) {
  return {
    id: row.id,
    reference: row.reference,
    account: row.accountGuid,
    accountName: row.accountName,
    privileged: row.protectedBy !== null,
    operation: operation.parse(row.operation),
    state: row.state,
    waitingFor: row.waitingFor,
    source: row.source,
    startedAt: row.startedAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    // What has ended does not expire any more.
    expiresAt: row.endedAt === null ? (row.expiresAt?.toISOString() ?? null) : null,
    code: row.refusal,
  };
}

/** Names of the officers who made a delegation, by its id; nobody when its delegator did. */
type Makers = ReadonlyMap<string, string[]>;
type StageRow = Prisma.ApprovalGetPayload<object>;

export function stageOf(
  row: StageRow,
  decided: readonly Decided[],
  { names, makers }: { names: ReadonlyMap<string, string>; makers: Makers },
  endedAt: Date | null,
) {
  return {
    id: row.id,
    stage: row.stage,
    label: row.label,
    state: shownState(row.state, endedAt),
    eligible: row.eligible.map((guid) => names.get(guid) ?? guid),
    needs: row.needs,
    approvals: row.approvals,
    escalated: row.escalations > 0,
    decisions: decided.map(({ person, inPlaceOf, ...rest }) => ({
      by: names.get(person) ?? person,
      ...(inPlaceOf ? { inPlaceOf: names.get(inPlaceOf.person) ?? inPlaceOf.person, madeBy: makers.get(inPlaceOf.delegation) ?? [] } : {}),
      ...rest,
    })),
    ...(row.openedAt ? { openedAt: row.openedAt.toISOString() } : {}),
    ...(row.expiresAt ? { expiresAt: row.expiresAt.toISOString() } : {}),
    ...(row.remindedAt ? { remindedAt: row.remindedAt.toISOString() } : {}),
  };
}

/** These roles see every reset; an approver sees those that wait, or waited, for them, and those that reach them by a delegation. */
const SEE_ALL: readonly Role[] = ROLES.filter((role) => role !== 'approver');

export async function visibleTo(db: Database, session: SignedIn): Promise<Prisma.ResetWhereInput> {
  if (session.roles.some((role) => SEE_ALL.includes(role))) return {};
  const reached = await resetsReached(db, session.account);
  return { OR: [{ approvals: { some: { eligible: { has: session.account } } } }, { id: { in: reached } }] };
}
