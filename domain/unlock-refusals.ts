/** Why an account is not unlocked: said to the claimant, who knows the password or thinks so. */
export const UNLOCK_REFUSALS = {
  'not-locked': {
    status: 409,
    words:
      'Your account is not locked, so there is nothing to unlock, and nothing was changed. If you know your password, sign in with it; if it is not accepted, you need a new one.',
  },
  'locked-again': {
    status: 409,
    words:
      'Your account was locked again right away: something keeps trying a wrong password. Look for a phone, a mapped drive or a saved password that is out of date, then start again or speak to the help desk. Your password is unchanged.',
  },
  'unlock-unknown': {
    status: 503,
    words:
      'The directory did not say whether your account was unlocked. Try to sign in with the password you have; if it does not work, start again or speak to the help desk.',
  },
  'operation-not-allowed': {
    status: 403,
    words: 'This may not be done to your kind of account here, so nothing was changed. Please speak to the help desk.',
  },
} as const satisfies Record<string, { status: number; words: string }>;
