import { REFUSALS, type PasswordReason, type RefusalCode } from './refusals.ts';
import { requestCode } from './request-code.ts';

/** What the claimant can do now. Every answer of the portal carries one; `message` is what the page says first. */
export interface Next {
  step: 'prove' | 'factor' | 'wait' | 'choose-password' | 'done' | 'refused';
  choices?: string[];
  for?: 'manager' | 'security-officer' | 'directory';
  until?: string;
  /** While somebody has to approve: what the approver sees too. */
  requestCode?: string;
  code?: RefusalCode;
  reasons?: PasswordReason[];
  message: string;
}

export const PROOFS = ['recovery-code', 'issued-code'] as const;
export type ProofMethod = (typeof PROOFS)[number];
export const FACTORS = ['totp'] as const;
export type FactorMethod = (typeof FACTORS)[number];

/** The union of all proofs is offered to everybody: what an account really has is nobody's business before it is proven. */
export const askForProof: Next = {
  step: 'prove',
  choices: [...PROOFS],
  message: 'Show who you are: type one of your printed recovery codes, or a code that the help desk issued to you in person.',
};

export const askForFactor: Next = {
  step: 'factor',
  choices: [...FACTORS],
  message: 'Now type the six digits that your authenticator app shows.',
};

export function waitForApproval(role: 'manager' | 'security-officer', until: Date, reset: string): Next {
  const who = role === 'manager' ? 'your manager' : 'a security officer';
  return {
    step: 'wait',
    for: role,
    until: until.toISOString(),
    requestCode: requestCode(reset),
    message: `Your request needs approval and now waits for ${who}. You may leave: come back with your reference and a fresh code from your authenticator.`,
  };
}

export function waitForDirectory(): Next {
  return { step: 'wait', for: 'directory', message: 'Your new password is being set in the directory. This usually takes a few seconds.' };
}

/** `reasons` when the last choice was refused; `expired` when it was erased before it could be set. */
export function askForPassword(until: Date, reasons: PasswordReason[] = [], expired = false): Next {
  if (expired)
    return { step: 'choose-password', until: until.toISOString(), code: 'password-expired', message: REFUSALS['password-expired'].words };
  return {
    step: 'choose-password',
    until: until.toISOString(),
    ...(reasons.length > 0 ? { reasons } : {}),
    message: reasons.length > 0 ? 'That password cannot be used. Choose another one.' : 'Choose your new password.',
  };
}

export const done: Next = {
  step: 'done',
  message:
    'Your password is changed and your account is unlocked. Sign in with the new password. On a laptop away from the office network, connect to the network first.',
};

export function refusedNext(code: RefusalCode, words: string): Next {
  return { step: 'refused', code, message: words };
}
