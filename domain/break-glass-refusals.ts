/** The part of the vocabulary of "no" (refusals.ts) that is about break-glass and its reviews. */
export const BREAK_GLASS_REFUSALS = {
  'break-glass-not-allowed': {
    status: 403,
    words: 'The rule of this reset does not allow break-glass, so only its approvers can let it go on.',
  },
  'break-glass-closed': {
    status: 409,
    words: 'This reset waits neither for approval nor for witnesses just now, so break-glass would change nothing.',
  },
  'break-glass-over': {
    status: 410,
    words: 'The time within which both security officers sign and the password is set has run out. They would have to sign anew.',
  },
  'break-glass-differs': {
    status: 409,
    words: 'The other security officer signed something else about the witnesses. Load the page again and sign what it shows now.',
  },
  'review-third-person': {
    status: 403,
    words: 'You took part in this reset yourself, so somebody else has to close its review.',
  },
  'review-closed': { status: 409, words: 'This review is closed already. Its finding stands on the page.' },
  'review-too-early': {
    status: 409,
    words: 'The reset is still under way under break-glass, so there is no end to judge yet. Look again when it has ended.',
  },
} as const satisfies Record<string, { status: number; words: string }>;
