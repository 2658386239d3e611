import { ATTEST_PURPOSES, ATTEST_SECONDS } from './device.ts';
import type { Binding } from './ladder.ts';
import type { ModelProven } from './passkey-demands.ts';

/**
 * Passkeys and security keys of people who use the console. Who decides about other people's passwords signs with a key
 * that stays in one device: a synced passkey is as safe as the account that keeps its copies, which nobody here can see
 * (NIST SP 800-63B-4 Appendix B: such authenticators reach AAL2 at most).
 */
export const SYNCED_PASSKEYS = 'refused';

/** A person has one or two keys and a spare; a list without end would be somebody else's doing. */
export const MOST_PASSKEYS = 10;

/** Seconds from the beginning of a ceremony within which it must be finished. */
export const CEREMONY_SECONDS = 300;

/** So long for a decision by smart card: its owner takes a file to another program, reads there and types a PIN. */
export const CARD_CEREMONY_SECONDS = 900;

/** What a ceremony is for, when a decision is signed with a smart card. */
export function cardPurpose(approval: string): string {
  return `card/${approval}`;
}

/** How long a ceremony of this purpose stays open, in seconds. */
export function ceremonySeconds(purpose: string): number {
  if (ATTEST_PURPOSES.some((one) => one === purpose)) return ATTEST_SECONDS;
  return purpose.startsWith(cardPurpose('')) ? CARD_CEREMONY_SECONDS : CEREMONY_SECONDS;
}

/** Tag of what is signed about passkeys themselves (evidence/signed-statement.ts). */
export const PASSKEY_TAG = 'countersign/passkey/v1\0';

/** Tag of what a claimant's key signs in a reset. */
export const CLAIMANT_TAG = 'countersign/claimant/v1\0';

/** What a ceremony is for, when a claimant uses a key; it belongs to the reset, whoever was named, since nobody is proven yet. */
export const CLAIMANT_PURPOSE = 'claimant';

/** The same, when a claimant comes back to a reset: what was signed for the one counts for nothing in the other. */
export const RETURN_PURPOSE = 'claimant-return';

/** What is burned with the end of a key, so that no edited row brings it back. */
export const endOfPasskey = (passkey: string): string => `passkey-end:${passkey}`;

/** What never changes of a passkey: what the verifier signs when it is enrolled. Its name is not in it: people write about themselves, and this is kept.
 * Times are RFC 3339 UTC, bytes base64. */
export interface PasskeyFacts {
  id: string;
  account: string;
  /** As WebAuthn names it, base64url. */
  credential: string;
  spki: string;
  /** COSE algorithm. */
  algorithm: number;
  aaguid: string;
  synced: boolean;
  /** The relying party id that the key was made for. */
  rp: string;
  transports: string[];
  binding: Binding;
  enrolled: string;
  /** How it proved its model; missing where it did not have to. */
  model?: ModelProven | undefined;
}

/** The body that the verifier signs; a row without that signature counts for nothing. */
export function passkeyBody(facts: PasskeyFacts) {
  const { id, account, credential, spki, algorithm, aaguid, synced, rp, transports, binding, enrolled, model } = facts;
  return {
    v: 1,
    kind: 'row/passkey',
    id,
    account,
    credential,
    spki,
    algorithm,
    aaguid,
    synced,
    rp,
    transports,
    binding,
    enrolled,
    ...(model ? { model: modelBody(model) } : {}),
  } as const;
}

export function modelBody({ format, chain, metadata: { number, sha256 } }: ModelProven) {
  return { format, chain: [...chain], metadata: { number, sha256 } };
}

/** One ceremony: its id is the nonce, used once; its end is RFC 3339 UTC. */
export interface Ceremony {
  ceremony: string;
  account: string;
  notAfter: string;
}

/** The statement whose challenge a new key is made with. */
export function createStatement({ ceremony, account, notAfter }: Ceremony) {
  return { v: 1, type: 'passkey/create', account, nonce: ceremony, notAfter } as const;
}

/** What a claimant's key signs; `account` of the ceremony is the reset. */
export function claimantStatement({ ceremony, account, notAfter }: Ceremony) {
  return { v: 1, type: 'reset/factor', reset: account, nonce: ceremony, notAfter } as const;
}

/** What a claimant's key signs to come back; `account` of the ceremony is the reset. */
export function returnStatement({ ceremony, account, notAfter }: Ceremony) {
  return { v: 1, type: 'reset/return', reset: account, nonce: ceremony, notAfter } as const;
}

/** What is signed with a key that the person has before another is added; `registration` is SHA-256 of the attestation object, hexadecimal. */
export function addStatement({ ceremony, account, notAfter }: Ceremony, added: { credential: string; registration: string; name: string }) {
  const { credential, registration, name } = added;
  return { v: 1, type: 'passkey/add', account, nonce: ceremony, notAfter, credential, registration, name } as const;
}

/** What is signed before a key is removed; that key itself may sign it. */
export function removeStatement({ ceremony, account, notAfter }: Ceremony, passkey: string) {
  return { v: 1, type: 'passkey/remove', account, nonce: ceremony, notAfter, passkey } as const;
}
