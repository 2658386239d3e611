import type { z } from 'zod';
import type { alarm } from '#api/alarms-endpoints.ts';
import type { message } from '#api/messages-endpoints.ts';
import type { approvalInContext } from '#api/approval-context.ts';
import type { approvalSchema } from '#api/approvals-view.ts';
import type { policyVersionSchema, seenSchema } from '#api/policy-shapes.ts';
import type { calendarsSchema } from '#api/calendars-endpoints.ts';
import type { comparisonSchema } from '#api/comparison-shapes.ts';
import type { simulationSchema } from '#api/simulations-endpoints.ts';
import type { delegationSchema } from '#api/delegation-shapes.ts';
import type { Role } from '#api/endpoint.ts';
import type { Checkpoint } from '#api/last-checkpoint.ts';
import type { openedLeaf } from '#api/openings.ts';
import type { ControllerSeen } from '#api/controllers-endpoints.ts';
import type { LogStanding } from '#api/log-endpoints.ts';
import type { decisionCeremony } from '#api/decision-ceremony.ts';
import type { officerCeremony } from '#api/officer-ceremony.ts';
import type { confirmation } from '#api/passkey-shapes.ts';
import type { resetEvidence } from '#api/reset-evidence.ts';
import type { ReviewView } from '#api/reviews-endpoints.ts';
import type { CampaignShown, CampaignSummary, Letters } from '#api/campaign-shapes.ts';
import type { deviceShown, deviceSummary, deviceTicket } from '#api/device-shapes.ts';
import type { jointAct } from '#api/joint-act-shapes.ts';
import type { CHECKS as ASKED_CHECKS } from '#api/issued-codes-endpoints.ts';
import type { frameworkItem, Report } from '#api/report.ts';
import type { resetDetail, resetSummary } from '#api/resets-view.ts';
import type { Halt } from '#domain/halt.ts';
import type { Seen as SeenBySigner } from '#domain/policy-publication.ts';
import type { LeafOutcome } from '#domain/leaf-types.ts';

/**
 * What the interface under /api/v1 answers to the console. Where the interface has a schema, the type is that schema's;
 * `account`, `actor` and `eligible` are objectGUIDs, times are RFC 3339 in UTC, null stands where nothing is known.
 */

export type { Role };

export type Session = { account: string; name: string; roles: Role[]; endsAt: string };

export type ResetSummary = z.infer<typeof resetSummary>;

export const OUTCOMES = ['success', 'failure', 'denied', 'expired', 'unknown', 'started'] as const satisfies LeafOutcome[];

export type ResetDetail = Omit<z.infer<typeof resetDetail>, 'timeline'> & { timeline: TimelineEntry[] };
export type TimelineEntry = z.infer<typeof resetDetail>['timeline'][number] & { outcome: LeafOutcome };
export type StageOfReset = ResetDetail['approvals'][number];
export type Notice = ResetDetail['notices'][number];
export type WatchOfReset = NonNullable<ResetDetail['watch']>;

export type DeviceSummary = z.infer<typeof deviceSummary>;
export type DeviceShown = z.infer<typeof deviceShown>;
export type DeviceTicket = z.infer<typeof deviceTicket>;

export type Approval = z.infer<typeof approvalSchema>;
/** With what stands around it: what was decided before, what else is asked for from there, when it ends. */
export type ApprovalInContext = z.infer<typeof approvalInContext>;
export type ApprovalState = Approval['state'];

export type AuditEvent = {
  id: string;
  seq: number;
  at: string;
  type: string;
  outcome: LeafOutcome;
  actor: string | null;
  account: string | null;
  reset: string | null;
  reason: string | null;
  leaf: Record<string, unknown>;
};

export type { ControllerSeen };
export type { LogStanding };
export type ResetEvidence = z.infer<typeof resetEvidence>;
export type EvidenceLeaf = ResetEvidence['leaves'][number];
export type OpenedLeaf = z.infer<typeof openedLeaf>;
export type { Checkpoint };
export type { CampaignShown, CampaignSummary, Letters };
export type FrameworkItem = z.infer<typeof frameworkItem>;
export type { Report };

export const CHECKS = ['photo-id', 'employee-card', 'known-in-person', 'call-back'] as const satisfies typeof ASKED_CHECKS;
export type Check = (typeof CHECKS)[number];
/** The interface asks for as many different checks before it makes a code. */
export const FEWEST_CHECKS = 2;

export type IssuedCode = { code: string; expiresAt: string; account: string };

export type OwnKey = { id: string; name: string; enrolledAt: string };
/** Begun for one change of one's own keys; `creation` when a key is to be made (WebAuthn's JSON forms). */
export type KeyCeremony = {
  ceremony: string;
  account: string;
  notAfter: string;
  creation?: object;
  confirmation: z.infer<typeof confirmation>;
};

export type PolicyVersion = z.infer<typeof policyVersionSchema>;
type Seen = z.infer<typeof seenSchema>;
export type PolicyText = PolicyVersion & { text: string; seenAtDraft: Seen; seenAtPublication: Seen };
export type CheckedPolicy = {
  findings: { line: number; words: string }[];
  tests: { name: string; line: number; why: string | null }[];
};
export type Comparison = z.infer<typeof comparisonSchema>;
export type ComparisonFound = NonNullable<Comparison['found']>;
export type NewestComparison = { item: Comparison | null; underWay: { id: string; policy: string } | null };
export type PolicyCalendars = z.infer<typeof calendarsSchema>;
export type Simulation = z.infer<typeof simulationSchema>;
export type PolicyCeremony = Omit<KeyCeremony, 'creation'> & { replaces: string; draft: string; seen: SeenBySigner };
export type Delegation = z.infer<typeof delegationSchema>;
export type Delegations = { mine: Delegation[]; toMe: Delegation[] };

/** What is to be signed for a decision, with what opens its commitments. */
export type DecisionCeremony = z.infer<typeof decisionCeremony>;

export type Summary = {
  approvalsWaitingForMe: number;
  openResets: number;
  oldestWaitSeconds: number | null;
  halted: Halt;
  actsWaitingForMe: number;
  openAlarms: number;
  openReviews: number;
  unreadMessages: number;
};

export type Review = ReviewView;
export type { Halt };
export type JointAct = z.infer<typeof jointAct>;
export type Alarm = z.infer<typeof alarm>;
export type Message = z.infer<typeof message>;
export type OfficerCeremony = z.infer<typeof officerCeremony>;
export type JointActs = { halted: Halt; items: JointAct[] };

/** One event of a Temporal history in its JSON form; what is particular to its type stands in `…EventAttributes`. */
export type HistoryEvent = { eventId?: string; eventTime?: string; eventType?: string } & Record<string, unknown>;
