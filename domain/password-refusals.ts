/** Why a password is not taken, or none at all. */
export const PASSWORD_REFUSALS = {
  'password-refused': { status: 422, words: 'That password cannot be used. The reasons are listed; choose another one.' },
  'too-many-passwords': {
    status: 403,
    words:
      'Too many passwords were refused, so this reset has ended. Your password is unchanged. Start again, or ask the help desk which rules apply.',
  },
  'password-expired': {
    status: 409,
    words: 'It took too long before the password could be set, and it was erased. Please choose it again.',
  },
  'banned-list-unusable': {
    status: 503,
    words:
      'No new password can be taken just now, because the list of banned passwords is missing, damaged or too old. Your reset stays open and nothing was changed. Tell the help desk that the list has to be brought again, then choose your password.',
  },
} as const satisfies Record<string, { status: number; words: string }>;
