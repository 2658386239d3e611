import type { DecisionMethod, SignedRecord } from './attestation.ts';
import type { Halt } from './halt.ts';
import type { Ceremony } from './passkey.ts';

/** Another officer has this long to confirm what one has proposed. */
export const JOINT_ACT_SECONDS = 1800;

/** Tag of what security officers sign (evidence/signed-statement.ts). */
export const OFFICER_TAG = 'countersign/officer/v1\0';

/** What two security officers do together: they say what is halted from then on. */
export type JointDeed = { halts: Halt };

/** One officer's part of a joint act: who, with what, why (a digest) and when; and what their key signed, when it was a key. */
export type OfficerPart = {
  person: string;
  reason: string;
  method: DecisionMethod;
  credential: string;
  at: string;
  signed?: SignedRecord;
};

/** What an officer signs to lock a reset; `reason` is the digest of what they typed. */
export function lockStatement({ ceremony, account, notAfter }: Ceremony, { reset, reason }: { reset: string; reason: string }) {
  return { v: 1, type: 'officer/lock', account, nonce: ceremony, notAfter, reset, reason } as const;
}

/** What the first of two officers signs. The ceremony gives the act its id. */
export function proposeStatement({ ceremony, account, notAfter }: Ceremony, { deed, reason }: { deed: JointDeed; reason: string }) {
  return { v: 1, type: 'officer/propose', account, nonce: ceremony, notAfter, deed, reason } as const;
}

export interface Confirming {
  act: string;
  proposer: string;
  deed: JointDeed;
  reason: string;
}

/** What the second signs: whose proposal, and all of what was proposed, as it was shown to them. */
export function confirmStatement({ ceremony, account, notAfter }: Ceremony, { act, proposer, deed, reason }: Confirming) {
  return { v: 1, type: 'officer/confirm', account, nonce: ceremony, notAfter, act, proposer, deed, reason } as const;
}
