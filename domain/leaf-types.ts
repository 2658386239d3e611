/**
 * Every kind of leaf, with why it is recorded (NIST SP 800-53 AU-2). A type that is not here cannot be written; a test
 * walks this table and finds for each row the code that writes it.
 */
export const LEAF_TYPES = {
  'reset.requested': 'somebody named an account',
  'reset.state': 'the reset moved to another state',
  'reset.refused': 'the reset ended with a no',
  'account.claimed': 'a proven reset took its account, so that no other may',
  'account.released': 'the reset let its account go',
  'reset.superseded': 'a newer equally proven reset took the account over',
  'step.unavailable': 'a step got no answer in time from the process that serves it',
  'reset.not-now': 'a message came that the state does not allow',
  'reset.admission-refused': 'requests beyond the limits, one leaf per source and minute with their count',
  'proof.checked': 'a proof was accepted or refused',
  'factor.checked': 'a factor was accepted or refused',
  'resume.checked': 'the claimant came back with reference and factor, or tried to',
  'approval.requested': 'the stages were opened with their eligible approvers',
  'approval.decided': 'an approver approved or denied',
  'approval.refused': 'a decision did not count, and why',
  'approval.expired': 'nobody decided in time',
  'password.chosen': 'a password was sealed to the writer (digest of the sealed value only)',
  'password.erased': 'a sealed password was erased by its time, unset',
  'password.refused': 'the chosen password broke a rule',
  intent: 'what the writer is about to be asked, with the statements it rests on',
  'write.started': 'the writer is about to change the directory',
  'write.result': 'what the directory answered, or that nobody can tell',
  'write.refused': 'the writer refused by its own check',
  'write.verified': 'the new password was bound at the controller written to',
  'write.settled': 'the sweep found out what became of a lone start',
  'notice.created': 'a device was told, or a person has to be told by hand',
  'sign-in.password': 'a console sign-in passed or failed its first step',
  'sign-in.factor': 'a console sign-in passed or failed its second step',
  'sign-in.ended': 'somebody signed out',
  'code.issued': 'the help desk issued a code after checking a person',
  'code.refused': 'a code was not issued, and why',
  'authenticator.enrolled': 'a factor or recovery codes were enrolled',
  'device.added': 'a device was made known for an account',
  'access.refused': 'a signed-in person asked for what their roles do not include',
  'audit.read': 'somebody read or exported the audit stream',
  'policy.loaded': 'a policy version was loaded or put in force',
  'key.added': 'a new key was added to the ring of every process that holds it',
  'process.started': 'a process of the product started',
  'process.stopped': 'a process of the product stopped in order',
} as const;

export type LeafType = keyof typeof LEAF_TYPES;
export type LeafOutcome = 'success' | 'failure' | 'denied' | 'expired' | 'unknown' | 'started';
