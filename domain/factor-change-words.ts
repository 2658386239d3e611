import type { FactorChange } from './message.ts';
import type { MessageWords } from './message-words.ts';

const FREEZE =
  'If it was you, there is nothing to do. If it was not you, stop it now: open the portal as you always do, sign in to My factors with your password, and freeze what was added. Or call the help desk.';
const NOT_YOU = 'If it was you, there is nothing to do. If it was not you, call the help desk at once.';
const ODD = 'If this looks wrong to you, talk to them, and freeze it or lock the account.';

/** For whose account it is, what happened, and what stops it; for others, who are told because the account is protected. */
const CHANGES: Readonly<Record<FactorChange, { yours: string; theirs: string; what: (account: string) => string; stop: string }>> = {
  'app-added': {
    yours: 'An app that makes codes was added for you',
    theirs: 'An app that makes codes was added for',
    what: (account) => `A new app makes codes that count for ${account}.`,
    stop: FREEZE,
  },
  'app-replaced': {
    yours: 'An app that makes your codes was replaced',
    theirs: 'An app that makes codes was replaced for',
    what: (account) => `A new app makes codes that count for ${account}, in the place of one that counts no more.`,
    stop: FREEZE,
  },
  'key-added': {
    yours: 'A security key was added for you',
    theirs: 'A security key was added for',
    what: (account) => `A new security key or passkey counts for ${account}.`,
    stop: FREEZE,
  },
  'token-added': {
    yours: 'A hardware token was given out to you',
    theirs: 'A hardware token was given out to',
    what: (account) => `The help desk gave out a hardware token, and its codes count for ${account}.`,
    stop: 'If you have it in your hands, there is nothing to do. If you do not, call the help desk at once.',
  },
  'codes-renewed': {
    yours: 'You have new recovery codes',
    theirs: 'There are new recovery codes for',
    what: (account) => `A new sheet of recovery codes counts for ${account}, and every older sheet counts no more.`,
    stop: NOT_YOU,
  },
  'factor-removed': {
    yours: 'Something that you sign in with was removed',
    theirs: 'An app, a token or a key was removed for',
    what: (account) => `An app, a hardware token or a security key counts no more for ${account}.`,
    stop: NOT_YOU,
  },
  'factor-frozen': {
    yours: 'Something that you sign in with was frozen',
    theirs: 'An app or a key was frozen for',
    what: (account) => `An app or a security key counts nowhere for ${account} until it is settled at the help desk.`,
    stop: 'If it was you, go there with an identity document. If it was not you, call the help desk at once.',
  },
  'factor-thawed': {
    yours: 'Something that was frozen counts again',
    theirs: 'An app or a key that was frozen counts again for',
    what: (account) =>
      `With a code of the help desk it was said that an app or a security key that was frozen counts again for ${account}.`,
    stop: NOT_YOU,
  },
};

/** What happened, in one line for whose account it is. */
export function factorChangeTitle(change: FactorChange): string {
  return CHANGES[change].yours;
}

/** What its holder reads of a change of their factors, and what somebody else does. */
export function factorChangeWords(change: FactorChange): Record<'holder' | 'other', (account: string) => MessageWords> {
  const { yours, theirs, what, stop } = CHANGES[change];
  return {
    holder: (account) => ({ title: yours, words: `${what(`your account (${account})`)} ${stop}` }),
    other: (account) => ({ title: `${theirs} ${account}`, words: `${what(`the account of ${account}`)} ${ODD}` }),
  };
}
