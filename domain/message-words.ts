import { factorChangeWords } from './factor-change-words.ts';
import { oldPasswordPlaces } from './old-password-places.ts';
import { isFactorChange, isOfFactors, type FactorChange, type MessageOutcome } from './message.ts';

/** What somebody is told: a line, and what to do about it. Neither says anything that helps whoever should not read it. */
export interface MessageWords {
  title: string;
  words: string;
}

type Told = 'holder' | 'other';
type Words = (account: string, until: string) => MessageWords;

/** For whose account it is: the ways to stop what somebody else asked for. None of them is an address to follow. */
const OBJECT =
  'If it was not you, stop it now: open the portal as you always do, sign in to My factors with your password, and say that you did not ask for it. Or call the help desk or a security officer.';

const PLACES = `Look at ${oldPasswordPlaces}.`;
const NOT_YOU_TRIED = 'If you find nothing, call the help desk: they see where the tries arrive.';

const NOT_YOU = 'If it was not you, call the help desk at once.';
const ODD = 'If this looks wrong to you, call the security officers.';

const WORDS: Readonly<Record<Exclude<MessageOutcome, FactorChange>, Readonly<Record<Told, Words>>>> = {
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
  'old-password-ended': {
    holder: (account) => ({
      title: 'Your old password was ended, and no new one was set',
      words: `Somebody passed the checks for your account (${account}), said that somebody else may know the password, and had it ended. The reset was over before a new one was set, so nobody can sign in. Start again at the portal, or go to the help desk. ${NOT_YOU}`,
    }),
    other: (account) => ({
      title: `The old password of ${account} was ended, and no new one was set`,
      words: `Somebody passed the checks for the account of ${account}, said that somebody else may know the password, and had it ended. The reset was over before a new one was set, so nobody can sign in to it. ${ODD}`,
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
  'replacement-requested': {
    holder: (account) => ({
      title: 'Somebody asked to replace everything that makes codes for you',
      words: `Somebody showed a code for your account (${account}) at the portal, said that everything that makes codes is lost, and asked for new factors. People have to approve it first, and then there is a wait. If it was you, go on. ${OBJECT}`,
    }),
    other: (account) => ({
      title: `A replacement of the lost factors of ${account} was asked for`,
      words: `Somebody showed a code for the account of ${account} at the portal and said that everything that makes codes is lost. Nothing is changed yet: people have to approve it first, and then there is a wait. ${ODD}`,
    }),
  },
  'replacement-waits': {
    holder: (account, until) => ({
      title: 'Everything that makes codes for you is about to be replaced',
      words: `It was approved that new factors take the place of all that your account (${account}) has now. From ${until} on, whoever asked can set them up at the portal, with a fresh code of the help desk. If it was you, come back then. ${OBJECT}`,
    }),
    other: (account, until) => ({
      title: `The factors of ${account} are about to be replaced`,
      words: `It was approved that new factors take the place of all that the account of ${account} has now. From ${until} on they can be set up; until then a security officer can lock it. ${ODD}`,
    }),
  },
  'factors-replaced': {
    holder: (account) => ({
      title: 'Your factors were replaced',
      words: `A new app and new recovery codes count for your account (${account}) now, and everything that it had before counts no more. Your password is unchanged. If it was you, there is nothing to do. ${NOT_YOU}`,
    }),
    other: (account) => ({
      title: `The factors of ${account} were replaced`,
      words: `A new app and new recovery codes count for the account of ${account} now, and everything that it had before counts no more. There is nothing to do. ${ODD}`,
    }),
  },
  'still-tried': {
    holder: (account) => ({
      title: 'Something still sends an old password of yours',
      words: `Since your account (${account}) was let in again, wrong passwords arrived for it. If you did not mistype, something still keeps an old one and tries it, and may lock your account again. ${PLACES} ${NOT_YOU_TRIED}`,
    }),
    other: (account) => ({
      title: `Something still sends an old password of ${account}`,
      words: `Since the account of ${account} was let in again, wrong passwords arrived for it. Something may still keep an old one, or somebody is guessing. ${ODD}`,
    }),
  },
  'locked-again': {
    holder: (account) => ({
      title: 'Your account was locked again',
      words: `After it was let in again, your account (${account}) was locked by wrong passwords. Something still keeps an old one and tries it. Find that first, or it locks your account once more; then start again at the portal. ${PLACES} ${NOT_YOU_TRIED}`,
    }),
    other: (account) => ({
      title: `The account of ${account} was locked again`,
      words: `After it was let in again, the account of ${account} was locked by wrong passwords. Something still keeps an old one, or somebody is guessing. ${ODD}`,
    }),
  },
  'factors-kept': {
    holder: (account) => ({
      title: 'Your factors were not replaced',
      words: `Somebody asked to replace everything that makes codes for your account (${account}), and it ended without that. What you had before still counts. ${NOT_YOU}`,
    }),
    other: (account) => ({
      title: `The factors of ${account} were not replaced`,
      words: `Somebody asked to replace the lost factors of the account of ${account}, and it ended without that. What the account had before still counts. ${ODD}`,
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

/** What a person reads. `by` are the words of the rule by which they are told (whomKey); `account` is the name of whose account it is; `until`, when the wait ends that it tells of. */
export function messageInWords(outcome: MessageOutcome, account: string, by: readonly string[], until?: Date | null): MessageWords {
  const moment = until ? `${until.toISOString().slice(0, 16).replace('T', ' at ')} UTC` : 'the end of the wait';
  const said = isFactorChange(outcome) ? factorChangeWords(outcome) : WORDS[outcome];
  if (by.includes('holder')) return said.holder(account, moment);
  const { title, words } = said.other(account, moment);
  const why = WHY.find(([key]) => by.some((one) => key.test(one)));
  return { title, words: why ? `${words} ${why[1]}` : words };
}

/**
 * The mail of a message: its words, without a reference, a code or an address to open, since a mail that asks people to follow
 * one teaches them to follow those of others. The subject names nobody: it is shown on locked screens.
 */
export function mailInWords(
  outcome: MessageOutcome,
  account: string,
  by: readonly string[],
  until?: Date | null,
): { subject: string; text: string } {
  const { title, words } = messageInWords(outcome, account, by, until);
  return {
    subject: subjectOf(outcome, by.includes('holder')),
    text: `${title}.\n\n${words}\n\nThis mail has no link and asks you for nothing. Countersign never asks for a password or a code by mail. Nobody reads answers to it.\n`,
  };
}

function subjectOf(outcome: MessageOutcome, isHolder: boolean): string {
  if (isFactorChange(outcome)) return isHolder ? 'About your factors' : 'About the factors of an account';
  if (isOfFactors(outcome)) return isHolder ? 'About your factors' : 'About a replacement of factors';
  return isHolder ? 'About your password' : 'About a password reset';
}

/** One plain address (RFC 5321 §4.1.2 without quoted parts), or undefined: nothing else of a directory gets near a mail's head. */
export function plainAddress(mail: string | undefined): string | undefined {
  const address = mail?.trim() ?? '';
  const isPlain =
    /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/.test(address);
  return isPlain && address.length <= 254 ? address : undefined;
}
