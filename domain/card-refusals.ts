/** What a person reads of a smart card that does not count: one that signed a decision, or one that a claimant showed. One row an outcome; which check failed stands in the leaf. */
export const CARD_REFUSALS = {
  'card-not-taken': {
    status: 403,
    words: 'Decisions about this account are not taken by smart card. Use your security key.',
  },
  'card-not-set-up': {
    status: 403,
    words: 'This site has not been told yet whose smart cards count. Confirm in another way, or ask the operator.',
  },
  'card-ceremony-over': {
    status: 409,
    words: 'It took longer than fifteen minutes, or this was sent before, so nothing was recorded. Start again from the page.',
  },
  'card-ticket-over': {
    status: 409,
    words:
      'What your card showed counts once and for two minutes, and that is over. Your card is all right: choose “Use your smart card” once more.',
  },
  'card-not-accepted': {
    status: 422,
    words:
      'What the card signed is not this decision, so nothing was recorded. Start again from the page, and give back what was made from the file that it gives you now.',
  },
  'card-out-of-date': {
    status: 403,
    words:
      'The certificate on your card is not valid today. Ask whoever issues your cards for a new one; until then confirm in another way.',
  },
  'card-too-weak': {
    status: 403,
    words: 'The certificate on your card is made in a way that can be forged today. Ask whoever issues your cards for a new one.',
  },
  'card-wrong-purpose': {
    status: 403,
    words: 'This certificate was not issued for signing in with a card. If your card holds several, choose the one for signing in.',
  },
  'card-wrong-issuer': {
    status: 403,
    words: 'Cards of this issuer do not count here. Use the card that the bank gave you for signing in.',
  },
  'card-revoked': {
    status: 403,
    words: 'Your card has been revoked, so it counts for nothing any more. If you did not know that, speak to the security office now.',
  },
  'card-not-checkable': {
    status: 503,
    words:
      'Whether your card was revoked cannot be known just now, so it does not count. Confirm in another way, or have the operator bring the revocation lists up to date.',
  },
  'card-not-yours': {
    status: 403,
    words:
      'The directory does not tie this card to your account by anything that is yours alone; a name on the card is not enough. Ask whoever issues your cards to map it.',
  },
  'card-of-two': {
    status: 403,
    words:
      'The directory ties this card to more than one account, so it counts for nobody. Ask the directory administrators to correct that.',
  },
} as const satisfies Record<string, { status: number; words: string }>;

export type CardRefusal = keyof typeof CARD_REFUSALS;

/** The refusal that a person reads for each fault of evidence/certificate-path.ts and domain/account-mapping.ts. */
export const REFUSAL_OF_CARD_FAULT = {
  'not-yet-valid': 'card-out-of-date',
  expired: 'card-out-of-date',
  weak: 'card-too-weak',
  usage: 'card-wrong-purpose',
  purpose: 'card-wrong-purpose',
  'not-understood': 'card-wrong-purpose',
  issuer: 'card-wrong-issuer',
  path: 'card-wrong-issuer',
  revoked: 'card-revoked',
  'no-list': 'card-not-checkable',
  'list-expired': 'card-not-checkable',
  'not-mapped': 'card-not-yours',
  'mapped-elsewhere': 'card-not-yours',
  'mapped-twice': 'card-of-two',
} as const satisfies Record<string, CardRefusal>;
