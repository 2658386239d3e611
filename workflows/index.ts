/** The bundle's entry: every workflow of the product. */
export { deviceNotices } from './device-notices.ts';
export { passwordReset } from './password-reset.ts';
export { sealHistories } from './seal-histories.ts';
export { sendMails } from './send-mails.ts';
export { tellPeople } from './tell-people.ts';
export { watchAccount } from './watch-account.ts';
export {
  addPasskey,
  campaignDeed,
  changeFactor,
  closeReview,
  comparePolicy,
  confirmJointAct,
  delegate,
  deviceDeed,
  dropPasskey,
  enrol,
  enrolDevice,
  issueCode,
  learnOutcome,
  proposeJointAct,
  signIn,
  signInFactor,
  signPolicy,
  simulatePolicy,
  tokenDeed,
  undelegate,
  vouch,
} from './console.ts';
