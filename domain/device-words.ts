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

/** What somebody who has a new password is told of one of their devices, by what became of its notice; undefined where there is nothing to know. */
export function noticeForOwner(state: NoticeState, platform: string): string | undefined {
  if (state === 'nothing-cached') return undefined;
  if (state === 'refreshed') return 'It knows your new password.';
  if (state === 'invalidated')
    return 'It has forgotten your old password. Sign in there with the new one while it is on the company’s network.';
  if (state === 'replaced') return 'It has forgotten your old password and takes the new one, also away from the company’s network.';
  if (state === 'by-hand') return byHandInWords(platform);
  if (state === 'cannot' || state === 'expired') return `It could not be told. ${byHandInWords(platform)}`;
  return 'It is being told, as soon as it is on a network. Until then it may still take your old password.';
}
