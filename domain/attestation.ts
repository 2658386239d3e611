import type { Mapping } from './account-mapping.ts';
import type { Circumstances } from './circumstances.ts';
import type { Operation } from './operation.ts';
import type { FactorMethod, ProofMethod } from './next.ts';

/**
 * What the verifier signs. The writer believes these statements and nothing else, so each names the reset, the run, the
 * account and the moment; none can be carried to another reset. Times are RFC 3339 UTC; GUIDs lower-case text.
 */
interface Common {
  v: 1;
  id: string;
  reset: string;
  run: string;
  account: string;
  at: string;
}

/** The account as it stood when it was named, and the policy frozen for this reset. */
export interface Identified extends Common {
  kind: 'identified';
  sid: string;
  policy: string;
  rule: string | null;
  /** What the rule was chosen by besides the account itself. */
  circumstances: Circumstances;
  protected: boolean;
  manager: string | null;
  pwdLastSet: string;
}

export interface ProofPassed extends Common {
  kind: 'proof';
  method: ProofMethod;
  credential: string;
  /** Who answered for the person: issued the code in person, or vouched. */
  issuer: string | null;
  /** With vouching, and only then: by what the voucher confirmed it themselves, and when. */
  vouched?: { at: string; method: FactorMethod; credential: string };
  /** With a known device, and only then. */
  device?: DeviceShown;
}

/** What a device signed at its login screen (evidence/device-statement.ts), with what it takes to check it for years. */
export type DeviceShown = {
  /** RFC 8785 text, and the signature in base64url. */
  text: string;
  signature: string;
  /** The device's public key as it was enrolled: SPKI, base64. */
  key: string;
  /** The challenge that was made for this reset: its nonce, and until when it was open. */
  challenge: { nonce: string; notAfter: string };
};

export interface FactorPassed extends Common {
  kind: 'factor';
  method: FactorMethod;
  credential: string;
  /** With a smart card, and only then. */
  card?: CardShown;
}

/** What the claimant, once proven, asked for; where the rule leaves a choice, and always before an unlock. */
export interface OperationChosen extends Common {
  kind: 'operation';
  operation: Operation;
}

/** Who can decide each stage, frozen when approval was asked for: nobody joins them later. GUIDs in the order of their text. */
export interface ApproversNamed extends Common {
  kind: 'approvers';
  /** What they are asked to approve (domain/operation.ts says what it is when it is missing). */
  operation?: Operation;
  stages: FrozenStage[];
  /** Which accounts, of the claimant and of whoever can decide, are one person's as it was known then: GUIDs, a list a person. */
  people?: string[][];
  /** Who may sign break-glass, where the rule allows it. */
  breakGlass?: string[];
}

export type FrozenStage = {
  /** From the beginning. */
  people: string[];
  /** Whom each escalation adds. */
  escalations: string[][];
};

/** How a decision may be confirmed: signed with the approver's own key, in a passkey or on a smart card, or by a one-time code where the rule allows it. */
export const DECISION_METHODS = ['passkey', 'smart-card', 'totp'] as const;
export type DecisionMethod = (typeof DECISION_METHODS)[number];

/** Whether the decision is signed with a key of the approver's own, which a page that lies cannot phish. */
export function isOwnKey(method: DecisionMethod): boolean {
  return method !== 'totp';
}

/** What an approver's key signed (evidence/signed-statement.ts), verbatim, with all that it takes to check it for years: bytes in base64url. */
export type SignedRecord = {
  /** The statement (domain/decision-statement.ts, policy-publication.ts, joint-act.ts) as RFC 8785 text. */
  text: string;
  clientDataJSON: string;
  authenticatorData: string;
  signature: string;
  /** What the verifier signed when the key was enrolled (domain/passkey.ts), as RFC 8785 text. */
  passkey: { text: string; signature: string };
  /** For which relying party, and on pages of which origins, keys were used then. */
  party: { id: string; origins: string[] };
};

/** By what the certificate of a smart card was judged at that moment. */
export type CardJudged = {
  /** The authorities from its issuer to the root, each DER, base64. */
  path: string[];
  /** The revocation list of each authority in that order: SHA-256 of its DER, and from when to when it spoke. */
  lists: { sha256: string; number: string | null; thisUpdate: string; nextUpdate: string }[];
  /** By what the directory mapped the certificate to the person. */
  mapping: Mapping;
};

/** What an approver's smart card signed (evidence/card-signature.ts). */
export type CardRecord = CardJudged & {
  /** The statement (domain/decision-statement.ts) as RFC 8785 text. */
  text: string;
  algorithm: 'ecdsa-p256-sha256' | 'ecdsa-p384-sha384' | 'rsa-pkcs1-sha256' | 'rsa-pss-sha256';
  /** Base64url. */
  signature: string;
  /** DER, base64. */
  certificate: string;
};

/** What the card listener signed about a claimant's smart card (evidence/card-ticket.ts). */
export type CardShown = CardJudged & {
  /** RFC 8785 text, and the signature in base64url. */
  ticket: { text: string; signature: string };
  /** The listener's public key: SPKI, base64. */
  listener: string;
  /** Opens the handle that the ticket names: it was made for this reset. */
  opening: string;
};

/** One officer's part of what two do together: who, with what, why (a digest) and when; and what their key signed, when it was a key. */
export type OfficerPart = {
  person: string;
  reason: string;
  method: DecisionMethod;
  credential: string;
  at: string;
  signed?: SignedRecord;
};

/** In whose place a decision was taken, and under what: the delegation as the verifier signed it when it was made (domain/delegation.ts). */
export type OnBehalfOf = {
  person: string;
  delegation: string;
  /** RFC 8785 text, and the signature in base64url. */
  record: { text: string; signature: string };
};

/** One person's decision, confirmed with their own factor at that moment. */
export interface DecisionConfirmed extends Common {
  kind: 'decision';
  /** What was approved or denied. */
  operation?: Operation;
  person: string;
  stage: number;
  decision: 'approve' | 'deny';
  reason: string;
  /** Under a delegation, and only then. */
  onBehalfOf?: OnBehalfOf;
  method: DecisionMethod;
  credential: string;
  /** With a passkey, and only then. */
  signed?: SignedRecord;
  /** With a smart card, and only then. */
  card?: CardRecord;
}

/** Whoever a decision uses up: who took it, and in whose place. */
export function peopleOfDecision({ person, onBehalfOf }: Pick<DecisionConfirmed, 'person' | 'onBehalfOf'>): string[] {
  return onBehalfOf ? [person, onBehalfOf.person] : [person];
}

/** A security officer ended the reset for good, confirmed with their own key or a one-time code at that moment. */
export interface LockConfirmed extends Common {
  kind: 'lock';
  person: string;
  reason: string;
  method: DecisionMethod;
  credential: string;
  /** With a key, and only then (domain/joint-act.ts). */
  signed?: SignedRecord;
}

/** A security officer lets the reset go on without its approvers (domain/break-glass.ts), signed with their own key and nothing else. */
export interface BreakGlassSigned extends Common {
  kind: 'break-glass';
  /** What is let go on. */
  operation?: Operation;
  person: string;
  /** Also before the witnesses have cosigned what is written. */
  unwitnessed: boolean;
  reason: string;
  /** The review that stays open until a third person closes it. */
  review: string;
  method: 'passkey';
  credential: string;
  signed: SignedRecord;
}

/** Everything that a replacement of factors asks for is there, and its wait has begun. */
export interface CoolingOff extends Common {
  kind: 'cooling-off';
  operation: 'replace-factors';
  /** The one moment from which new factors can be set up. */
  until: string;
}

/** Whose account it is has said that they did not ask for the replacement of their factors. */
export interface Objection extends Common {
  kind: 'objection';
  person: string;
}

/** Every factor that the account held counts no more, and a new app with new recovery codes does. */
export interface FactorsReplaced extends Common {
  kind: 'replaced';
  operation: 'replace-factors';
  /** The new app. */
  credential: string;
  recoveryCodes: number;
  /** Ids of the apps, tokens and keys that were ended. */
  ended: string[];
}

export type Attestation =
  | CoolingOff
  | FactorsReplaced
  | Objection
  | Identified
  | ProofPassed
  | FactorPassed
  | OperationChosen
  | ApproversNamed
  | DecisionConfirmed
  | LockConfirmed
  | BreakGlassSigned;

/** Whoever has a part in a reset by what a statement says: who decided, and in whose place, signed break-glass, issued the code of a proof, or vouched. */
export function peopleOfStatement(statement: Attestation): string[] {
  if (statement.kind === 'decision') return peopleOfDecision(statement);
  if (statement.kind === 'break-glass') return [statement.person];
  return statement.kind === 'proof' && statement.issuer !== null ? [statement.issuer] : [];
}
