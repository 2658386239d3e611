import type { LeafType } from './leaf-types.ts';

/** What each kind of leaf says to a person, by its outcome where that changes the sentence. */
export const TIMELINE_WORDS: Readonly<Record<LeafType, string | Readonly<Record<string, string>>>> = {
  'reset.requested': 'An account was named and the reset began',
  'reset.state': 'The reset moved on',
  'reset.refused': { expired: 'The reset expired', other: 'The reset ended with a no' },
  'account.claimed': 'The reset took its account',
  'account.released': 'The reset let its account go',
  'reset.superseded': { success: 'It took the place of an older reset of this account', other: 'A newer reset took the account over' },
  'step.unavailable': 'A part of the service did not answer in time; the step can be tried again',
  'reset.not-now': 'Something was sent that was not open at that moment',
  'reset.admission-refused': 'Requests beyond the limits were turned away',
  'proof.checked': { success: 'The proof was accepted', other: 'The proof was not accepted' },
  'factor.checked': { success: 'The factor was accepted', other: 'The factor was not accepted' },
  'resume.checked': { success: 'The claimant came back', other: 'Somebody tried to come back and was not accepted' },
  'approval.requested': { success: 'Approval was asked for', other: 'Nobody could approve' },
  'approval.reminded': 'The approvers were reminded',
  'approval.escalated': { success: 'More people may decide now', other: 'The policy named nobody more' },
  'approval.decided': { success: 'An approver approved', denied: 'An approver denied', other: 'An approver decided' },
  'approval.refused': 'A decision did not count',
  'approval.expired': 'Nobody decided in time',
  'reset.locked': 'A security officer locked the reset',
  'reset.lock-refused': 'A lock did not count',
  'break-glass.signed': 'A security officer signed break-glass',
  'break-glass.refused': 'A signature under break-glass did not count',
  'review.opened': 'A review was opened: a third person has to look at this reset',
  'review.closed': 'A third person closed the review',
  'review.refused': 'A review was not closed',
  'joint-act.proposed': 'A security officer proposed what two of them do together',
  'joint-act.confirmed': 'Two security officers did it together',
  'joint-act.refused': 'An officer’s proposal or confirmation did not count',
  'joint-act.expired': 'No second officer confirmed a proposal in time',
  'alarm.raised': 'Officers and administrators were alarmed',
  'alarm.acknowledged': 'Somebody acknowledged an alarm',
  'password.chosen': 'A new password was chosen and sealed to the writer',
  'password.erased': 'The chosen password was erased before it could be set',
  'password.refused': 'The chosen password was not accepted',
  intent: 'The write was committed to',
  'write.started': 'The writer is changing the directory',
  'write.result': {
    success: 'The directory made the change',
    unknown: 'The directory did not say whether it made the change',
    other: 'The directory refused the change',
  },
  'write.refused': 'The writer refused by its own check',
  'write.verified': { success: 'The new password was tried at the directory and works', other: 'The new password could not be confirmed' },
  'write.settled': 'What became of an unfinished write was found out',
  'notice.created': 'A device has to be told by hand',
  'message.sent': { success: 'Somebody was told', other: 'Somebody could not be told' },
  'message.read': 'Somebody read what they were told',
  'sign-in.password': { success: 'The first step of a sign-in passed', other: 'The first step of a sign-in failed' },
  'sign-in.factor': { success: 'Somebody signed in', other: 'The second step of a sign-in failed' },
  'sign-in.ended': { success: 'Somebody signed out', other: 'A session ended by its time' },
  'code.issued': 'The help desk issued a code',
  'code.refused': 'A code was not issued',
  'authenticator.enrolled': 'A factor or recovery codes were enrolled',
  'authenticator.removed': { success: 'A factor was removed', other: 'A factor was not removed' },
  'authenticator.renamed': { success: 'A factor was given another name', other: 'A factor was not given another name' },
  'token-import.brought': 'A file of tokens was brought',
  'token-import.confirmed': 'A second person brought the key, and the tokens are in stock',
  'token-import.refused': 'A file of tokens or its key was not taken',
  'token-import.expired': 'Nobody brought the key of a file of tokens in time',
  'token.resynced': { success: 'A token was resynchronised', other: 'A token was not resynchronised' },
  'enrolment.refused': 'An enrolment was not made',
  'delegation.made': 'Somebody let another person decide in their place',
  'delegation.withdrawn': { success: 'A delegation was ended before its time', other: 'A delegation was not ended' },
  'delegation.refused': 'A delegation was not made',
  'device.added': 'A device was made known',
  'access.refused': 'Somebody asked for what their roles do not include',
  'audit.read': 'Evidence was read for an audit',
  'openings.erased': 'Personal data was erased',
  'policy.compared': { success: 'A policy was compared over the whole directory', other: 'A comparison was stopped' },
  'policy.simulated': { success: 'A policy was tried on one account', other: 'A policy was tried on a name that no account has' },
  'policy.loaded': 'The operator put a policy in force',
  'policy.drafted': 'A policy was drafted',
  'policy.published': 'A policy was published',
  'policy.refused': 'A policy was not accepted',
  'key.added': 'A new key was added',
  'key.rotated': 'A key took the place of another',
  'witness.seen': { success: 'A witness cosigns again', other: 'A witness does not cosign' },
  'quorum.lost': 'Too few witnesses cosign; nothing is written meanwhile',
  'quorum.back': 'Enough witnesses cosign again',
  'history.sealed': { success: 'The history was archived and sealed', other: 'The history was gone before it could be archived' },
  'process.started': 'A process started',
  'process.stopped': 'A process stopped in order',
  'process.lost': 'A process was found to have ended without stopping in order',
  'clock.tracking': { success: 'The clock of a host is kept right', other: 'Nothing is known to keep the clock of a host right' },
  'clock.stepped': 'The clock of a host was moved',
};

/** States in words, for moves of a reset. */
export const STATE_WORDS: Readonly<Record<string, string>> = {
  proving: 'Waits for the proof',
  'checking-factor': 'Waits for the factor',
  'awaiting-approval': 'Waits for approval',
  'choosing-password': 'Waits for the new password',
  writing: 'The password is being written',
  verifying: 'The new password is being tried',
  notifying: 'Devices are being told',
  done: 'Done',
  refused: 'Refused',
  expired: 'Expired',
  cancelled: 'Cancelled by the claimant',
};

/** What a leaf says in a few words. A type that this release does not know, from an older or a newer one, speaks for itself. */
export function titleOf(type: string, outcome: string, state: string | undefined): string {
  if (type === 'reset.state' && state !== undefined) return wordsOf(STATE_WORDS, state) ?? state;
  const words = wordsOf(TIMELINE_WORDS, type);
  if (words === undefined || typeof words === 'string') return words ?? type;
  return wordsOf(words, outcome) ?? words['other'] ?? type;
}

/** What the table itself says: a leaf may hold any text, also the name of something that every object has. */
function wordsOf<Words>(table: Readonly<Record<string, Words>>, name: string): Words | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
