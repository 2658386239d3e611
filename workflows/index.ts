/** The bundle's entry: every workflow of the product. */
export { passwordReset } from './password-reset.ts';
export { sealHistories } from './seal-histories.ts';
export { addPasskey, delegate, dropPasskey, enrol, issueCode, learnOutcome, signIn, signInFactor, undelegate } from './console.ts';
