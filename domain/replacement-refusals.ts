/** Why lost factors are not replaced: said to the claimant, and to whose account it is when they object. */
export const REPLACEMENT_REFUSALS = {
  'replacement-waits': {
    status: 409,
    words: 'The wait before your factors can be replaced is not over yet. Come back at the time that the page shows. Nothing is lost.',
  },
  'return-needed': {
    status: 409,
    words:
      'Too much time has passed since you showed a fresh code, so nothing was changed. Ask the help desk for another one, then come back with it and your reference.',
  },
  'replacement-objected': {
    status: 403,
    words:
      'The person whose account this is has said that they did not ask for this, so it has ended, and nothing was changed. If that was not you, go to the help desk with an identity document.',
  },
  'objection-too-late': {
    status: 409,
    words:
      'There is nothing left to stop here: it has ended, or the factors are replaced already. If it was not you, call the help desk at once.',
  },
} as const satisfies Record<string, { status: number; words: string }>;
