/** The part of the vocabulary of "no" (refusals.ts) that is about deciding in the place of another. */
export const DELEGATION_REFUSALS = {
  'delegate-not-found': { status: 422, words: 'Nobody can decide in the place of another under that name. Check the name of the account.' },
  'delegation-to-self': {
    status: 403,
    words: 'Nobody stands in for themselves, whichever of their accounts they name. Name another person.',
  },
  'delegation-dates': {
    status: 422,
    words: 'A delegation ends after it begins, ends in the future, and begins within a year. Correct the two dates.',
  },
  'delegation-too-long': {
    status: 422,
    words: 'A delegation lasts 90 days at most. Choose an earlier end; you can make another one later.',
  },
  'delegation-about-delegate': {
    status: 403,
    words:
      'Nobody decides about their own account, so decisions about the account of the person who would take them cannot be handed over.',
  },
  'delegate-cannot-decide': {
    status: 422,
    words: 'That person cannot approve here: their account is not active, or they do not have the role of an approver. Name somebody else.',
  },
  'delegate-is-away': {
    status: 409,
    words:
      'That person has handed over their own decisions for a part of that time, so they are away themselves. Name somebody else, or choose other dates.',
  },
  'delegation-chain': {
    status: 409,
    words:
      'Whoever hands over here stands in for somebody for a part of that time, and what was handed to them cannot be passed on. They can decline that delegation first; or choose other dates.',
  },
  'too-many-delegations': {
    status: 409,
    words:
      'Whoever hands over here has twenty delegations that are not over yet, which is the most. One that is no longer needed has to be withdrawn first.',
  },
  'delegation-too-soon': {
    status: 403,
    words:
      'Your own password was reset, or your key or authenticator was replaced, within the last day. You can delegate when a day has passed.',
  },
  'delegator-not-found': { status: 422, words: 'Nobody is known under the name of the person who is away. Check the name of the account.' },
  'delegator-cannot-decide': {
    status: 422,
    words:
      'The person who is away cannot approve here: their account is not active, or they do not have the role of an approver. So there is nothing to hand over.',
  },
  'officer-is-delegator': {
    status: 403,
    words: 'Nobody makes a delegation of their own in this way. Hand over your decisions yourself, on the page Delegations.',
  },
  'officer-is-delegate': {
    status: 403,
    words:
      'Nobody gives themselves the right to decide: the person who would take the decisions is one of the two officers. Name somebody else.',
  },
  'officer-is-claimant': {
    status: 403,
    words: 'Nobody chooses who decides about their own account: one of the accounts that you named is that of one of the two officers.',
  },
  'made-for-oneself': {
    status: 403,
    words:
      'One of the two security officers who made this delegation is the person whose account it is about, or one of those between whom it was made. It does not count here; somebody else has to decide.',
  },
  'scope-not-found': {
    status: 422,
    words: 'One of the groups, units or accounts that you named is not in the directory, so nothing was handed over. Check the names.',
  },
  'delegation-over': {
    status: 403,
    words:
      'The delegation under which you would decide has ended, was withdrawn, or is not about this account, so you cannot decide under it.',
  },
  'delegation-too-weak': {
    status: 403,
    words:
      'The delegation was confirmed with a one-time code, and this account needs a security key. Ask the person to make it again with their key.',
  },
  'delegator-conflict': {
    status: 403,
    words:
      'The person in whose place you would decide may not decide here: it is their own account, they issued a code for it, or their decision counts already.',
  },
  'delegator-no-approver': {
    status: 403,
    words: 'The person in whose place you would decide is not, or was not when it was asked for, one of those who may decide this stage.',
  },
  'delegator-not-now': {
    status: 403,
    words:
      'The person in whose place you would decide cannot decide now: their account is not active, or they were reset or given another key within the last day.',
  },
  'decide-as-yourself': {
    status: 409,
    words:
      'You may decide this stage yourself, so you do not decide it in the place of another. Load the page again and decide as yourself.',
  },
} as const satisfies Record<string, { status: number; words: string }>;
