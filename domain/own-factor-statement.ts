import type { Ceremony } from './passkey.ts';

/** Tag of what a key signs at the door of My factors (evidence/signed-statement.ts). */
export const OWN_FACTORS_TAG = 'countersign/own-factors/v1\0';

/** What a ceremony is for: the second step of a sign-in, which belongs to the half session; or a change, which belongs to the account. */
export const OWN_SIGN_IN_PURPOSE = 'own-factors/sign-in';
export const OWN_CHANGE_PURPOSE = 'own-factors/change';

/** What a key signs as the second step of a sign-in; `account` of the ceremony is the half session. */
export function ownSignInStatement({ ceremony, account, notAfter }: Ceremony) {
  return { v: 1, type: 'own-factors/sign-in', session: account, nonce: ceremony, notAfter } as const;
}

/** A change of a factor, as far as it is settled when its page is shown. */
export type ChangeShown =
  | { deed: 'app'; secret: string; replaces?: string | undefined }
  | { deed: 'recovery-codes'; recoveryCodes: readonly string[] }
  | { deed: 'remove' | 'freeze'; factor: string };

/**
 * To what the signature of a key binds a change: for this app or these codes and no others, in the place of just that one. The name and the digits of the
 * new app are typed after the page was shown, and are not in it.
 */
export function changeShown(what: ChangeShown) {
  if (what.deed === 'app') return { deed: what.deed, secret: what.secret, replaces: what.replaces ?? null } as const;
  if (what.deed === 'recovery-codes') return { deed: what.deed, recoveryCodes: [...what.recoveryCodes] } as const;
  return { deed: what.deed, factor: what.factor } as const;
}

/** What is signed with a key before a factor is changed; `change` is SHA-256 of the RFC 8785 text of `changeShown`, hexadecimal, so that no secret is in it. */
export function ownChangeStatement({ ceremony, account, notAfter }: Ceremony, change: string) {
  return { v: 1, type: 'own-factors/change', account, nonce: ceremony, notAfter, change } as const;
}
