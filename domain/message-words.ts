import type { MessageOutcome } from './message.ts';

/** What somebody is told of a reset: a line, and what to do about it. Neither says anything that helps whoever should not read it. */
export interface MessageWords {
  title: string;
  words: string;
}

type Told = 'holder' | 'other';

const NOT_YOU = 'If it was not you, call the help desk at once.';
const ODD = 'If this looks wrong to you, call the security officers.';

const WORDS: Readonly<Record<MessageOutcome, Readonly<Record<Told, (account: string) => MessageWords>>>> = {
  requested: {
    holder: (account) => ({
      title: 'A reset of your account was asked for',
      words: `Somebody passed the checks for your account (${account}) and asked for a new password, or to have it unlocked. If it was you, go on. ${NOT_YOU}`,
    }),
    other: (account) => ({
      title: `A reset of ${account} was asked for`,
      words: `Somebody passed the checks for the account of ${account} and asked for a new password, or to have it unlocked. Nothing is changed yet. ${ODD}`,
    }),
  },
  changed: {
    holder: (account) => ({
      title: 'Your password was changed',
      words: `The password of your account (${account}) was changed after a reset. If it was you, there is nothing to do. ${NOT_YOU}`,
    }),
    other: (account) => ({
      title: `The password of ${account} was changed`,
      words: `The password of the account of ${account} was changed after a reset. There is nothing to do. ${ODD}`,
    }),
  },
  'perhaps-changed': {
    holder: (account) => ({
      title: 'Your password may have been changed',
      words: `A reset of your account (${account}) ended without a clear answer from the directory, so your password may be a new one. Try to sign in; if you cannot, start again at the portal. ${NOT_YOU}`,
    }),
    other: (account) => ({
      title: `The password of ${account} may have been changed`,
      words: `A reset of the account of ${account} ended without a clear answer from the directory, so the password may be a new one. ${ODD}`,
    }),
  },
  unlocked: {
    holder: (account) => ({
      title: 'Your account was unlocked',
      words: `Somebody passed the checks for your account (${account}) and had it unlocked. Your password is unchanged. If it was you, there is nothing to do. ${NOT_YOU}`,
    }),
    other: (account) => ({
      title: `The account of ${account} was unlocked`,
      words: `Somebody passed the checks for the account of ${account} and had it unlocked. The password is unchanged. There is nothing to do. ${ODD}`,
    }),
  },
  'perhaps-unlocked': {
    holder: (account) => ({
      title: 'Your account may have been unlocked',
      words: `The directory gave no clear answer when your account (${account}) was to be unlocked. Your password is unchanged. Try to sign in; if you cannot, start again at the portal. ${NOT_YOU}`,
    }),
    other: (account) => ({
      title: `The account of ${account} may have been unlocked`,
      words: `The directory gave no clear answer when the account of ${account} was to be unlocked. The password is unchanged. ${ODD}`,
    }),
  },
  denied: {
    holder: (account) => ({
      title: 'The reset of your password was denied',
      words: `An approver denied the reset of your account (${account}). Your password is unchanged. ${NOT_YOU}`,
    }),
    other: (account) => ({
      title: `The reset of ${account} was denied`,
      words: `An approver denied the reset of the account of ${account}. The password is unchanged. ${ODD}`,
    }),
  },
  locked: {
    holder: (account) => ({
      title: 'The reset of your password was stopped',
      words: `A security officer stopped the reset of your account (${account}) for good. Your password is unchanged. If you do not know why, call the help desk.`,
    }),
    other: (account) => ({
      title: `The reset of ${account} was stopped`,
      words: `A security officer stopped the reset of the account of ${account} for good. The password is unchanged. The reset itself says who did and why.`,
    }),
  },
  refused: {
    holder: (account) => ({
      title: 'Your password was not changed',
      words: `Somebody passed the checks for your account (${account}), and the reset ended without a new password. Your password is unchanged. ${NOT_YOU}`,
    }),
    other: (account) => ({
      title: `The reset of ${account} was refused`,
      words: `Somebody passed the checks for the account of ${account}, and the reset was refused afterwards. The password is unchanged. ${ODD}`,
    }),
  },
  expired: {
    holder: (account) => ({
      title: 'The reset of your password ran out',
      words: `Somebody passed the checks for your account (${account}), and the reset was not finished in time. Your password is unchanged. ${NOT_YOU}`,
    }),
    other: (account) => ({
      title: `The reset of ${account} ran out`,
      words: `Somebody passed the checks for the account of ${account}, and the reset was not finished in time. The password is unchanged. ${ODD}`,
    }),
  },
  cancelled: {
    holder: (account) => ({
      title: 'The reset of your password was cancelled',
      words: `Somebody passed the checks for your account (${account}) and then cancelled the reset. Your password is unchanged. ${NOT_YOU}`,
    }),
    other: (account) => ({
      title: `The reset of ${account} was cancelled`,
      words: `Somebody passed the checks for the account of ${account} and then cancelled the reset. The password is unchanged. ${ODD}`,
    }),
  },
};

/** Why somebody is told, by what the rule names: the strongest tie alone. */
const WHY: readonly (readonly [key: RegExp, words: string])[] = [
  [/^approvers$/, 'You are told because you decided about it.'],
  [/^manager$/, 'You are told because you are the manager.'],
  [/^managers-manager$/, 'You are told because you are the manager’s manager.'],
  [/^unit-owner$/, 'You are told because the unit of this account is yours.'],
  [/^security-officers$/, 'You are told because you are a security officer.'],
  [/^owner of /, 'You are told because you own a group that the policy names.'],
  [/^(group|role) /, 'You are told because the policy names a group that you are in.'],
];

/** What a person reads. `by` are the words of the rule by which they are told (whomKey); `account` is the name of whose account it is. */
export function messageInWords(outcome: MessageOutcome, account: string, by: readonly string[]): MessageWords {
  if (by.includes('holder')) return WORDS[outcome].holder(account);
  const { title, words } = WORDS[outcome].other(account);
  const why = WHY.find(([key]) => by.some((one) => key.test(one)));
  return { title, words: why ? `${words} ${why[1]}` : words };
}

/**
 * The mail of a message: its words, without a reference, a code or an address to open, since a mail that asks people to follow
 * one teaches them to follow those of others. The subject names nobody: it is shown on locked screens.
 */
export function mailInWords(outcome: MessageOutcome, account: string, by: readonly string[]): { subject: string; text: string } {
  const { title, words } = messageInWords(outcome, account, by);
  return {
    subject: by.includes('holder') ? 'About your password' : 'About a password reset',
    text: `${title}.\n\n${words}\n\nThis mail has no link and asks you for nothing. Countersign never asks for a password or a code by mail. Nobody reads answers to it.\n`,
  };
}

/** One plain address (RFC 5321 §4.1.2 without quoted parts), or undefined: nothing else of a directory gets near a mail's head. */
export function plainAddress(mail: string | undefined): string | undefined {
  const address = mail?.trim() ?? '';
  const isPlain =
    /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/.test(address);
  return isPlain && address.length <= 254 ? address : undefined;
}
