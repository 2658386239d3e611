import { proxyActivities } from '@temporalio/workflow';
import type {
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
  SignInFactorAsked,
  VerifierConsoleActivities,
} from '#activities/contract.ts';
import type { ComparePolicyAnswer, ComparePolicyAsked, PolicyDeedAnswer, SimulatePolicyAnswer } from '#activities/policy-contract.ts';
import type { VouchAnswer } from '#activities/vouch-contract.ts';
import type { CampaignAnswer } from '#activities/campaign-contract.ts';
import type { DeviceDeedAnswer, DeviceDeedAsked, EnrolDeviceAnswer, EnrolDeviceAsked } from '#activities/device-contract.ts';
import type { TokenDeedAnswer, TokenDeedAsked } from '#activities/token-contract.ts';
import type { ReviewAnswer } from '#activities/break-glass-contract.ts';
import { TASK_QUEUES } from './messages.ts';

/**
 * What the console, the command line and a claimant after the end ask of the verifier outside a reset. Each is one step, so that it is retried
 * over a restart of the verifier and stands in a history; a person waits, so it gives up after half a minute.
 */
const verifier = proxyActivities<VerifierConsoleActivities>({
  taskQueue: TASK_QUEUES.verify,
  startToCloseTimeout: '15 seconds',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '30 seconds',
  retry: { initialInterval: '300 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
});

/** A file of thousands of tokens takes seconds to read, and hundreds of tickets to hash, on a busy machine many of them; whoever asked for it waits. */
const reader = proxyActivities<Pick<VerifierConsoleActivities, 'tokenDeed' | 'campaignDeed'>>({
  taskQueue: TASK_QUEUES.verify,
  startToCloseTimeout: '90 seconds',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '110 seconds',
  retry: { initialInterval: '300 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
});

/** Reads the whole directory: a minute for a large one, begun anew when the verifier was lost meanwhile. Nobody waits for it. */
const surveyor = proxyActivities<VerifierConsoleActivities>({
  taskQueue: TASK_QUEUES.verify,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20 seconds',
  scheduleToCloseTimeout: '10 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '20 seconds' },
});

/** The directory password of somebody who signs in to the console, and the roles that their groups give. */
export async function signIn(asked: SignInAsked): Promise<SignInAnswer> {
  return verifier.checkSignInPassword(asked);
}

/** The one-time code of somebody whose password was right. */
export async function signInFactor(asked: SignInFactorAsked): Promise<SignInAnswer> {
  return verifier.checkSignInFactor(asked);
}

/** A code that the help desk hands to a person standing there; only its hash is kept. */
export async function issueCode(asked: IssueCodeAsked): Promise<IssueCodeAnswer> {
  return verifier.storeIssuedCode(asked);
}

/** Reference and a fresh code of a claimant who comes back after the end of the reset: may they learn how it ended? */
export async function learnOutcome(asked: ReturnAsked): Promise<ReturnAnswer> {
  return verifier.checkReturn(asked);
}

/** A factor, recovery codes or devices of an account, by the operator's command. */
export async function enrol(asked: EnrolAsked): Promise<EnrolAnswer> {
  return verifier.storeEnrolment(asked);
}

/** A key that somebody signed in to the console registers, confirmed with what they have. */
export async function addPasskey(asked: DeedAsked): Promise<PasskeyAnswer> {
  return verifier.registerPasskey(asked);
}

/** What somebody does about hardware tokens at the operator's terminal. */
export async function tokenDeed(asked: TokenDeedAsked): Promise<TokenDeedAnswer> {
  return reader.tokenDeed(asked);
}

/** A version of the policy that an administrator signs, as a draft or for publication. */
export async function signPolicy(asked: DeedAsked): Promise<PolicyDeedAnswer> {
  return verifier.policyDeed(asked);
}

/** What a version of the policy would do with one account. */
export async function simulatePolicy(asked: DeedAsked): Promise<SimulatePolicyAnswer> {
  return verifier.simulatePolicy(asked);
}

/** Whom a version of the policy would affect, over the whole directory. */
export async function comparePolicy(asked: ComparePolicyAsked): Promise<ComparePolicyAnswer> {
  return surveyor.comparePolicy(asked);
}

/** A key that its owner removes. */
export async function dropPasskey(asked: DeedAsked): Promise<PasskeyAnswer> {
  return verifier.removePasskey(asked);
}

/** What somebody signed in to My factors does about a factor of theirs. */
export async function changeFactor(asked: DeedAsked): Promise<FactorAnswer> {
  return verifier.changeFactor(asked);
}

/** Somebody signed in to My factors vouches for the person beside them. */
export async function vouch(asked: DeedAsked): Promise<VouchAnswer> {
  return verifier.vouch(asked);
}

/** Decisions that somebody signed in to the console hands over. */
export async function delegate(asked: DeedAsked): Promise<DelegationAnswer> {
  return verifier.storeDelegation(asked);
}

/** A delegation that ends before its time. */
export async function undelegate(asked: DeedAsked): Promise<DelegationAnswer> {
  return verifier.endDelegation(asked);
}

/** One security officer proposes an act that needs two. */
export async function proposeJointAct(asked: DeedAsked): Promise<JointActAnswer> {
  return verifier.proposeJointAct(asked);
}

/** Somebody who took no part in a reset closes the review of its break-glass. */
export async function closeReview(asked: DeedAsked): Promise<ReviewAnswer> {
  return verifier.closeReview(asked);
}

/** Another one confirms it. */
export async function confirmJointAct(asked: DeedAsked): Promise<JointActAnswer> {
  return verifier.confirmJointAct(asked);
}

/** Letters of a campaign, or its end. */
export async function campaignDeed(asked: DeedAsked): Promise<CampaignAnswer> {
  return reader.campaignDeed(asked);
}

/** A ticket for a device, its approval or its end. */
export async function deviceDeed(asked: DeviceDeedAsked): Promise<DeviceDeedAnswer> {
  return verifier.deviceDeed(asked);
}

/** A device that shows its ticket. */
export async function enrolDevice(asked: EnrolDeviceAsked): Promise<EnrolDeviceAnswer> {
  return verifier.enrolDevice(asked);
}
