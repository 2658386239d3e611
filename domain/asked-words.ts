import type { ProofMethod } from './next.ts';
import type { Operation } from './operation.ts';

/** What a claimant is asked for: the same words on the pages of the portal and at the login screen. */
export interface Asked {
  label: string;
  hint: string;
}

export const PROOF_WORDS: Readonly<Record<ProofMethod, Asked>> = {
  'recovery-code': {
    label: 'A printed recovery code',
    hint: 'From the sheet that you were given for your account. Each code works once.',
  },
  'issued-code': { label: 'A code from the help desk', hint: 'Given to you in person, after they had checked who you are.' },
  vouching: {
    label: 'A colleague who vouches for me',
    hint: 'Somebody who may do that for you, such as your manager, stands beside you and has vouched at their own computer.',
  },
  'known-password': {
    label: 'The password that I still know',
    hint: 'The one of your account, also when it has expired or you are told to change it. While your account is locked, it shows nothing.',
  },
  'known-device': {
    label: 'This computer knows me',
    hint: 'If you signed in here not long ago, on the network of the bank, this computer can say so. Nothing is typed.',
  },
};

/** Whoever has shown a factor changes their factors elsewhere. */
export type Choice = Exclude<Operation, 'replace-factors'>;
export const CHOICE_WORDS: Readonly<Record<Choice, Asked>> = {
  'new-password': {
    label: 'Set a new password',
    hint: 'If you have forgotten your password, or are not sure. Your account is unlocked too.',
  },
  unlock: { label: 'Only unlock my account', hint: 'If you know your password. It stays as it is, and you sign in with it.' },
};

/** What is typed, by what it is. */
export const TYPED = {
  account: {
    label: 'Your account name',
    hint: 'The name that you sign in to your computer with, not your own name. With or without the domain.',
  },
  code: {
    label: 'Your code',
    hint: 'Letters and digits in groups of four. Capital or small letters, with or without the dashes.',
  },
  colleague: {
    label: 'Account name of your colleague',
    hint: 'The name that your colleague signs in with. Type it here after they have vouched.',
  },
  knownPassword: {
    label: 'Your present password',
    hint: 'Type it once and carefully: only a few wrong ones are tried, so that your account is not locked.',
  },
  digits: {
    label: 'Digits from your app or token',
    hint: 'Six to eight digits. An app changes them every half minute: if they are about to change, wait for the next ones.',
  },
  password: {
    label: 'New password',
    hint: 'Spaces count too. Several words that have nothing to do with each other are good and easy to type.',
  },
  appName: { label: 'A name for the app', hint: 'So that you know it again, such as “my phone”.' },
  freshCode: {
    label: 'Fresh code from the help desk',
    hint: 'Given to you in person, after the wait. 16 letters and digits; it works once.',
  },
  reference: { label: 'Reference of your reset', hint: '12 letters and digits, with or without the dashes.' },
  returning: {
    label: 'Digits from your app or token',
    hint: 'A code that you have not used yet. If you just used one, wait for the next. If you have lost all of them and asked for new ones: a fresh code from the help desk.',
  },
} as const satisfies Record<string, Asked>;

/** Before a colleague is named; the request code stands behind it. `site`: what the colleague opens, as whoever reads this knows it. */
export function howToVouch(site: string): string {
  return `Your colleague opens ${site} on their own computer, signs in under My factors and chooses “Vouch for a colleague”. There they type your account name and this request code:`;
}

/** On a page, which no device stands behind. */
export const AT_ITS_LOGIN_SCREEN =
  'A computer that you use can show it, and only at its own login screen: there log in as reset, choose to come back to a reset, and give your reference.';

/** Whoever has nothing of what is offered; `first`: nothing was shown yet. */
export function noneInWords(first: boolean): string {
  return `Go to the help desk with an identity document. They check who you are and ${first ? 'give you a code on the spot' : 'help you on'}. They cannot give a code by telephone.`;
}

/** Whoever asks to leave a reset for good. */
export const CANCEL_WORDS = {
  question: 'Cancel this reset',
  hint: 'Your password stays as it is. What you have shown so far is forgotten.',
  hintWhenEnded: 'Your old password stays dead: you cannot sign in until you have a new one. What you have shown so far is forgotten.',
  yes: 'Yes, cancel this reset',
} as const;

export const LOST_WORDS = {
  question: 'I have lost everything that makes codes',
  hint: 'If you still have an app or a token, use it: that is quicker. If all are lost, you can ask for new ones here, where the rules of your bank allow it. Other people have to approve it, then there is a wait, and everything that you have lost ends. Your password stays as it is.',
  yes: 'Yes, all are lost: ask for new ones',
} as const;

/** While new factors are set up: what is shown counts together, once the app has shown that it works. */
export const NEW_FACTORS_WORDS = {
  ready: 'Your new factors can be set up',
  title: 'Set up your new factors',
  late: 'After that you would have to ask again.',
  keyByHand: 'In the app choose to enter a key, then type this one:',
  secret: 'Nobody else may see this key: whoever has it makes the same digits as you.',
  newDigits: 'Digits that the new app shows',
  once: 'They are shown this once.',
  forGood: 'From then on every app, token, security key and recovery code that you had before counts no more. Nobody can take that back.',
} as const;

/** How an app has to be told to count, where nothing is scanned. */
export function appKindInWords({ algorithm, digits, period }: { algorithm: string; digits: number; period: number }): string {
  return `Kind: time-based. Digits: ${digits}. Seconds: ${period}. Algorithm: ${algorithm.toUpperCase().replace('SHA', 'SHA-')}.`;
}

/** Asked with the new password. */
export const END_OLD_PASSWORD = {
  label: 'Somebody else may know my old password',
  hint: 'Then it is refused everywhere at once, also where it would still be taken for up to an hour; and your devices are told to end what was begun with it. It takes a few seconds longer.',
} as const;

/** Before the first word of a password is typed. */
export const RULES_TITLE = 'Your new password needs';
export const LIMITS_TITLE = 'Before you sign in';
export const KEEP_REFERENCE = 'Write it down. With it you can come back to this reset, and the help desk can find it.';
