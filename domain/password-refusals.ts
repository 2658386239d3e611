/** Why no password is taken at all, whatever was typed. */
export const PASSWORD_REFUSALS = {
  'banned-list-unusable': {
    status: 503,
    words:
      'No new password can be taken just now, because the list of banned passwords is missing, damaged or too old. Your reset stays open and nothing was changed. Tell the help desk that the list has to be brought again, then choose your password.',
  },
} as const satisfies Record<string, { status: number; words: string }>;
