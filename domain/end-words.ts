import type { Operation } from './operation.ts';
import type { RefusalCode } from './refusals.ts';

const TITLES: Partial<Record<RefusalCode, string>> = {
  'not-accepted': 'We could not confirm that it is you',
  'reset-cancelled': 'This reset is cancelled',
  'reset-expired': 'This reset has expired',
  'replacement-objected': 'This was stopped',
  'approval-denied': 'The request was not approved',
  'approval-expired': 'Nobody decided in time',
  superseded: 'A newer reset has taken over',
  'account-changed': 'Your account was changed meanwhile',
  'account-disabled': 'Your account is disabled',
  'account-expired': 'Your account has ended',
  'smart-card-required': 'Your account needs a smart card',
  'write-unknown': 'We do not know yet whether it worked',
  'no-rule': 'This account cannot be reset here',
  'no-approver': 'Nobody can approve this reset',
  'another-reset': 'Another reset is under way',
  'too-many-passwords': 'Too many passwords were refused',
  'directory-denied': 'The password could not be set',
  'evidence-missing': 'A needed check was not on record',
  'not-identified': 'Your account could not be looked up',
};

/** Where starting again leads to the same end, the page does not offer it. */
const NO_USE_AGAIN: readonly RefusalCode[] = [
  'account-disabled',
  'account-expired',
  'smart-card-required',
  'no-rule',
  'no-approver',
  'another-reset',
  'write-unknown',
  'directory-denied',
  'evidence-missing',
];

/** Where the message itself sends the person somewhere else, the help desk stands second. */
const HELP_DESK_SECOND: readonly RefusalCode[] = [
  'account-expired',
  'no-approver',
  'approval-denied',
  'approval-expired',
  'not-identified',
];

/** What is said at the other end of a reset, besides the words of the refusal. Whoever has no password at all any more has to begin again, whatever came in between. */
export function endOf(code: RefusalCode | undefined, oldEnded = false): { title: string; again: boolean; helpDeskSecond: boolean } {
  return {
    title: (code && TITLES[code]) ?? 'This reset has ended',
    again: code === undefined || oldEnded || !NO_USE_AGAIN.includes(code),
    helpDeskSecond: code !== undefined && HELP_DESK_SECOND.includes(code),
  };
}

export const DONE_TITLES: Readonly<Record<Operation, string>> = {
  'new-password': 'Your password is changed',
  unlock: 'Your account is unlocked',
  'replace-factors': 'Your factors are replaced',
};

/** One step more, for whoever said that somebody else may know their old password. */
export const WHERE_ELSE = {
  about: 'Because somebody else may know your old password:',
  words:
    'look whether anything in your mail, files and calendar is not by you, and change it wherever else you have used it. It is refused from now on, but a computer that somebody left signed in stays so until it is told, or its ticket ends.',
} as const;

/** As these words call it; a site says how it is reached. */
export const THE_HELP_DESK = 'the help desk';

/** What to do now, step by step: what each is about, and what to do. Most calls after a reset come from devices that still hold the old password. */
export const STEPS_AFTER: Readonly<Record<Operation, readonly { about: string; words: string }[]>> = {
  'new-password': [
    {
      about: 'At a computer in the office:',
      words: 'sign in with your new password. If you were signed in already, lock the screen and unlock it with the new password.',
    },
    {
      about: 'At a laptop:',
      words:
        'it still remembers your old password until it has seen the office network. In the office, lock it and unlock it with the new password. Away from the office, sign in as the laptop lets you, connect to the office network (VPN), then lock it and unlock it with the new password.',
    },
    {
      about: 'On phones and tablets:',
      words:
        'change the password saved for mail, calendar and Wi-Fi straight away. A device that keeps trying the old one can lock your account again.',
    },
  ],
  unlock: [
    { about: 'Sign in', words: 'with the password that you have.' },
    {
      about: 'If it is locked again soon,',
      words:
        'something keeps trying a wrong password: look for a phone, a mail program, a mapped drive or a second computer that remembers an old one.',
    },
  ],
  'replace-factors': [
    { about: 'Keep the sheet', words: 'with your new recovery codes where you keep other papers that matter.' },
    { about: 'If you need a new password,', words: 'start a reset with one of these codes and the digits of your new app.' },
    {
      about: 'If your account is one of those that are specially protected,',
      words: 'the new app has to wait before it may serve in a reset. You are told then.',
    },
    { about: 'If you find what you had lost,', words: `throw it away or bring it to ${THE_HELP_DESK}: it counts no more.` },
  ],
};

/** Where people see and change what they confirm with; pages make a link of it. */
export const MY_FACTORS = 'My factors';

/** NIST SP 800-63B-4 §4.2.1.1 asks for a new code after each use. Here a person has several, and is told when they run out. */
export function codesLeftInWords(left: number): string {
  if (left > 1) return `You have ${left} recovery codes left. Under ${MY_FACTORS} you can make new ones.`;
  return `You have ${left === 0 ? 'no' : 'one'} recovery code left. Make new ones before you need them, under ${MY_FACTORS}.`;
}

/** Before and beside the codes that are left. */
export const BEFORE_YOU_LOSE_IT = {
  about: 'Before you lose it:',
  words: `you have one thing only to confirm with. Add a second app or a security key under ${MY_FACTORS}.`,
} as const;
export const ON_PAPER = {
  about: 'On paper:',
  words: 'if you used a recovery code, cross it out. It does not work a second time.',
} as const;
