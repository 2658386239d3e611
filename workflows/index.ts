/** The bundle's entry: every workflow of the product. */
export { passwordReset } from './password-reset.ts';
export { sealHistories } from './seal-histories.ts';
export { addPasskey, dropPasskey, enrol, issueCode, learnOutcome, signIn, signInFactor } from './console.ts';
