import type { ArrivalActivities, Verified } from './arrival-contract.ts';
import type { LetInElsewhere, WatchActivities, WatchAsked } from './watch-contract.ts';
import type { BreakGlassChecked, ReviewAnswer } from './break-glass-contract.ts';
import type { ApprovalStage } from '#domain/approval-stage.ts';
import type { Alternative } from '#domain/accept.ts';
import type { Operation } from '#domain/operation.ts';
import type { FactorMethod, Next, ProofMethod } from '#domain/next.ts';
import type { PasswordReason, RefusalCode } from '#domain/refusals.ts';
import type { DueTimer } from '#domain/stage-timers.ts';
import type { ResetState } from '#domain/reset-state.ts';
import type { LeafOutcome, LeafType } from '#domain/leaf-types.ts';
import type { FactorsActivities } from './factors-contract.ts';
import type { CampaignActivities } from './campaign-contract.ts';
import type { DeviceConsoleActivities, NoticeActivities, NoticesAsked } from './device-contract.ts';
import type { SendMailAnswer, TellAnswer, TellAsked } from './telling-contract.ts';
import type { TokenActivities } from './token-contract.ts';
import type { PolicyActivities } from './policy-contract.ts';
import type { AccountClaim, Replacement, ReplacementActivities } from './replacement-contract.ts';
import type { VouchActivities } from './vouch-contract.ts';
import type { OperationChecked, UnlockAsked, UnlockOutcome } from './unlock-contract.ts';

/**
 * What the workflow may ask of the world. Everything here enters a history, which is for ever: GUIDs, outcomes and
 * references only; no name, no typed text, no secret.
 */

/** A reset and one update of it; the pair finds the stored outcome again after a crash. */
export interface Asked {
  reset: string;
  run: string;
  updateId: string;
  /** Id of the row in which the API sealed what the person typed. */
  sealed: string;
}

/** What the workflow knows of a stage of approval. */
export type StageOf = Pick<ApprovalStage, 'label' | 'needs' | 'beside'>;

/** `account` is null for a decoy: an unknown, unserved or forbidden name that goes on like any other. */
export interface IdentifiedAccount {
  account: string | null;
  isProtected: boolean;
  rule: string | null;
  policy: string;
  /** What may be done; empty when there is no rule, and for a decoy. A release from before there was a choice leaves it out. */
  may?: Operation[];
  /** Any of these has to pass whole; empty when there is no rule, and for a decoy. */
  accept: Alternative[];
  stages: StageOf[];
  /** Where the rule lets lost factors be replaced. */
  replacement?: Replacement;
  /** Why a new password would not help; said only behind proof and factor. */
  whyNot: RefusalCode | null;
  /** Seconds, from the frozen policy. */
  timers: { unproven: number; choosePassword: number; sealedPassword: number };
  /** Seconds after which nothing of it can be written any more. */
  longest: number;
  attempts: { proofs: number; factors: number; passwords: number };
}

/** What the verifier says to the API through a worker that nobody believes: the exact text and its signature (base64). */
export interface SignedWord {
  text: string;
  signature: string;
}

/**
 * `word` comes with a passed check of the claimant who returns: the API gives the reset to another browser for nothing less.
 * `stopped` with a factor that was right while an emergency stop keeps new resets of this account from going on.
 */
export type Checked =
  | { outcome: 'passed'; attestation: string; method: ProofMethod | FactorMethod; word?: SignedWord; stopped?: true }
  /** The code was right, and does not count for this account for a time. Nothing is attested. */
  | { outcome: 'refused'; code: RefusalCode }
  /** `code`: of a smart card, of which only whoever used its key hears. */
  | { outcome: 'failed'; code?: RefusalCode };

export type DecisionChecked =
  | { outcome: 'confirmed'; decision: 'approve' | 'deny'; approver: string; attestation: string }
  | { outcome: 'refused'; code: RefusalCode };

export type LockChecked = { outcome: 'confirmed' } | { outcome: 'refused'; code: RefusalCode };

/** Served by the verifier on the queue `verify`, what no approver waits for on `approvals`. Each is idempotent by (reset or session, update id). */
export interface VerifierActivities extends ReplacementActivities, FactorsActivities, ArrivalActivities, NoticeActivities, WatchActivities {
  identify(asked: Asked): Promise<IdentifiedAccount>;
  /** `passed`: what the workflow has heard of. A release from before it asked for one proof only. */
  checkProof(asked: Asked & { account: string | null; passed?: ProofMethod[] }): Promise<Checked>;
  checkFactor(asked: Asked & { account: string | null; purpose: 'reset' | 'resume' }): Promise<Checked>;
  /** Whether the account is locked now, for an account of which proof and factor have passed and whose rule lets it be unlocked. */
  lookForLock(asked: { reset: string; run: string; account: string }): Promise<{ locked: boolean }>;
  /** Signs what the claimant asked for, or says that there is nothing to unlock. */
  chooseOperation(asked: Asked & { account: string }): Promise<OperationChecked>;
  /** Resolves, judges and freezes who may decide each stage, and signs it. Nothing is opened yet. */
  requestApprovals(asked: { reset: string; run: string; account: string }): Promise<ApprovalsRequested>;
  /** Adds the people of one escalation, as they were frozen, to those who may decide a stage. */
  escalateApprovals(asked: { reset: string; run: string; account: string; stage: number; escalation: number }): Promise<{ added: number }>;
  /** Tells people of a reset as its policy says: once a person, however often it is asked. */
  tell(asked: TellAsked): Promise<TellAnswer>;
  /** Confirms one decision with the approver's own factor and signs it, or says why it does not count. `delegation`: under which it is taken. */
  confirmDecision(
    asked: Asked & {
      account: string;
      approver: string;
      delegation?: string | undefined;
      stage: number;
      decision: 'approve' | 'deny';
      reason: string;
    },
  ): Promise<DecisionChecked>;
  /** Confirms a security officer's lock with their own factor and signs it, or says why it does not count. */
  confirmLock(asked: Asked & { account: string | null; officer: string; reason: string }): Promise<LockChecked>;
  /** Checks and signs one officer's part in break-glass, and says whether there are enough of them. */
  breakGlass(asked: Asked & { account: string; officer: string; unwitnessed: boolean; reason: string }): Promise<BreakGlassChecked>;
}

export type WriteOutcome =
  | { outcome: 'applied'; pwdLastSet: string }
  | { outcome: 'password-refused'; reasons: PasswordReason[] }
  | { outcome: 'password-expired' }
  | { outcome: 'refused'; code: RefusalCode };

export interface WriteAsked extends UnlockAsked {
  sealed: string;
  digest: string;
  /** The throw-away password that is written before the sealed one, where whoever sealed it asked for that (docs/decisions/0051). */
  endOldPassword?: true;
}

/** Served by one of the two writers, each on its own queue. */
export interface WriterActivities {
  /** Checks every condition by itself, claims (reset, ordinal), writes once, reads back: the sealed password, or the throw-away one before it. */
  writePassword(asked: WriteAsked): Promise<WriteOutcome>;
  /** Checks every condition by itself, claims (reset, ordinal), ends the lockout once and changes nothing else, reads back. */
  unlockAccount(asked: UnlockAsked): Promise<UnlockOutcome>;
  /** Lets an account in at every other controller that still holds against it what was there before its own write. */
  letInElsewhere(asked: WatchAsked): Promise<LetInElsewhere>;
  /** Binds the new password at the controller written to, then erases the sealed value. False when it does not bind, or stands no more. */
  verifyPassword(asked: WriteAsked): Promise<Verified>;
}

export type ApprovalsRequested = { outcome: 'requested' | 'no-approver' };

/** One thing that falls due for a stage. */
export type StageTimer = DueTimer & { stage: number };

/** Served by the worker as ordinary activities: they ask the directory. */
export interface WorkerActivities {
  /** Waits until a leaf is in a checkpoint that the quorum of witnesses has cosigned: its index, and the size of that tree. `unwitnessed`: or only of the log itself, for an intent under break-glass while the quorum is away. */
  awaitWitnessed(asked: { leaf: string; unwitnessed?: boolean }): Promise<{ index: string; size: string }>;
  /** Begins what tells the devices of a reset, or of a change of factors, for days; once each. */
  beginNotices(asked: NoticesAsked): Promise<void>;
  /** Of releases from before devices had agents: rows of what has to be told by hand. */
  notifyDevices(asked: { reset: string; run: string; account: string }): Promise<{ notices: number }>;
  /** Hands the mail of one message to the site's relay, once. */
  sendMail(asked: { message: string }): Promise<SendMailAnswer>;
  /** Archives the history of a closed run and writes its leaf; once a run, however often it is asked. */
  sealHistory(closed: ClosedRun): Promise<{ outcome: 'sealed'; sha256: string } | { outcome: 'already' } | { outcome: 'gone' }>;
}

/** One run of a workflow that has ended, in whatever way. */
export interface ClosedRun {
  workflowId: string;
  runId: string;
}

/** One move of a reset as people see it, with its leaf, in one transaction. */
export interface Progress {
  reset: string;
  run: string;
  /** Distinguishes the moves of one run, so that a retried one is recorded once. */
  step: number;
  state: ResetState;
  next: Next;
  /** The claimant, or the label of a stage. */
  waitingFor: string | null;
  expiresAt: string | null;
  leaf: { type: LeafType; outcome: LeafOutcome; reason?: string; update?: string; do?: Record<string, string | number | boolean | null> };
  proven?: boolean;
  refusal?: RefusalCode;
  /** What became of stages of approval. */
  stages?: StageMove[];
  /** What becomes of an old password that somebody else may know. */
  oldPassword?: OldPassword;
}

/** `ending`: asked for, and not yet done. `ended`: the directory has another one, and takes it no more. */
export type OldPassword = 'ending' | 'ended';

export interface StageMove {
  index: number;
  /** `set-aside`: break-glass stands in for it. */
  state: 'waiting' | 'approved' | 'denied' | 'expired' | 'set-aside';
  /** Set when the stage opens. */
  expiresAt?: string;
  /** How many approved. */
  approvals?: number;
  reminded?: true;
}

/** What the writer is about to be asked: the move to `writing` and the intent leaf are one transaction. */
export interface Intent {
  account: string;
  ordinal: number;
  /** The value that was sealed to the writer; without one, the account is only unlocked. */
  sealed?: string;
  digest?: string;
  /** The intent of the throw-away password that comes before the sealed one. */
  endOldPassword?: true;
  policy: string;
  rule: string | null;
  progress: Progress;
}

/** Served by the worker as local activities: short, idempotent steps in our own database. */
export interface LocalActivities {
  recordProgress(progress: Progress): Promise<void>;
  /** Takes the account for this reset. `yields` names the older, equally proven reset that gives way. */
  claimAccount(
    asked: AccountClaim,
  ): Promise<{ outcome: 'claimed'; yields: string | null } | { outcome: 'busy' } | { outcome: 'superseded' }>;
  /** Makes the claim firm and writes the intent leaf, whose id it answers; after this the account yields to nobody. */
  commitIntent(asked: Intent): Promise<{ outcome: 'committed'; leaf: string } | { outcome: 'superseded' }>;
  releaseAccount(asked: { reset: string; account: string }): Promise<void>;
  /** When to remind, escalate and expire for stages that open at this moment (RFC 3339), by their calendars: one list in the order of time. */
  stageTimers(asked: { reset: string; stages: number[]; openedAt: string }): Promise<StageTimer[]>;
}

export interface SignInAsked {
  session: string;
  updateId: string;
  sealed: string;
}
/** What passed is said in the signed word alone: account, SID and roles. */
export type SignInAnswer = { outcome: 'passed'; word: SignedWord } | { outcome: 'failed' };
export interface SignInFactorAsked extends SignInAsked {
  account: string;
}
export interface IssueCodeAsked {
  request: string;
  issuer: string;
  /** Which checks the help desk ticked. */
  checked: string[];
  /** Sealed: the account's name and the code that the API made. */
  sealed: string;
}
export type IssueCodeAnswer = { outcome: 'issued'; account: string; expiresAt: string } | { outcome: 'refused'; code: RefusalCode };
export interface EnrolAsked {
  request: string;
  /** User id, on this machine, of whoever runs the command. */
  operator: string;
  /** Sealed: account name, TOTP parameters and secret, recovery codes. */
  sealed: string;
}
/** Somebody signed in to the console does something. What, and what confirms it, is sealed to the verifier. */
export interface DeedAsked {
  request: string;
  account: string;
  sealed: string;
}
export type JointActAnswer = { outcome: 'done'; act: string } | { outcome: 'refused'; code: RefusalCode };
export type EnrolAnswer = { outcome: 'enrolled'; account: string } | { outcome: 'refused'; code: RefusalCode };

export type PasskeyAnswer = { outcome: 'done'; passkey: string } | { outcome: 'refused'; code: RefusalCode };

/** `factor`: the row of what was enrolled or touched; null for a set of recovery codes. */
export type FactorAnswer = { outcome: 'done'; factor: string | null } | { outcome: 'refused'; code: RefusalCode };

export type DelegationAnswer = { outcome: 'done'; delegation: string } | { outcome: 'refused'; code: RefusalCode };

/** The claimant who comes back when the reset has ended; `account` is null for a decoy. */
export interface ReturnAsked extends Asked {
  account: string | null;
}
/** What passed is said in the signed word alone; the outcome itself stands in the reset's row. */
export type ReturnAnswer = { outcome: 'passed'; word: SignedWord } | { outcome: 'failed' };

/** Outside resets, also the verifier's. Display names are not in the answers: they would stay in a history. */
export interface VerifierConsoleActivities
  extends VouchActivities, TokenActivities, CampaignActivities, DeviceConsoleActivities, PolicyActivities {
  checkSignInPassword(asked: SignInAsked): Promise<SignInAnswer>;
  checkSignInFactor(asked: SignInFactorAsked): Promise<SignInAnswer>;
  checkReturn(asked: ReturnAsked): Promise<ReturnAnswer>;
  storeIssuedCode(asked: IssueCodeAsked): Promise<IssueCodeAnswer>;
  storeEnrolment(asked: EnrolAsked): Promise<EnrolAnswer>;
  registerPasskey(asked: DeedAsked): Promise<PasskeyAnswer>;
  removePasskey(asked: DeedAsked): Promise<PasskeyAnswer>;
  changeFactor(asked: DeedAsked): Promise<FactorAnswer>;
  storeDelegation(asked: DeedAsked): Promise<DelegationAnswer>;
  endDelegation(asked: DeedAsked): Promise<DelegationAnswer>;
  proposeJointAct(asked: DeedAsked): Promise<JointActAnswer>;
  confirmJointAct(asked: DeedAsked): Promise<JointActAnswer>;
  closeReview(asked: DeedAsked): Promise<ReviewAnswer>;
}
