import { CAMPAIGN_REFUSALS } from './campaign-refusals.ts';
import { CARD_REFUSALS } from './card-refusals.ts';
import { DELEGATION_REFUSALS } from './delegation-refusals.ts';
import { DEVICE_REFUSALS } from './device-refusals.ts';
import { BREAK_GLASS_REFUSALS } from './break-glass-refusals.ts';
import { FACTOR_REFUSALS } from './factor-refusals.ts';
import { PASSKEY_REFUSALS } from './passkey-refusals.ts';
import { PASSWORD_REFUSALS } from './password-refusals.ts';
import { POLICY_REFUSALS } from './policy-refusals.ts';
import { REPLACEMENT_REFUSALS } from './replacement-refusals.ts';
import { TOKEN_REFUSALS } from './token-refusals.ts';
import { UNLOCK_REFUSALS } from './unlock-refusals.ts';
import { VOUCH_REFUSALS } from './vouch-refusals.ts';

/**
 * The whole vocabulary of "no". One row a refusal: the HTTP status, and the words that the person in front of the
 * screen reads: what happened and what to do. A code, once released, keeps its meaning. Nothing in these words tells
 * whether an account exists: what is specific to an account stands only behind proof and factor.
 */
export const REFUSALS = {
  'bad-request': { status: 400, words: 'The request is not understood. Check the fields that are named and send it again.' },
  'too-large': { status: 413, words: 'The request is too large. Nothing here needs more than 16 kB.' },
  'not-found': { status: 404, words: 'There is nothing at this address.' },
  'not-allowed-here': { status: 405, words: 'This address does not take that kind of request.' },
  'wrong-media-type': { status: 415, words: 'Send the request as JSON (Content-Type: application/json).' },
  'missing-header': {
    status: 403,
    words: 'The request lacks the header X-Countersign: 1, which protects against forged requests from other sites.',
  },
  'wrong-origin': { status: 403, words: 'The request comes from another site and was not carried out.' },
  'form-expired': { status: 403, words: 'This form has expired. Load the page again and send it once more.' },
  'sign-in-needed': { status: 401, words: 'Please sign in.' },
  'sign-in-refused': {
    status: 401,
    words:
      'Sign-in was not accepted. Check account, password and code. If your account is locked or your password is lost, use the portal.',
  },
  'role-needed': { status: 403, words: 'Your roles do not include this. An administrator can tell you whom to ask.' },
  'wrong-browser': {
    status: 404,
    words: 'This browser does not hold that reset. Come back with the reference and a code from your authenticator.',
  },
  'too-many-requests': { status: 429, words: 'Too many requests. Please wait and try again.' },
  'site-busy': { status: 503, words: 'The site is very busy just now. Please try again in a few minutes, or call the help desk.' },
  'service-unavailable': {
    status: 503,
    words: 'A part of the service does not answer just now. Nothing was lost; please try again in a minute.',
  },
  incident: { status: 500, words: 'Something went wrong here, not with you. The help desk can find it by the number shown.' },
  'key-reused': { status: 422, words: 'This Idempotency-Key was used for another request. Use a new one.' },

  'proof-not-accepted': {
    status: 422,
    words:
      'That was not accepted. Check what you typed and try again. Each code works once; if you have used it, take another. A colleague has to vouch first, and then you say so here. Of a password only a few tries count; then wait, or show something else.',
  },
  'factor-not-accepted': {
    status: 422,
    words:
      'That code was not accepted. Wait for the next code in your authenticator and try again. If it happens again, set the clock of your phone to automatic.',
  },
  'not-accepted': {
    status: 403,
    words: 'We could not confirm that it is you, so this reset has ended. Start again, or go to the help desk with an identity document.',
  },
  'not-now': { status: 409, words: 'This step is not open now. The page shows what comes next.' },
  'reset-ended': { status: 409, words: 'This reset has ended. Start a new one if you still need it.' },
  'reset-expired': { status: 410, words: 'This reset was left for too long and has expired. Start a new one.' },
  'reset-cancelled': { status: 410, words: 'This reset was cancelled. Your password is unchanged.' },
  'resume-refused': {
    status: 422,
    words:
      'Reference and code were not accepted together. Check both, wait for the next code and try again. If you showed a security key or a smart card before, come back with one of those. If your reset ended long ago, or before you had shown who you are, start a new one, or ask the help desk with your reference.',
  },
  'intent-not-witnessed': {
    status: 409,
    words:
      'The change was stopped, since it was not in the evidence log as it has to be. Your password is unchanged. Please tell the help desk your reference.',
  },
  superseded: {
    status: 409,
    words:
      'A newer reset for this account has taken the place of this one. Your password was not changed here. If you did not start the newer one, tell the help desk now: somebody may be using your codes.',
  },
  'another-reset': {
    status: 409,
    words:
      'Another reset for this account is changing the password right now. Wait a minute and look whether your new password works. If you did not start the other one, tell the help desk now: somebody may be using your codes.',
  },

  'not-identified': {
    status: 503,
    words:
      'The service could not look up your account just now, so this reset has ended. Your password is unchanged. Start again in a few minutes.',
  },
  'account-disabled': {
    status: 403,
    words: 'Your account is disabled, so a new password would not let you in. Please speak to the help desk.',
  },
  'account-expired': {
    status: 403,
    words: 'Your account has passed its end date, so a new password would not let you in. Please speak to your manager.',
  },
  'smart-card-required': {
    status: 403,
    words:
      'Your account signs in with a smart card only, so a new password would not let you in, and none was set. Sign in with your card and its PIN. If the card is lost or broken, or its PIN is blocked, go to the help desk with an identity document: they unblock the card or give you another.',
  },
  'no-rule': { status: 403, words: 'This service may not reset your kind of account. Please speak to the help desk.' },
  'no-approver': {
    status: 403,
    words:
      'Nobody is recorded who could approve this for you, for example because the directory names no manager. Ask the security office to correct that, then start again.',
  },

  ...PASSWORD_REFUSALS,

  'approval-closed': { status: 409, words: 'This request is no longer open for a decision.' },
  'approval-denied': { status: 403, words: 'The request was not approved. Your password is unchanged. Please speak to your manager.' },
  'approval-expired': {
    status: 410,
    words: 'Nobody decided in time, so this reset has expired. Your password is unchanged. Start again, and tell your approver.',
  },
  'approval-void': {
    status: 403,
    words:
      'An approval of this reset no longer counted when the password was to be set, for example because the person who approved has changed roles. Your password is unchanged. Start again, and tell your manager that it has to be approved once more.',
  },
  'not-an-approver': { status: 403, words: 'You are not one of the people who may decide this stage.' },
  'eligible-too-late': {
    status: 403,
    words: 'You came to this role after the request was made, so somebody who held it before has to decide.',
  },
  'own-account': {
    status: 403,
    words:
      'This account is yours too: it has your employee number, is linked to an account of yours, or the policy says so. Nobody decides about themselves, whichever of their accounts they use.',
  },
  'already-decided': {
    status: 409,
    words: 'You have already decided on this reset. Each person counts once, however many stages or accounts they have.',
  },
  'recently-reset': { status: 403, words: 'Your own password was reset within the last day, so somebody else has to decide.' },
  'approver-not-active': { status: 403, words: 'Your account is disabled, locked or expired in the directory, so you cannot decide.' },
  'issuer-own-account': { status: 403, words: 'Nobody issues a code for their own account, whichever of their accounts they use.' },
  'account-not-served': {
    status: 422,
    words: 'No code can be issued for that account here. Check the name; service and system accounts are not served.',
  },

  'account-not-active': { status: 403, words: 'Your account is disabled, locked or expired in the directory, so nothing was changed.' },
  'codes-not-accepted': {
    status: 422,
    words:
      'The code from your authenticator and the recovery code were not accepted together, so no key was registered. Wait for the next code, take a recovery code that you have not used yet, and try again.',
  },
  'passkey-not-accepted': {
    status: 422,
    words:
      'The answer of the security key was not accepted, so nothing was changed. Try again, on this page, with a key that is registered here.',
  },
  'passkey-not-verified': {
    status: 422,
    words:
      'The security key did not check that it is you who touches it, so nothing was changed. Set a PIN or a fingerprint on the key, then try again.',
  },
  'passkey-synced': {
    status: 422,
    words:
      'This passkey can be copied to other devices, so it could be used by whoever gets into the account that keeps the copies. Use a security key, or a passkey that stays in one device.',
  },
  'passkey-needed': {
    status: 403,
    words:
      'This decision has to be signed with your own security key. Register one in the menu under your name, under Security keys, then decide.',
  },
  'factors-replaced': {
    status: 403,
    words: 'You replaced your own key or authenticator within the last day, so somebody else has to decide.',
  },
  'passkey-known': { status: 409, words: 'This key is registered already. Use another one, or the one that you have.' },
  'too-many-passkeys': {
    status: 409,
    words: 'You have ten keys registered, which is the most. Remove one that you no longer use, then try again.',
  },
  'ceremony-over': {
    status: 409,
    words: 'It took longer than five minutes, or this was sent before, so nothing was changed. Start again from the page.',
  },

  ...DEVICE_REFUSALS,
  ...CAMPAIGN_REFUSALS,
  ...CARD_REFUSALS,
  ...DELEGATION_REFUSALS,
  ...BREAK_GLASS_REFUSALS,
  ...FACTOR_REFUSALS,
  ...PASSKEY_REFUSALS,
  ...POLICY_REFUSALS,
  ...TOKEN_REFUSALS,
  ...UNLOCK_REFUSALS,
  ...REPLACEMENT_REFUSALS,
  ...VOUCH_REFUSALS,
  'reset-locked': {
    status: 403,
    words:
      'A security officer has stopped this reset. Your password is unchanged. Speak to the security office before you start again, and tell them at once if it was not you who asked.',
  },
  'lock-too-late': {
    status: 409,
    words:
      'It is too late to lock this reset: it has ended, or its password was set or is being set at this moment. Its page shows what became of it.',
  },
  'officer-needed': {
    status: 403,
    words: 'Only a security officer may do this. By the directory as it is now, you are not one.',
  },

  stopped: {
    status: 503,
    words:
      'The security office has stopped resets like yours for now. Your password is unchanged. Please try again later, or ask the help desk when it will be.',
  },
  'second-officer-needed': {
    status: 403,
    words: 'You proposed this yourself, so a second security officer has to confirm it.',
  },
  'keys-of-both-needed': {
    status: 403,
    words:
      'Both officers have to sign this with their security keys: a code is enough to stop resets, and never to let them go on. Register your key in the menu under your name; what was proposed with a code has to be proposed again.',
  },
  'joint-act-closed': {
    status: 409,
    words: 'This proposal is not open any more: it was confirmed, its time is over, or whoever made it is no security officer now.',
  },

  'account-changed': {
    status: 409,
    words:
      'The account was changed in the directory while this reset was under way, so this reset has stopped without changing your password. Start a new one.',
  },
  'evidence-missing': {
    status: 403,
    words:
      'A check that your account needs was not on record when the password was to be set, so it was not changed. Please speak to the help desk.',
  },
  'directory-denied': {
    status: 503,
    words: 'The directory did not allow the change. Your password is unchanged; the help desk has to look at it.',
  },
  'write-unknown': {
    status: 503,
    words: 'The directory did not say whether the change was made. Try your new password; if it does not work, speak to the help desk.',
  },
} as const satisfies Record<string, { status: number; words: string }>;

export type RefusalCode = keyof typeof REFUSALS;

/** Reasons why a password cannot be used, each in words. What the directory said is decoded into the same list. */
export const PASSWORD_REASONS = {
  'too-short': 'It is too short.',
  'too-long': 'It is too long: 127 characters at most.',
  'needs-categories':
    'It needs three of these kinds: capital letters, small letters, digits 0 to 9, signs such as ! or -, letters without capitals such as those of Bangla. A space is of no kind.',
  'contains-name': 'It contains your account name or a part of your name.',
  common: 'It is on the list of passwords that attackers try first.',
  'site-word': 'It is made of words that everybody at this company would guess.',
  'own-words': 'It is made of what others know of you: your names, your account name or your employee number.',
  'keyboard-run': 'It is made of keys that lie beside each other, of a run such as 12345, of repetitions or of a date.',
  'used-before': 'You have used it before.',
  'changed-too-recently': 'The directory allows no further change today. Cancel and come back tomorrow, or ask the help desk.',
  'control-character': 'It contains a character that cannot be typed everywhere.',
  policy: 'The directory refused it: it breaks a password rule of your account. Choose a longer one, unlike your earlier ones.',
} as const;

export type PasswordReason = keyof typeof PASSWORD_REASONS;

/** A business "no" on its way to the person. Compare `code`, never the class: errors cross process and sandbox borders. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly reasons: readonly PasswordReason[];
  readonly retryAfterSeconds: number | undefined;
  readonly detail: string | undefined;

  constructor(code: RefusalCode, more: { reasons?: readonly PasswordReason[]; retryAfterSeconds?: number; detail?: string } = {}) {
    super(REFUSALS[code].words);
    this.name = 'Refusal';
    this.code = code;
    this.reasons = more.reasons ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.detail = more.detail;
  }
}

export function isRefusalCode(text: unknown): text is RefusalCode {
  return typeof text === 'string' && Object.hasOwn(REFUSALS, text);
}
