import { z } from 'zod';
import type { Prisma } from '#db';
import { DECISION_METHODS } from '#domain/attestation.ts';
import { shownLines } from '#domain/decision-statement.ts';
import { mayDecideBy, type Rule } from '#domain/policy.ts';
import { requestCode } from '#domain/request-code.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Decided } from './decisions.ts';
import { reachedColumns, reaching, type Running } from './reached-by-delegation.ts';
import { resetShown, signedAboutColumns } from './reset-shown.ts';
import type { SignedIn } from './sessions.ts';
import { moment, operation, refusalCode } from './shapes.ts';
import { shownState, stageState } from './resets-view.ts';
import type { Methods } from './timeline.ts';

export const approvalState = stageState;
export type ApprovalState = z.infer<typeof approvalState>;

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
  /** Devices that said that they know the account, where that is among the proofs. */
  knownBy: z.array(z.string()),
  privilegedBecause: z.string().nullable(),
  operation,
  /** The lines that the page shows and the approver's key signs the digest of. */
  shown: z.array(z.string()),
  /** How the rule takes a decision about this account: signed with the approver's key, or by a code. */
  methods: z.array(z.enum(DECISION_METHODS)),
  waitingSince: moment.nullable(),
  expiresAt: moment.nullable(),
  state: approvalState,
  /** Asked of this person themselves, or reaching them by a delegation. */
  mine: z.boolean(),
  /** In whose place they would decide, and which officers made it so when that person did not; null for whoever decides as themselves. */
  inPlaceOf: z
    .object({ delegation: z.string(), person: z.string(), name: z.string(), until: moment, madeBy: z.array(z.string()) })
    .nullable(),
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
  ...reachedColumns,
  openedAt: true,
  expiresAt: true,
  reset: {
    select: {
      reference: true,
      ...signedAboutColumns,
    },
  },
} as const;
export type ApprovalRow = Prisma.ApprovalGetPayload<{ select: typeof approvalColumns }>;

/** Why this person cannot decide, as far as stored facts tell; the verifier and the writer look again, at the directory. */
export function whyNot(
  row: ApprovalRow,
  { account }: Pick<SignedIn, 'account'>,
  { decided, running }: Pick<Known, 'decided' | 'running'>,
): RefusalCode | null {
  if (row.reset.accountGuid === account) return 'own-account';
  const used = new Set([...(decided?.values() ?? [])].flat().flatMap(({ person, inPlaceOf }) => [person, inPlaceOf?.person]));
  if (used.has(account)) return 'already-decided';
  const behalf = behalfOf(row, account, running);
  if (!row.eligible.includes(account) && !behalf) return 'not-an-approver';
  if (behalf && (used.has(behalf.facts.from) || row.reset.accountGuid === behalf.facts.from)) return 'delegator-conflict';
  if (row.state !== 'waiting' || row.reset.endedAt !== null) return 'approval-closed';
  return null;
}

/** The delegation under which this person would decide. */
export function behalfOf(row: ApprovalRow, account: string, running: readonly Running[]): Running | undefined {
  return reaching({ ...row, account: row.reset.accountGuid }, account, running);
}

/** Asked of this person themselves, or reaching them by a delegation. */
export function isTheirs(row: ApprovalRow, account: string, running: readonly Running[]): boolean {
  return row.eligible.includes(account) || behalfOf(row, account, running) !== undefined;
}

/** What the leaves of the reset say, and which delegations to this person run. */
export interface Known {
  running: readonly Running[];
  decided: ReadonlyMap<number, readonly Decided[]> | undefined;
  methods: Methods | undefined;
  rule: Rule | undefined;
}

/** What the page shows of a reset, and the verifier puts together again from what it knows. */
export function linesOf(
  { resetId, reset, stage, label }: ApprovalRow,
  methods: Methods | undefined,
  behalf: Running | undefined,
): string[] {
  return shownLines({
    ...resetShown(resetId, reset, methods),
    stage,
    label,
    inPlaceOf: behalf && { name: behalf.row.fromName, person: behalf.facts.from, until: behalf.row.until, madeBy: behalf.row.officerNames },
  });
}

export function viewOf(row: ApprovalRow, session: SignedIn, known: Known): z.infer<typeof approvalSchema> {
  const { methods, rule } = known;
  const why = session.roles.includes('approver') ? whyNot(row, session, known) : 'not-an-approver';
  const behalf = behalfOf(row, session.account, known.running);
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
    knownBy: [...(methods?.knownBy ?? [])],
    privilegedBecause: row.reset.protectedBy,
    operation: operation.parse(row.reset.operation),
    shown: linesOf(row, methods, behalf),
    methods: rule ? [...mayDecideBy(rule, row.reset.protectedBy !== null)] : [],
    waitingSince: row.openedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    state: shownState(row.state, row.reset.endedAt),
    mine: isTheirs(row, session.account, known.running),
    inPlaceOf: behalf
      ? {
          delegation: behalf.facts.id,
          person: behalf.facts.from,
          name: behalf.row.fromName,
          until: behalf.facts.until,
          madeBy: behalf.row.officerNames,
        }
      : null,
    mayDecide: why === null,
    whyNot: why,
  };
}
