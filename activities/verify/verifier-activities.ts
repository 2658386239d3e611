import type { VerifierActivities, VerifierConsoleActivities } from '#activities/contract.ts';
import { breakGlass } from './break-glass.ts';
import { campaignDeed } from './campaign-deed.ts';
import { changeFactor } from './change-factor.ts';
import { chooseOperation, lookForLock } from './choose-operation.ts';
import { checkFactor } from './check-factor.ts';
import { checkProof } from './check-proof.ts';
import { checkReturn } from './check-return.ts';
import { confirmDecision } from './confirm-decision.ts';
import { confirmLock } from './confirm-lock.ts';
import { confirmObjection } from './confirm-objection.ts';
import { beginCoolingOff } from './cooling-off.ts';
import type { VerifierDeps } from './deps.ts';
import { endDelegation } from './end-delegation.ts';
import { escalateApprovals } from './escalate-approvals.ts';
import { deviceDeed } from './device-deed.ts';
import { enrolDevice } from './enrol-device.ts';
import { acknowledgeNotice } from './acknowledge-notice.ts';
import { expireNotices } from './leave-notices.ts';
import { makeNotices } from './make-notices.ts';
import { storeDelegation } from './make-delegation.ts';
import { requestApprovals } from './request-approvals.ts';
import { storeEnrolment } from './enrol.ts';
import { factorsStand } from './factors-stand.ts';
import { identify } from './identify.ts';
import { confirmJointAct, proposeJointAct } from './joint-acts.ts';
import { storeIssuedCode } from './issue-code.ts';
import { comparePolicy } from './compare-policy.ts';
import { loseFactors } from './lose-factors.ts';
import { policyDeed } from './policy-deed.ts';
import { registerPasskey } from './register-passkey.ts';
import { removePasskey } from './remove-passkey.ts';
import { replaceFactors } from './replace-factors.ts';
import { tell } from './tell.ts';
import { tellDevices } from './tell-devices.ts';
import { tellOfFactors } from './tell-of-factors.ts';
import { tokenDeed } from './token-deed.ts';
import { simulatePolicy } from './simulate-policy.ts';
import { closeReview } from './reviews.ts';
import { checkSignInFactor, checkSignInPassword } from './sign-in.ts';
import { watchArrivalNear } from './watch-arrival.ts';
import { endWatch, lookAtTries } from './watch-account.ts';
import { vouch } from './vouch.ts';

/** Everything that is served on the queues `verify` and `approvals`. Each is safe to repeat: a second call finds the first one's outcome. */
export function createVerifierActivities(deps: VerifierDeps): VerifierActivities & VerifierConsoleActivities {
  return {
    identify: (asked) => identify(deps, asked),
    checkProof: (asked) => checkProof(deps, asked),
    checkFactor: (asked) => checkFactor(deps, asked),
    loseFactors: (asked) => loseFactors(deps, asked),
    beginCoolingOff: (asked) => beginCoolingOff(deps, asked),
    confirmObjection: (asked) => confirmObjection(deps, asked),
    replaceFactors: (asked) => replaceFactors(deps, asked),
    factorsStand: (asked) => factorsStand(deps, asked),
    lookForLock: (asked) => lookForLock(deps, asked),
    chooseOperation: (asked) => chooseOperation(deps, asked),
    requestApprovals: (asked) => requestApprovals(deps, asked),
    escalateApprovals: (asked) => escalateApprovals(deps, asked),
    tell: (asked) => ('factors' in asked ? tellOfFactors(deps, asked) : tell(deps, asked)),
    confirmDecision: (asked) => confirmDecision(deps, asked),
    confirmLock: (asked) => confirmLock(deps, asked),
    breakGlass: (asked) => breakGlass(deps, asked),
    closeReview: (asked) => closeReview(deps, asked),
    checkSignInPassword: (asked) => checkSignInPassword(deps, asked),
    checkSignInFactor: (asked) => checkSignInFactor(deps, asked),
    checkReturn: (asked) => checkReturn(deps, asked),
    storeIssuedCode: (asked) => storeIssuedCode(deps, asked),
    policyDeed: (asked) => policyDeed(deps, asked),
    simulatePolicy: (asked) => simulatePolicy(deps, asked),
    comparePolicy: (asked) => comparePolicy(deps, asked),
    storeEnrolment: (asked) => storeEnrolment(deps, asked),
    tokenDeed: (asked) => tokenDeed(deps, asked),
    storeDelegation: (asked) => storeDelegation(deps, asked),
    endDelegation: (asked) => endDelegation(deps, asked),
    registerPasskey: (asked) => registerPasskey(deps, asked),
    removePasskey: (asked) => removePasskey(deps, asked),
    changeFactor: (asked) => changeFactor(deps, asked),
    vouch: (asked) => vouch(deps, asked),
    proposeJointAct: (asked) => proposeJointAct(deps, asked),
    confirmJointAct: (asked) => confirmJointAct(deps, asked),
    campaignDeed: (asked) => campaignDeed(deps, asked),
    deviceDeed: (asked) => deviceDeed(deps, asked),
    enrolDevice: (asked) => enrolDevice(deps, asked),
    makeNotices: (asked) => ('factors' in asked ? tellDevices(deps, asked.factors) : makeNotices(deps, asked)),
    acknowledgeNotice: (asked) => acknowledgeNotice(deps, asked),
    expireNotices: (asked) => expireNotices(deps, asked),
    lookAtTries: (asked) => lookAtTries(deps, asked),
    endWatch: (asked) => endWatch(deps, asked),
    watchArrivalNear: (asked) => watchArrivalNear(deps, asked),
    watchArrival: ({ account, stamp, controller }) => deps.arrivals.look(account, stamp, controller),
  };
}
