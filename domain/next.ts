import type { Operation } from './operation.ts';
import { REFUSALS, type PasswordReason, type RefusalCode } from './refusals.ts';
import { requestCode } from './request-code.ts';

/** What the claimant can do now. Every answer of the portal carries one; `message` is what the page says first. */
export interface Next {
  step: 'prove' | 'factor' | 'wait' | 'choose-operation' | 'choose-password' | 'come-back' | 'set-up-factors' | 'done' | 'refused';
  choices?: string[];
  /** What is being done, or was done, when that is something else than setting a password. */
  operation?: Operation;
  /** The directory, or the labels of the stages that are open. */
  for?: string;
  until?: string;
  /** While somebody has to approve: what the approver sees too. */
  requestCode?: string;
  code?: RefusalCode;
  reasons?: PasswordReason[];
  /** The old password works no more, whatever becomes of the new one. */
  oldPassword?: 'ended';
  message: string;
}

/** What everybody is offered, on every page. */
export const OFFERED_PROOFS = ['recovery-code', 'issued-code', 'vouching', 'known-password'] as const;
export type OfferedProof = (typeof OFFERED_PROOFS)[number];
/** A device attests for whoever stands at its own login screen, so no page asks for it. */
export const PROOFS = [...OFFERED_PROOFS, 'known-device'] as const;
export type ProofMethod = (typeof PROOFS)[number];
/** Proofs that nothing is enrolled for: somebody or something else gives them, or they stand in the directory. */
export const NOT_ENROLLED: readonly ProofMethod[] = ['issued-code', 'vouching', 'known-password', 'known-device'];

/** Whether nothing shows who somebody is but the account's own password, or a device at which anybody may stand. */
export function isLittleProof(proofs: readonly ProofMethod[]): boolean {
  return proofs.every((method) => method === 'known-password' || method === 'known-device');
}
/** Shown by a code that is typed. */
export const CODE_FACTORS = ['totp', 'hardware-token'] as const;
/** What everybody is offered. A page has one button for keys: of which kind one is shows when it is used. */
export const OFFERED_FACTORS = [...CODE_FACTORS, 'smart-card', 'passkey'] as const;
/** Keys are registered here, and know their owner themselves; what tells the two kinds apart stands in key-kinds.ts. */
export const FACTORS = [...OFFERED_FACTORS, 'synced-passkey'] as const;
export type FactorMethod = (typeof FACTORS)[number];
export type OfferedFactor = (typeof OFFERED_FACTORS)[number];
/** What makes one-time codes. */
export type CodeMethod = (typeof CODE_FACTORS)[number];

/** The union of all proofs is offered to everybody: what an account really has is nobody's business before it is proven. */
export const askForProof: Next = {
  step: 'prove',
  choices: [...OFFERED_PROOFS],
  message:
    'Show who you are: type one of your printed recovery codes or a code that the help desk issued to you in person, or let a colleague vouch for you, or type the password that you still know, also when it has run out.',
};

export const askForFactor: Next = {
  step: 'factor',
  choices: [...OFFERED_FACTORS],
  message: 'Now type the digits that your authenticator app or your token shows, or use your security key.',
};

/** Behind a proof and a factor: what this account needs besides. */
export function askForMore({ step, choices }: Pick<Next, 'step'> & { choices: readonly string[] }): Next {
  const what = step === 'prove' ? 'one more proof of another kind' : 'one more factor';
  return { step, choices: [...choices], message: `Your account needs ${what}. Choose one of what is offered here.` };
}

/** The account is locked, and the rule lets it be unlocked: `may` says what can be chosen. */
export function askForOperation(may: readonly Operation[], until: Date): Next {
  return {
    step: 'choose-operation',
    choices: [...may],
    until: until.toISOString(),
    message: may.includes('new-password')
      ? 'Your account is locked. You can set a new password, which also unlocks it; or have it unlocked only, if you know your password.'
      : 'Your account is locked. It can be unlocked here; your password stays as it is.',
  };
}

/** `open`: the labels of the stages that wait, and how many approvals each still needs. */
export function waitForApproval(open: readonly { label: string; lacks: number }[], until: Date, reset: string, operation: Operation): Next {
  const who = open.map(({ label, lacks }) => approverInWords(label, lacks)).join(' and ');
  return {
    step: 'wait',
    for: open.map(({ label }) => label).join(' '),
    until: until.toISOString(),
    requestCode: requestCode(reset),
    ...(operation === 'new-password' ? {} : { operation }),
    message: `Your request needs approval and now waits for ${who}. You may leave: come back with your reference and ${
      operation === 'replace-factors'
        ? 'a fresh code that the help desk issues to you in person'
        : 'a fresh code from your authenticator, or the key or card that you used here'
    }.`,
  };
}

/** What the claimant reads when a security officer has begun break-glass. */
export function underBreakGlass(next: Next): Next {
  const words =
    ' In an emergency two security officers may let it go on instead, and one of them has begun that. If you did not ask for this reset, cancel it and tell the security office now.';
  return next.message.endsWith(words) ? next : { ...next, message: `${next.message}${words}` };
}

/** As the claimant reads it: "your manager", "a security officer", "two people in the role of treasury owner". */
export function approverInWords(label: string, people: number): string {
  const role = label.replaceAll('-', ' ');
  if (people > 1) return `${['two', 'three', 'four', 'five'][people - 2] ?? people} people in the role of ${role}`;
  if (label === 'manager') return 'your manager';
  return `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`;
}

/** `ending`: first of all the old password is ended. */
export function waitForDirectory(ending = false): Next {
  return {
    step: 'wait',
    for: 'directory',
    message: ending
      ? 'Your old password is being ended, and then your new one is set in the directory. This usually takes a few seconds. Please wait for it: in between no password works.'
      : 'Your new password is being set in the directory. This usually takes a few seconds.',
  };
}

export const waitForUnlock: Next = {
  step: 'wait',
  for: 'directory',
  operation: 'unlock',
  message: 'Your account is being unlocked in the directory. This usually takes a few seconds.',
};

/**
 * `reasons` when the last choice was refused; `expired` when it was erased before it could be set; `notLocked` when the account could have been unlocked and is
 * not locked; `oldEnded` when the old password is dead already, and whoever leaves now has none.
 */
export function askForPassword(until: Date, reasons: PasswordReason[] = [], expired = false, notLocked = false, oldEnded = false): Next {
  if (oldEnded) {
    const why = expired ? 'It took too long before the new password could be set, and it was erased.' : 'That password cannot be used.';
    return {
      step: 'choose-password',
      until: until.toISOString(),
      ...(expired ? { code: 'password-expired' as const } : {}),
      ...(reasons.length > 0 ? { reasons } : {}),
      oldPassword: 'ended',
      message: `${why} Your old password has been ended and works no more, so choose another new one now: until then you cannot sign in.`,
    };
  }
  if (expired)
    return { step: 'choose-password', until: until.toISOString(), code: 'password-expired', message: REFUSALS['password-expired'].words };
  return {
    step: 'choose-password',
    until: until.toISOString(),
    ...(reasons.length > 0 ? { reasons } : {}),
    message:
      reasons.length > 0
        ? 'That password cannot be used. Choose another one.'
        : notLocked
          ? CHOOSE_OR_SIGN_IN
          : 'Choose your new password.',
  };
}

const CHOOSE_OR_SIGN_IN =
  'Choose your new password. Your account is not locked: if you know your password after all, leave this reset and sign in with it.';

/** Approved: now it is waited, so that whose account it is can object. */
export function waitToReplace(until: Date): Next {
  return {
    step: 'wait',
    for: 'cooling-off',
    until: until.toISOString(),
    operation: 'replace-factors',
    message:
      'Your request is approved. Now there is a wait, in which whoever this account belongs to is told and can still stop it. Come back when it is over, with your reference and a fresh code that the help desk issues to you in person.',
  };
}

/** The wait is over, and the claimant shows once more who they are before anything is bound. */
export function comeBackToReplace(until: Date): Next {
  return {
    step: 'come-back',
    until: until.toISOString(),
    operation: 'replace-factors',
    message: 'The wait is over. Go to the help desk once more for a fresh code; with it and your reference you set up your new app.',
  };
}

export function askForNewFactors(until: Date): Next {
  return {
    step: 'set-up-factors',
    until: until.toISOString(),
    operation: 'replace-factors',
    message: 'Set up your new authenticator app and keep your new recovery codes. Then everything that you have lost counts no more.',
  };
}

export const factorsReplaced: Next = {
  step: 'done',
  operation: 'replace-factors',
  message: 'Your new app and your new recovery codes count from now on. Everything that you had before counts no more.',
};

export const unlocked: Next = {
  step: 'done',
  operation: 'unlock',
  message: 'Your account is unlocked. Sign in with the password you have; it was not changed.',
};

/** Changed, and not yet known to the whole bank. */
export const waitForArrival: Next = {
  step: 'wait',
  for: 'arrival',
  message:
    'Your new password is set, and it works here. It is on its way to the other places of the bank now. This usually takes a few seconds.',
};

/** The same where it is known at which site the claimant is; `arrival-at-site`, so that a page that waits is shown anew. */
export function waitForArrivalAt(site: string): Next {
  return {
    step: 'wait',
    for: 'arrival-at-site',
    message: `Your new password is set, and it works where it was written. It is arriving at ${site}, where you are. This usually takes a few seconds.`,
  };
}

/** Come to where the claimant is, and not yet to every other place. */
export function doneAt(site: string): Next {
  return {
    step: 'done',
    message: `Your password is changed and your account is unlocked, and ${site}, where you are, knows of it. It has not arrived at every other place of the bank yet: if a computer or a service somewhere else does not take it, do not keep trying, but wait for a quarter of an hour.`,
  };
}

export const doneNotEverywhere: Next = {
  step: 'done',
  message:
    'Your password is changed and your account is unlocked. It has not arrived at every place of the bank yet: if a computer does not take your new password, do not keep trying, but wait for a quarter of an hour.',
};

export const done: Next = {
  step: 'done',
  message:
    'Your password is changed and your account is unlocked. Sign in with the new password. On a laptop away from the office network, connect to the network first.',
};

const OLD_IS_DEAD =
  ' Your old password is refused from now on. Whoever signed in with it before may still be at work for some hours: if you believe that somebody did, tell the security office now.';

/** The same end where the old password was ended too. Elsewhere it is refused once the change has arrived. */
export function withOldEnded(next: Next): Next {
  const words =
    next === doneNotEverywhere ? ' Until then your old password may still be taken there.' : next === waitForArrival ? '' : OLD_IS_DEAD;
  return { ...next, oldPassword: 'ended', message: `${next.message}${words}` };
}

/** The end of a reset that ended the old password and set no new one; what its refusal says of an unchanged password would be wrong. */
export function endedWithoutNew(code: RefusalCode): Next {
  const isUnknown = code === 'write-unknown';
  const then = isUnknown
    ? '. It is not known whether your new one was set: try it. If it does not work, start a new reset, or go to the help desk.'
    : ', and no new one was set. You cannot sign in until you have one: start a new reset, or go to the help desk.';
  return {
    step: 'refused',
    code,
    oldPassword: 'ended',
    message: `This reset has ended. Your old password was ended before that and works no more${then}`,
  };
}

export function refusedNext(code: RefusalCode, words: string): Next {
  return { step: 'refused', code, message: words };
}
