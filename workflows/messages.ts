import type { ClosedRun, SignedWord } from '#activities/contract.ts';
import type { NoticesAsked } from '#activities/device-contract.ts';
import type { TellAsked } from '#activities/telling-contract.ts';
import type { Next } from '#domain/next.ts';
import type { PasswordReason, RefusalCode } from '#domain/refusals.ts';

export type {
  DelegationAnswer,
  EnrolAnswer,
  EnrolAsked,
  FactorAnswer,
  IssueCodeAnswer,
  IssueCodeAsked,
  PasskeyAnswer,
  JointActAnswer,
  DeedAsked,
  ReturnAnswer,
  ReturnAsked,
  SignInAnswer,
  SignInAsked,
  SignedWord,
  SignInFactorAsked,
} from '#activities/contract.ts';
export type { ComparePolicyAnswer, ComparePolicyAsked, PolicyDeedAnswer, SimulatePolicyAnswer } from '#activities/policy-contract.ts';
export type { VouchAnswer } from '#activities/vouch-contract.ts';
export type { CampaignAnswer } from '#activities/campaign-contract.ts';
export type {
  AckAnswer,
  AckMessage,
  DeviceDeedAnswer,
  DeviceDeedAsked,
  EnrolDeviceAnswer,
  EnrolDeviceAsked,
} from '#activities/device-contract.ts';
export type { TokenDeedAnswer, TokenDeedAsked } from '#activities/token-contract.ts';

export type { ReviewAnswer } from '#activities/break-glass-contract.ts';

/** Names and shapes of every message that enters or leaves a workflow: what the API and the tests import. */

export const TASK_QUEUES = {
  reset: 'reset',
  verify: 'verify',
  approvals: 'approvals',
  staffWrite: 'directory-write-staff',
  privilegedWrite: 'directory-write-privileged',
} as const;

export function resetWorkflowId(reset: string): string {
  return `reset/${reset}`;
}

/** The argument of `passwordReset`. */
export interface ResetInput {
  reset: string;
}

/** What an update is answered with. Refusals are accepted updates with a typed outcome, so that they stand in the history. */
export type Reply =
  | { outcome: 'ok'; next: Next; word?: SignedWord }
  | { outcome: 'refused'; code: RefusalCode; reasons?: PasswordReason[]; next: Next };

/** `sealed` is the id of the row that holds what the person typed. */
export interface Typed {
  sealed: string;
}
export type PasswordMessage =
  /** `endOldPassword`: somebody else may know the old one, so it has to die at once. */
  | { kind: 'sealed'; sealed: string; digest: string; expiresAt: string; endOldPassword?: true }
  | { kind: 'refused-at-the-door'; reasons: PasswordReason[] };
export interface DecisionMessage {
  approver: string;
  /** Under which delegation they decide; whoever decides as themselves names none. */
  delegation?: string | undefined;
  stage: number;
  decision: 'approve' | 'deny';
  /** Digest of the reason that the approver typed. */
  reason: string;
  sealed: string;
}

export interface LockMessage {
  officer: string;
  /** Digest of the reason that the officer typed. */
  reason: string;
  sealed: string;
}

export interface BreakGlassMessage {
  officer: string;
  /** Also before the witnesses have cosigned. */
  unwitnessed: boolean;
  /** Digest of the reason that the officer typed. */
  reason: string;
  sealed: string;
}

export const UPDATES = {
  begin: 'begin',
  prove: 'prove',
  checkFactor: 'checkFactor',
  loseFactors: 'loseFactors',
  replaceFactors: 'replaceFactors',
  object: 'object',
  chooseOperation: 'chooseOperation',
  choosePassword: 'choosePassword',
  decide: 'decide',
  lock: 'lock',
  breakGlass: 'breakGlass',
  resume: 'resume',
  cancel: 'cancel',
} as const;

export const SUPERSEDED_SIGNAL = 'superseded';

/** What the devices of a reset, or of a change of factors, are told by: it lives for days. */
export function noticesWorkflowId(about: string): string {
  return `notices/${about}`;
}
/** The argument of `deviceNotices`. */
export type NoticesInput = NoticesAsked;
export const ACKNOWLEDGE_UPDATE = 'acknowledge';

/** Closed runs whose histories are to be archived and sealed: the argument of `sealHistories`. */
export interface SealInput {
  runs: ClosedRun[];
}

/** Resets and changes of factors of which people have to be told: the argument of `tellPeople`. */
export interface TellInput {
  tellings: TellAsked[];
}

/** Whose account is watched: the argument of `watchAccount`. */
export interface WatchInput {
  reset: string;
}

/** Messages whose mail waits: the argument of `sendMails`. */
export interface MailInput {
  messages: string[];
}

/** Short workflows around the verifier for what happens outside a reset; each runs one activity and returns its answer. */
export const CONSOLE_WORKFLOWS = {
  signIn: 'signIn',
  signInFactor: 'signInFactor',
  issueCode: 'issueCode',
  learnOutcome: 'learnOutcome',
  enrol: 'enrol',
  tokenDeed: 'tokenDeed',
  addPasskey: 'addPasskey',
  dropPasskey: 'dropPasskey',
  changeFactor: 'changeFactor',
  vouch: 'vouch',
  delegate: 'delegate',
  undelegate: 'undelegate',
  proposeJointAct: 'proposeJointAct',
  confirmJointAct: 'confirmJointAct',
  campaignDeed: 'campaignDeed',
  deviceDeed: 'deviceDeed',
  enrolDevice: 'enrolDevice',
  signPolicy: 'signPolicy',
  simulatePolicy: 'simulatePolicy',
  comparePolicy: 'comparePolicy',
  closeReview: 'closeReview',
} as const;
