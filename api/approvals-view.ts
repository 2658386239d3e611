import { z } from 'zod';
import type { Prisma } from '#db';
import { DECISION_METHODS } from '#domain/attestation.ts';
import { shownLines } from '#domain/decision-statement.ts';
import { mayDecideBy, type Rule } from '#domain/policy.ts';
import { requestCode } from '#domain/request-code.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Decided } from './decisions.ts';
import type { SignedIn } from './sessions.ts';
import { moment, refusalCode } from './shapes.ts';
import { shownState, stageState } from './resets-view.ts';
import type { Methods } from './timeline.ts';

export const approvalState = stageState;

/** What an approver must know before deciding. */
export const approvalSchema = z.object({
  id: z.string(),
  resetId: z.string(),
  reference: z.string(),
  /** What the claimant's screen shows too. */
  requestCode: z.string(),
  account: z.string().nullable(),
  accountName: z.string().nullable(),
  stage: z.int(),
  label: z.string(),
  /** How many people have to approve this stage, and how many did. */
  needs: z.int(),
  approvals: z.int(),
  /** Nobody decided in time, so the policy opened the stage to more people. */
  escalated: z.boolean(),
  source: z.string(),
  proofs: z.array(z.string()),
  factors: z.array(z.string()),
  privilegedBecause: z.string().nullable(),
  /** The lines that the page shows and the approver's key signs the digest of. */
  shown: z.array(z.string()),
  /** How the rule takes a decision about this account: signed with the approver's key, or by a code. */
  methods: z.array(z.enum(DECISION_METHODS)),
  waitingSince: moment.nullable(),
  expiresAt: moment.nullable(),
  state: approvalState,
  mine: z.boolean(),
  mayDecide: z.boolean(),
  whyNot: refusalCode.nullable(),
});

export const approvalColumns = {
  id: true,
  resetId: true,
  stage: true,
  label: true,
  state: true,
  needs: true,
  approvals: true,
  escalations: true,
  eligible: true,
  openedAt: true,
  expiresAt: true,
  reset: {
    select: {
      reference: true,
      runId: true,
      accountGuid: true,
      accountName: true,
      displayName: true,
      protectedBy: true,
      policySha256: true,
      ruleId: true,
      source: true,
      startedAt: true,
      endedAt: true,
    },
  },
} as const;
export type ApprovalRow = Prisma.ApprovalGetPayload<{ select: typeof approvalColumns }>;

/** Why this person cannot decide, as far as stored facts tell; the verifier and the writer look again, at the directory. */
export function whyNot(row: ApprovalRow, session: Pick<SignedIn, 'account'>, decided: Known['decided']): RefusalCode | null {
  if (row.reset.accountGuid === session.account) return 'own-account';
  if ([...(decided?.values() ?? [])].flat().some(({ person }) => person === session.account)) return 'already-decided';
  if (!row.eligible.includes(session.account)) return 'not-an-approver';
  if (row.state !== 'waiting' || row.reset.endedAt !== null) return 'approval-closed';
  return null;
}

/** What the leaves of the reset say. */
export interface Known {
  decided: ReadonlyMap<number, readonly Decided[]> | undefined;
  methods: Methods | undefined;
  rule: Rule | undefined;
}

/** What the page shows of a reset, and the verifier puts together again from what it knows. */
export function linesOf({ resetId, reset, stage, label }: ApprovalRow, methods: Methods | undefined): string[] {
  return shownLines({
    reset: resetId,
    displayName: reset.displayName ?? '',
    accountName: reset.accountName ?? '',
    account: reset.accountGuid ?? '',
    protectedBy: reset.protectedBy,
    source: reset.source,
    startedAt: reset.startedAt,
    proofs: [...(methods?.proofs ?? [])],
    factors: [...(methods?.factors ?? [])],
    stage,
    label,
  });
}

export function viewOf(row: ApprovalRow, session: SignedIn, { decided, methods, rule }: Known): z.infer<typeof approvalSchema> {
  const why = session.roles.includes('approver') ? whyNot(row, session, decided) : 'not-an-approver';
  return {
    id: row.id,
    resetId: row.resetId,
    reference: row.reset.reference,
    requestCode: requestCode(row.resetId),
    account: row.reset.accountGuid,
    accountName: row.reset.displayName ?? row.reset.accountName,
    stage: row.stage,
    label: row.label,
    needs: row.needs,
    approvals: row.approvals,
    escalated: row.escalations > 0,
    source: row.reset.source,
    proofs: [...(methods?.proofs ?? [])],
    factors: [...(methods?.factors ?? [])],
    privilegedBecause: row.reset.protectedBy,
    shown: linesOf(row, methods),
    methods: rule ? [...mayDecideBy(rule, row.reset.protectedBy !== null)] : [],
    waitingSince: row.openedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    state: shownState(row.state, row.reset.endedAt),
    mine: row.eligible.includes(session.account),
    mayDecide: why === null,
    whyNot: why,
  };
}
