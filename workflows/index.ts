/** The bundle's entry: every workflow of the product. */
export { passwordReset } from './password-reset.ts';
export { sealHistories } from './seal-histories.ts';
export {
  addPasskey,
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
  tokenDeed,
  undelegate,
} from './console.ts';
