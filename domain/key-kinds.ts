import type { Alternative } from './accept.ts';
import type { FactorMethod } from './next.ts';
import type { PasskeyDemands } from './passkey-demands.ts';
import type { Policy, Rule } from './policy.ts';

/**
 * The kinds of security keys, stronger first; each knew its owner itself. `passkey` stays in one device. `synced-passkey` may be copied to
 * others, and is as safe as the account that keeps its copies (NIST SP 800-63B-4 Appendix B: AAL2 at most).
 */
export const KEY_KINDS = ['passkey', 'synced-passkey'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

export function isKeyKind(method: string): method is KeyKind {
  return KEY_KINDS.some((kind) => kind === method);
}

/** What a key is by whether it may be copied, which is settled when it is made (WebAuthn Level 3 §6.1.3) and stands in its row. */
export function kindOfKey(synced: boolean): KeyKind {
  return synced ? 'synced-passkey' : 'passkey';
}

/** Whether a policy lets this kind of key count at all. */
export function letsIn({ synced }: Pick<PasskeyDemands, 'synced'>, kind: KeyKind): boolean {
  return kind === 'passkey' || synced === 'where-named';
}

/** Whether what was shown is what a way in asks for: the thing itself, or a passkey where one that can be copied would do. */
export function fills(asked: FactorMethod, shown: FactorMethod): boolean {
  return asked === shown || (asked === 'synced-passkey' && shown === 'passkey');
}

/**
 * The ways in of a rule that are open to an account: none that takes a synced passkey where the account is protected or the policy's section
 * `passkeys` keeps them out, whatever the rule says. A policy that says both is refused before; this is for one that came in by another way.
 */
export function openWays(
  { passkeys }: Pick<Policy, 'passkeys'>,
  { accept }: Pick<Rule, 'accept'>,
  isProtected: boolean,
): readonly Alternative[] {
  const isOpen = !isProtected && letsIn(passkeys, 'synced-passkey');
  return isOpen ? accept : accept.filter(({ factors }) => !factors.includes('synced-passkey'));
}
