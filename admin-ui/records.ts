import type { LeafOutcome } from '#domain/leaf-types.ts';
import type { ResetState } from '#domain/reset-state.ts';

/** What the interface under /api/v1 answers to the console: one type a noun, ISO 8601 times, null where nothing is known. */

export const ROLES = ['approver', 'help-desk', 'auditor', 'administrator', 'operator'] as const;
export type Role = (typeof ROLES)[number];

export type Session = { account: string; name: string; roles: Role[] };

export type WaitingFor = 'manager' | 'security-officer' | 'claimant';

export type ResetSummary = {
  id: string;
  reference: string;
  /** null: nobody is known by the name that was typed. */
  account: string | null;
  accountName: string | null;
  privileged: boolean;
  state: ResetState;
  waitingFor: WaitingFor | null;
  source: string;
  startedAt: string;
  updatedAt: string;
  expiresAt: string | null;
  /** Why it was refused, as a code of domain/refusals.ts. */
  code: string | null;
};

export const OUTCOMES = ['success', 'failure', 'denied', 'expired', 'unknown', 'started'] as const satisfies LeafOutcome[];

export type TimelineEntry = {
  at: string;
  type: string;
  title: string;
  outcome: LeafOutcome;
  who?: string;
  detail?: string;
  attempt?: number;
  leafId: string;
};

export type ApprovalState = 'waiting' | 'approved' | 'denied' | 'expired' | 'not-reached';

export type StageOfReset = {
  id: string;
  stage: number;
  label: string;
  state: ApprovalState;
  eligible: string[];
  decidedBy?: string;
  decidedAt?: string;
  reason?: string;
  openedAt?: string;
};

export type Notice = { device: string; platform: string; state: string; at: string };

export type ResetDetail = ResetSummary & {
  rule: string | null;
  policy: { version: string; sha256: string } | null;
  timeline: TimelineEntry[];
  approvals: StageOfReset[];
  notices: Notice[];
  protectedBy: string | null;
};

export type Approval = {
  id: string;
  resetId: string;
  reference: string;
  account: string;
  accountName: string;
  stage: number;
  label: string;
  source: string;
  proofs: string[];
  factors: string[];
  privilegedBecause: string | null;
  waitingSince: string;
  expiresAt: string | null;
  state: ApprovalState;
  mine: boolean;
  mayDecide: boolean;
  whyNot: string | null;
};

export type AuditEvent = {
  id: string;
  seq: number;
  at: string;
  type: string;
  outcome: LeafOutcome;
  actor: string | null;
  account: string | null;
  reset: string | null;
  reason?: string | null;
  leaf: Record<string, unknown>;
};

export const CHECKS = ['photo-id', 'employee-card', 'known-in-person', 'call-back'] as const;
export type Check = (typeof CHECKS)[number];

export type IssuedCode = { code: string; expiresAt: string; account: string };

export type Summary = { approvalsWaitingForMe: number; openResets: number; oldestWaitSeconds: number | null };

/** One event of a Temporal history in its JSON form; what is particular to its type stands in `…EventAttributes`. */
export type HistoryEvent = { eventId?: string; eventTime?: string; eventType?: string } & Record<string, unknown>;
