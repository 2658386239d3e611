/** The bundle's entry: every workflow of the product. */
export { passwordReset } from './password-reset.ts';
export { sealHistories } from './seal-histories.ts';
export { sendMails } from './send-mails.ts';
export { tellPeople } from './tell-people.ts';
export {
  addPasskey,
  campaignDeed,
  changeFactor,
  closeReview,
  comparePolicy,
  confirmJointAct,
  delegate,
  dropPasskey,
  enrol,
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
