import type { SignedRecord } from './attestation.ts';
import type { Ceremony } from './passkey.ts';

/** Tag of what administrators sign about policies (evidence/signed-statement.ts). */
export const POLICY_TAG = 'countersign/policy/v1\0';

/** One administrator drafts a version, another publishes it; nobody does both. */
export const POLICY_DEEDS = ['draft', 'publish'] as const;
export type PolicyDeed = (typeof POLICY_DEEDS)[number];

/** Which version takes the place of which: SHA-256 of their texts, hexadecimal. */
export interface Succession {
  policy: string;
  replaces: string;
}

/**
 * What the signer knew of whom the version affects: the SHA-256 of the verifier's comparison over the directory, or that
 * they signed without one, and the digest of why that could not wait.
 */
export type Seen = { comparison: string } | { without: string };

/** What the author of a version signs. */
export function draftStatement({ ceremony, account, notAfter }: Ceremony, { policy, replaces }: Succession, seen: Seen) {
  return { v: 2, type: 'policy/draft', account, nonce: ceremony, notAfter, policy, replaces, seen } as const;
}

/** What the publisher signs: the draft, by the SHA-256 of the text that its author signed, is part of it. */
export function publishStatement({ ceremony, account, notAfter }: Ceremony, { policy, replaces }: Succession, draft: string, seen: Seen) {
  return { v: 2, type: 'policy/publish', account, nonce: ceremony, notAfter, policy, replaces, draft, seen } as const;
}

/** Both signatures of one publication, to be kept with the version. */
export type Publication = { draft: SignedRecord; publish: SignedRecord };

/**
 * Whose signatures a writer takes for a publication, and which versions it takes without any: those that the operator put
 * in force by hand, at the beginning. Each writer has a copy of its own that no process may change.
 */
export type PinnedPublishers = {
  /** SHA-256 of texts. */
  policies: readonly string[];
  /** `spki`: SHA-256 of the key's SubjectPublicKeyInfo, hexadecimal. */
  publishers: readonly { account: string; spki: string }[];
};
