import type { NoticeState } from './device.ts';

/** What somebody does by hand on a device that no agent looks after, and whether that was tried here. */
export interface ByHand {
  words: string;
  /** How it behaves is known from its maker, and was not tried with this product. */
  unproved: boolean;
}

/** What to do on a device without an agent, so that it forgets the old password, by platform. */
const BY_HAND: Readonly<Record<string, ByHand>> = {
  windows: {
    words: 'Connect it to the company’s network, or to the VPN, lock it with Windows+L, and unlock it with the new password.',
    unproved: true,
  },
  linux: { words: 'Connect it to the company’s network, sign out, and sign in with the new password.', unproved: false },
  mac: { words: 'Connect it to the company’s network, sign out, and sign in with the new password.', unproved: true },
};
const ANYTHING: ByHand = { words: 'Connect it to the company’s network, sign out, and sign in with the new password.', unproved: true };

/** For people at a device that holds an old password, by its platform. */
export function byHand(platform: string): ByHand {
  return BY_HAND[platform] ?? ANYTHING;
}

/** The same in one text, which says when it was not tried here. */
export function byHandInWords(platform: string): string {
  const { words, unproved } = byHand(platform);
  return unproved ? `${words} (By what its maker says; not tried with this product.)` : words;
}

/** What became of a notice, in words. */
export const NOTICE_WORDS: Readonly<Record<NoticeState, string>> = {
  'by-hand': 'has no agent; somebody has to do it by hand',
  open: 'was not reached yet',
  received: 'got the notice',
  deferred: 'waits until it reaches a domain controller',
  invalidated: 'takes the old password no more; the new one at the next sign-in on the network',
  refreshed: 'knows the new password',
  'nothing-cached': 'held no old password',
  cannot: 'could not do it; somebody has to look at it',
  expired: 'was never reached; somebody has to look at it',
};
