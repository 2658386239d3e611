import type {
  LocalActivities,
  VerifierActivities,
  VerifierConsoleActivities,
  WorkerActivities,
  WriterActivities,
} from '#activities/contract.ts';
import type { LeafType } from '#domain/leaf-types.ts';

type Activities = VerifierActivities & VerifierConsoleActivities & WriterActivities & WorkerActivities & LocalActivities;

/** What a completed call of an activity leaves behind: one of these leaves, written by that very call; or nothing, and why. */
export type Entry =
  | { leaves: readonly LeafType[]; unless?: (result: unknown) => boolean; because?: string; sealed?: true; calledBy?: string }
  /** `calledBy`: the scene that has it called, where a stack with one controller has no use for it. */
  | { leaves: 'none'; because: string; calledBy?: string };

const outcomeIs =
  (...outcomes: string[]) =>
  (result: unknown): boolean =>
    outcomes.includes((result as { outcome?: string } | null)?.outcome ?? '');

/** Every activity there is; one that is added to the contract and not here does not compile. */
export const ACTIVITIES: { readonly [Name in keyof Activities]: Entry } = {
  identify: { leaves: ['reset.requested'] },
  checkProof: { leaves: ['proof.checked'] },
  checkFactor: { leaves: ['factor.checked', 'resume.checked'] },
  loseFactors: { leaves: ['factors.lost'] },
  beginCoolingOff: { leaves: ['replacement.waits'] },
  confirmObjection: { leaves: ['replacement.objected', 'alarm.raised'] },
  replaceFactors: { leaves: ['factors.replaced'] },
  factorsStand: { leaves: ['factor.checked'], unless: outcomeIs('stand'), because: 'that everything still counts changes nothing' },
  lookForLock: { leaves: 'none', because: 'it reads the directory, for a claimant who is proven' },
  chooseOperation: { leaves: ['operation.chosen'] },
  confirmDecision: { leaves: ['approval.decided', 'approval.refused'] },
  breakGlass: { leaves: ['break-glass.signed', 'break-glass.refused', 'review.opened', 'alarm.raised'] },
  closeReview: { leaves: ['review.closed', 'review.refused'] },
  confirmLock: { leaves: ['reset.locked', 'reset.lock-refused'] },
  checkSignInPassword: { leaves: ['sign-in.password'] },
  checkSignInFactor: { leaves: ['sign-in.factor'] },
  checkReturn: { leaves: ['resume.checked'] },
  storeIssuedCode: { leaves: ['code.issued', 'code.refused'] },
  policyDeed: { leaves: ['policy.drafted', 'policy.published', 'policy.refused'] },
  simulatePolicy: { leaves: ['policy.simulated', 'policy.refused'] },
  comparePolicy: { leaves: ['policy.compared', 'policy.refused'] },
  storeEnrolment: { leaves: ['authenticator.enrolled', 'device.added', 'enrolment.refused'] },
  tokenDeed: {
    leaves: [
      'token-import.brought',
      'token-import.confirmed',
      'token-import.refused',
      'token.resynced',
      'authenticator.enrolled',
      'authenticator.removed',
      'enrolment.refused',
    ],
  },
  registerPasskey: { leaves: ['authenticator.enrolled', 'enrolment.refused'] },
  storeDelegation: { leaves: ['delegation.made', 'delegation.refused'] },
  endDelegation: { leaves: ['delegation.withdrawn'] },
  removePasskey: { leaves: ['authenticator.removed'] },
  changeFactor: {
    leaves: [
      'authenticator.enrolled',
      'authenticator.removed',
      'authenticator.renamed',
      'authenticator.frozen',
      'authenticator.settled',
      'alarm.raised',
      'enrolment.refused',
    ],
  },
  vouch: { leaves: ['vouch.given', 'vouch.refused'] },
  proposeJointAct: { leaves: ['joint-act.proposed', 'joint-act.refused'] },
  campaignDeed: { leaves: ['campaign.letters', 'campaign.closed', 'campaign.refused'] },
  deviceDeed: { leaves: ['device.ticket', 'device.approved', 'device.revoked', 'device.refused'] },
  enrolDevice: { leaves: ['device.enrolled'] },
  makeNotices: {
    leaves: ['notice.created'],
    unless: (result) => (result as { made: number }).made === 0,
    because: 'there was no device to tell, or each has its notice',
  },
  acknowledgeNotice: { leaves: ['notice.acknowledged', 'notice.refused'] },
  expireNotices: {
    leaves: ['notice.expired'],
    unless: (result) => (result as { expired: number }).expired === 0,
    because: 'none was open',
    calledBy: 'test/story/device-notices.test.ts',
  },
  confirmJointAct: { leaves: ['joint-act.confirmed', 'joint-act.refused'] },
  writePassword: { leaves: ['write.result', 'write.refused', 'write.settled'] },
  unlockAccount: { leaves: ['write.unlocked', 'write.result', 'write.refused', 'write.settled'] },
  letInElsewhere: {
    leaves: ['write.unlocked-there'],
    unless: (result) => (result as { letIn: number }).letIn === 0,
    because: 'no controller held anything against the account, or none could be reached',
    calledBy: 'test/write/let-in-elsewhere.test.ts',
  },
  verifyPassword: { leaves: ['write.verified'] },
  lookAtTries: {
    leaves: ['account.still-tried', 'account.locked-again', 'alarm.raised'],
    unless: (result) => (result as { found: string[] }).found.length === 0,
    because: 'most looks find nothing new',
    calledBy: 'test/story/watched.test.ts',
  },
  endWatch: { leaves: ['account.relock-watched'], calledBy: 'test/story/watched.test.ts' },
  watchArrivalNear: {
    leaves: 'none',
    because: 'it looks, and the move that follows says how far the password came',
    calledBy: 'test/story/arrival.test.ts',
  },
  watchArrival: {
    leaves: 'none',
    because: 'it looks, and the move that follows says how far the password came',
    calledBy: 'test/write/two-controllers.test.ts',
  },
  requestApprovals: { leaves: ['approval.requested'] },
  escalateApprovals: { leaves: ['approval.escalated'] },
  tell: {
    leaves: ['message.sent', 'notice.created'],
    unless: (result) => ((result as { people?: number }).people ?? 0) === 0,
    because: 'nobody had to be told, or only people whom an earlier call had told',
  },
  sendMail: { leaves: ['message.sent'], unless: outcomeIs('nothing'), because: 'no mail waited' },
  stageTimers: { leaves: 'none', because: 'it reads the policy and computes' },
  awaitWitnessed: { leaves: 'none', because: 'it waits and reads' },
  beginNotices: { leaves: 'none', because: 'it begins a workflow whose every step has its leaf' },
  notifyDevices: {
    leaves: ['notice.created'],
    unless: (result) => (result as { notices: number }).notices === 0,
    because: 'there was no device to tell',
    calledBy: 'a release from before devices had agents',
  },
  recordProgress: {
    leaves: [
      'reset.state',
      'reset.refused',
      'reset.not-now',
      'step.unavailable',
      'password.chosen',
      'password.refused',
      'password.erased',
      'approval.expired',
      'approval.reminded',
      'proof.checked',
      'factor.checked',
      'approval.decided',
      'approval.refused',
      'notice.created',
      'resume.checked',
      'write.replicated',
    ],
  },
  claimAccount: {
    leaves: ['account.claimed', 'reset.superseded'],
    unless: outcomeIs('busy', 'superseded'),
    because: 'nothing was taken; the move that ends the reset says why',
  },
  commitIntent: { leaves: ['intent'], unless: outcomeIs('superseded'), because: 'nothing was committed' },
  releaseAccount: { leaves: ['account.released'] },
  // Its leaf stands in the workflow that was sealed: found by the hash that the call answered.
  sealHistory: {
    leaves: ['history.sealed'],
    sealed: true,
    unless: outcomeIs('already', 'gone'),
    because: 'it was sealed before, or Temporal no longer has it',
  },
};

/** Activities of the table that these steps did not call, though this stack has use for them. */
export function notCalled(called: ReadonlySet<string>): string[] {
  return Object.entries<Entry>(ACTIVITIES).flatMap(([name, entry]) => (called.has(name) || 'calledBy' in entry ? [] : [name]));
}
