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
  | { leaves: readonly LeafType[]; unless?: (result: unknown) => boolean; because?: string; sealed?: true }
  | { leaves: 'none'; because: string };

const outcomeIs =
  (...outcomes: string[]) =>
  (result: unknown): boolean =>
    outcomes.includes((result as { outcome?: string } | null)?.outcome ?? '');

/** Every activity there is; one that is added to the contract and not here does not compile. */
export const ACTIVITIES: { readonly [Name in keyof Activities]: Entry } = {
  identify: { leaves: ['reset.requested'] },
  checkProof: { leaves: ['proof.checked'] },
  checkFactor: { leaves: ['factor.checked', 'resume.checked'] },
  confirmDecision: { leaves: ['approval.decided', 'approval.refused'] },
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
  proposeJointAct: { leaves: ['joint-act.proposed', 'joint-act.refused'] },
  confirmJointAct: { leaves: ['joint-act.confirmed', 'joint-act.refused'] },
  writePassword: { leaves: ['write.result', 'write.refused', 'write.settled'] },
  verifyPassword: { leaves: ['write.verified'] },
  requestApprovals: { leaves: ['approval.requested'] },
  escalateApprovals: { leaves: ['approval.escalated'] },
  stageTimers: { leaves: 'none', because: 'it reads the policy and computes' },
  awaitWitnessed: { leaves: 'none', because: 'it waits and reads' },
  notifyDevices: {
    leaves: ['notice.created'],
    unless: (result) => (result as { notices: number }).notices === 0,
    because: 'there was no device to tell',
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

/** Every address of the interface, with the leaf that asking for it leaves, or why it needs none. */
export const ROUTES: Readonly<Record<string, readonly LeafType[] | string>> = {
  'POST /api/v1/portal/resets': ['reset.requested'],
  'POST /api/v1/portal/resets/{reference}/proofs': ['proof.checked'],
  'POST /api/v1/portal/resets/{reference}/factors': ['factor.checked'],
  'POST /api/v1/portal/resets/{reference}/password': ['password.chosen'],
  'POST /api/v1/portal/resets/{reference}/cancel': ['reset.refused', 'reset.state'],
  'POST /api/v1/portal/resume': ['resume.checked'],
  'POST /api/v1/session': ['sign-in.password'],
  'POST /api/v1/session/factor': ['sign-in.factor'],
  'DELETE /api/v1/session': ['sign-in.ended'],
  'POST /api/v1/approvals/{id}/decisions': ['approval.decided'],
  'POST /api/v1/approvals/{id}/ceremony': 'it opens a ceremony; the decision that comes of it has its leaf',
  'POST /api/v1/resets/{id}/lock': ['reset.lock-refused', 'reset.locked'],
  'POST /api/v1/joint-acts': ['joint-act.proposed', 'joint-act.refused'],
  'POST /api/v1/joint-acts/{id}/confirmations': ['joint-act.confirmed', 'joint-act.refused'],
  'GET /api/v1/alarms': 'the work that waits',
  'POST /api/v1/alarms/{id}/acknowledgements': ['alarm.acknowledged'],
  'POST /api/v1/joint-acts/ceremony': 'it opens a ceremony; what comes of it has its leaf',
  'POST /api/v1/resets/{id}/lock/ceremony': 'it opens a ceremony; what comes of it has its leaf',
  'GET /api/v1/joint-acts': 'the work that waits',
  'POST /api/v1/issued-codes': ['code.issued'],
  'POST /api/v1/passkeys': ['authenticator.enrolled'],
  'DELETE /api/v1/passkeys/{id}': ['authenticator.removed'],
  'POST /api/v1/passkeys/ceremony': 'it opens a ceremony; what comes of it has its leaf',
  'GET /api/v1/passkeys': "one's own keys",
  'POST /api/v1/delegations': ['delegation.made'],
  'DELETE /api/v1/delegations/{id}': ['delegation.withdrawn'],
  'POST /api/v1/delegations/ceremony': 'it opens a ceremony; what comes of it has its leaf',
  'GET /api/v1/delegations': "one's own delegations, and those to oneself",
  'GET /api/v1/audit/events': ['audit.read'],
  'GET /api/v1/audit/events.csv': ['audit.read'],
  'GET /api/v1/audit/openings/{id}': ['audit.read'],
  'GET /api/v1/resets/{id}': ['audit.read'],
  'GET /api/v1/approvals/{id}': ['audit.read'],
  'GET /api/v1/resets/{id}/history': ['audit.read'],
  'GET /api/v1/resets/{id}/evidence': ['audit.read'],
  'GET /api/v1/reports/{framework}': ['audit.read'],
  'GET /api/v1/reports/{framework}/table.csv': ['audit.read'],
  'GET /api/v1/audit/checkpoints': 'hashes and signatures, which /log/checkpoint tells anybody',
  'GET /api/v1/log': 'sizes and witnesses, which /log tells anybody',
  'GET /api/v1/portal/resets/{reference}': "the claimant's own reset",
  'GET /api/v1/portal/resets/{reference}/events': "the claimant's own reset",
  'GET /api/v1/session': 'who one is oneself',
  'GET /api/v1/resets': 'a list to choose from',
  'GET /api/v1/approvals': 'the work that waits',
  'GET /api/v1/reports': 'a list to choose from',
  'GET /api/v1/devices': 'a list to choose from',
  'GET /api/v1/summary': 'numbers',
  'GET /api/v1/events': 'that something changed, not what',
  'GET /api/v1/openapi.json': 'the interface itself',
  'GET /api/v1/policies/schema': 'how a policy is written',
  'GET /api/v1/policies': 'a list to choose from',
  'GET /api/v1/policies/{sha256}': 'the rules of the house, for those who keep them',
  'POST /api/v1/policies': 'it keeps a text that nobody has signed; its draft has its leaf',
  'POST /api/v1/policies/check': 'it keeps nothing',
  'POST /api/v1/policies/{sha256}/ceremony': 'it opens a ceremony; what comes of it has its leaf',
  'POST /api/v1/policies/{sha256}/signatures': ['policy.drafted', 'policy.published', 'policy.refused'],
  'GET /api/v1/policies/{sha256}/comparison': 'numbers that the verifier has a leaf of',
  'GET /api/v1/policies/{sha256}/calendars': 'the rules of the house, for those who keep them',
  'POST /api/v1/policies/{sha256}/comparisons': ['policy.compared', 'policy.refused'],
  'GET /api/v1/comparisons/{id}/names': 'who is behind the numbers of a comparison that has its leaf',
  'DELETE /api/v1/comparisons/{id}': 'it asks the verifier to stop, whose leaf says so',
  'POST /api/v1/policies/{sha256}/simulations': ['policy.simulated', 'policy.refused'],
  'GET /healthz': 'a sign of life',
  'GET /readyz': 'a sign of life',
  'GET /metrics': 'numbers',
};

/** Every form of the portal. */
export const FORMS: Readonly<Record<string, readonly LeafType[] | string>> = {
  'POST /reset': ['reset.requested'],
  'POST /reset/resume': ['resume.checked'],
  'POST /reset/finish': 'it only lets go of the cookie in this browser',
  'POST /reset/:reference/proof': ['proof.checked'],
  'POST /reset/:reference/factor': ['factor.checked'],
  'POST /reset/:reference/password': ['password.chosen'],
  'POST /reset/:reference/cancel': ['reset.refused', 'reset.state'],
};
