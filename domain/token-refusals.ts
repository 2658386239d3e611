/** The part of the vocabulary of "no" (refusals.ts) that is about hardware tokens. */
export const TOKEN_REFUSALS = {
  'token-file-refused': { status: 422, words: 'This file of tokens cannot be taken. What is wrong with it is said beside.' },
  'token-import-closed': {
    status: 409,
    words: 'This file does not wait for a second person any more: its tokens were taken, or a day has passed. Bring it again.',
  },
  'token-second-person': { status: 403, words: 'You brought this file yourself, so another person has to bring its key.' },
  'token-digest-wrong': {
    status: 422,
    words: 'The file that waits has another SHA-256 than the one you typed. Compare it with what the supplier sent you by another way.',
  },
  'token-not-found': {
    status: 404,
    words: 'No token has this serial number. Check it on the back of the token, or look it up with countersign token list.',
  },
  'token-several': { status: 409, words: 'Several makers have a token with this serial number. Name the maker too: --maker <name>.' },
  'token-not-in-stock': { status: 409, words: 'This token is not in stock. Take another one, or look it up with countersign token list.' },
  'token-not-assigned': {
    status: 409,
    words: 'Nobody holds this token, so there is nothing to change. Look it up with countersign token list.',
  },
  'token-held-already': {
    status: 409,
    words: 'This account holds a token already. Report the old one as lost or returned first, then assign the new one.',
  },
  'token-codes-wrong': {
    status: 422,
    words:
      'These are not two codes of this token that follow each other. Take two fresh ones, one directly after the other, and try again.',
  },
  'token-holder-refused': {
    status: 422,
    words: 'No token can be given to that account here. Check the name; service and system accounts are not served.',
  },
  'token-holder-not-shown': {
    status: 422,
    words:
      'What the holder showed was not accepted: a fresh code of the authenticator they have, or a recovery code that was not used. Each works once.',
  },
  'token-for-oneself': { status: 403, words: 'Nobody assigns or resynchronises a token of their own. Ask a colleague to do it with you.' },
} as const satisfies Record<string, { status: number; words: string }>;
