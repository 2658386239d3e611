/** Why nothing was changed about somebody's own factors: read by that person on the page of their factors. */
export const FACTOR_REFUSALS = {
  'factor-too-weak': {
    status: 403,
    words:
      'What you confirmed with is weaker than what you want to change, so nothing was changed. Confirm with something at least as strong, or speak to the help desk.',
  },
  'ticket-not-accepted': {
    status: 422,
    words:
      'The code from the help desk was not accepted. Each works once and for a short time. Check what you typed, or ask the help desk for a new one.',
  },
  'letter-not-accepted': {
    status: 422,
    words:
      'The code from your letter was not accepted. It works once, for your own account only, and until the day that stands on the letter. Check what you typed, or ask the help desk for another way.',
  },
  'letter-first-only': {
    status: 403,
    words:
      'The code from the letter sets up a first app only, and you have, or once had, something to sign in with. Sign in with what you have, or speak to the help desk.',
  },
  'first-app-refused': {
    status: 403,
    words:
      'Your app was not set up. With the password alone that is possible for some new people only, at some places and hours, and with the right password. Check the password and try again once. If that does not help, use a letter or go to the help desk with an identity document.',
  },
  'app-code-not-accepted': {
    status: 422,
    words:
      'The digits from the new app were not accepted, so it was not added. Wait for its next digits and try again. If it happens again, set the clock of your phone to automatic.',
  },
  'app-known': { status: 409, words: 'This app was added already. Go back to your factors: it is in the list.' },
  'too-many-apps': { status: 409, words: 'You have three apps, which is the most. Replace or remove one, then try again.' },
  'last-factor': {
    status: 409,
    words:
      'This is the only thing that makes codes for you, so it was not removed: nothing would let you in again. Replace it instead. If it is lost or stolen, tell the help desk now.',
  },
  'factor-frozen': {
    status: 409,
    words:
      'It is frozen already and counts nowhere. Go to the help desk with an identity document: with their code you say what is to become of it.',
  },
  'objection-over': {
    status: 403,
    words:
      'Your password alone freezes only what was added within the last thirty days and was not looked at by the help desk before. Sign in with a factor that you still have, or tell the help desk now.',
  },
  'factor-too-new': {
    status: 403,
    words:
      'Your authenticator was added or replaced a short time ago, and your account is one that it may not reset yet. Your password is unchanged. Try again tomorrow, or speak to the help desk. If it was not you who changed the authenticator, tell the help desk now.',
  },
  'factor-revoked': {
    status: 403,
    words:
      'The authenticator or card that you used for this reset was removed, replaced or revoked since then, so this reset has stopped. Your password is unchanged. Start again with the one that you have now. If you did not know of that, tell the help desk now.',
  },
} as const;
