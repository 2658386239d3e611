/** What somebody who answers for another may not do, and whose word does not count: read by them, and by the claimant when a vouching was void at the write. */
export const VOUCH_REFUSALS = {
  'vouch-not-open': {
    status: 422,
    words:
      'No open request has this account and this request code together, or it takes nobody’s word. Compare both with the screen of the person beside you. If they go on with another way, you are not needed.',
  },
  'vouch-for-oneself': { status: 403, words: 'Nobody vouches for themselves, whichever of their accounts they use.' },
  'not-a-voucher': {
    status: 403,
    words: 'You are not one of the people who may vouch for this person. The help desk can tell who is.',
  },
  'voucher-not-yet': {
    status: 403,
    words: 'Your own password or your own factors were changed within the last day, so somebody else has to vouch.',
  },
  'issued-the-code': {
    status: 403,
    words: 'You issued a code used in this reset, or vouched for the person, so somebody else has to decide.',
  },
  'vouch-void': {
    status: 403,
    words:
      'The colleague who vouched for you may not do so any more, for example because their account was closed, so this reset has stopped. Your password is unchanged. Start again, and ask another colleague or the help desk.',
  },
} as const satisfies Record<string, { status: number; words: string }>;
