import type { KeyKind } from '#domain/key-kinds.ts';
import type { Dispute } from './own-disputes.ts';
import type { OpenReplacement } from './open-replacement.ts';
import type { KeyAnswer, KeyChallenge } from './own-keys.ts';
import type { Caller } from './portal-flow.ts';

export interface OwnApp {
  id: string;
  /** Empty when the operator enrolled it. */
  name: string;
  addedAt: Date;
  lastUsedAt: Date | undefined;
  lastUsedFrom: string | undefined;
  /** By wrong codes. */
  switchedOff: boolean;
  frozenAt: Date | undefined;
}

export interface OwnKey {
  id: string;
  name: string;
  /** A synced passkey counts in a reset and nowhere else. */
  kind: KeyKind;
  addedAt: Date;
  lastUsedAt: Date | undefined;
  lastUsedFrom: string | undefined;
  frozenAt: Date | undefined;
}

export interface FactorChange {
  at: Date;
  what: 'app-added' | 'app-removed' | 'token-given' | 'token-ended' | 'key-added' | 'key-removed' | 'codes-made' | 'frozen' | 'thawed';
}

/** What somebody holds, as their page shows it; nothing of what a factor is made of. */
export interface OwnFactors {
  /** As they signed in. */
  account: string;
  apps: OwnApp[];
  tokens: { id: string; serial: string; since: Date; switchedOff: boolean }[];
  keys: OwnKey[];
  /** They have one app, token or key in all. */
  oneWayIn: boolean;
  codes: { left: number; madeAt: Date | undefined; lastUsedAt: Date | undefined };
  /** Of the last thirty days, the newest first. */
  changes: FactorChange[];
}

export interface NewAppShown {
  /** Base32 in groups of four, to be typed by hand. */
  key: string;
  /** As apps read it from a QR code (Key Uri Format). */
  uri: string;
  algorithm: 'sha1' | 'sha256' | 'sha512';
  digits: 6 | 7 | 8;
  period: 30 | 60;
}

/** What a page asks a new key, and what the key answered (activities/verify/typed.ts). */
export interface NewKeyAsked {
  ceremony: string;
  /** PublicKeyCredentialCreationOptionsJSON. */
  creation: object;
}
export interface NewKeyAnswer {
  ceremony: string;
  registration: { credential: string; clientDataJSON: string; attestationObject: string; transports: string[] };
}

/** A browser that is signed in to My factors, or on its way. */
export interface FactorHolder extends Caller {
  token: string | undefined;
  nonce: string;
}

/** A fresh code of what they hold, or the answer of a key to just this. */
export type ShownFactor = { code: string } | KeyAnswer;
/** What confirms a change: for somebody who holds nothing yet also a ticket, before the second step. */
export type ConfirmedWith = ShownFactor | Ticket;
/** Of the help desk, or of a campaign's letter. */
export type Ticket = { issuedCode: string } | { letterCode: string };
/** For a first app where the policy says so: the directory password once more. `turn`: a number of the page's own, since what was typed before may have been a slip. */
export interface PasswordAlone {
  password: string;
  turn: string;
}
/** A change that a key may confirm; `of` is the number of the form in which the new app or codes are shown. */
export type ChangeAsked =
  | { deed: 'app'; of: string; replaces?: string | undefined }
  | { deed: 'recovery-codes'; of: string }
  | { deed: 'remove' | 'freeze'; factor: string };

/**
 * My factors at the portal. Every method throws `Refusal`: `sign-in-needed` without a session of this door that has come far
 * enough. `of` is the form's number, from which with the session's secret key and codes are made anew whenever the same form is
 * shown: none of them is kept anywhere before it counts.
 */
export interface OwnFactorsFlow {
  signIn(ask: Caller & { account: string; password: string; nonce: string }): Promise<string>;
  /** The second step; answers the token of the whole session. */
  confirm(ask: FactorHolder & { by: ShownFactor }): Promise<string>;
  /** What any key of the person has to sign as the second step; whoever has passed the first is asked alike, with or without a key. */
  confirmChallenge(token: string | undefined): Promise<KeyChallenge>;
  /** What any key of the person has to sign for just this change. */
  changeChallenge(token: string | undefined, change: ChangeAsked): Promise<KeyChallenge>;
  stage(token: string | undefined): Promise<'password' | 'full' | undefined>;
  look(token: string | undefined): Promise<OwnFactors>;
  /** Until when the letter of a campaign works that was made for them; before the second step too. */
  letter(token: string | undefined): Promise<Date | undefined>;
  newApp(token: string | undefined, of: string): Promise<NewAppShown>;
  addApp(ask: FactorHolder & { of: string; code: string; name: string; replaces?: string | undefined; by: ConfirmedWith }): Promise<void>;
  /** Whether the policy lets anybody at all set up a first app with the password alone: the same for everybody. */
  firstByPassword(token: string | undefined): Promise<boolean>;
  addFirstApp(ask: FactorHolder & { of: string; code: string; name: string; by: PasswordAlone }): Promise<void>;
  newKey(token: string | undefined): Promise<NewKeyAsked>;
  /** Confirmed by a code of the app together with a recovery code, both used up. */
  addKey(ask: FactorHolder & NewKeyAnswer & { name: string; by: { totp: string; recoveryCode: string } }): Promise<void>;
  /** What any key of the person has to sign for the end of this one. */
  keyRemoval(token: string | undefined, key: string): Promise<KeyChallenge>;
  removeKey(ask: FactorHolder & KeyAnswer & { key: string }): Promise<void>;
  newCodes(token: string | undefined, of: string): Promise<{ account: string; codes: string[] }>;
  renewCodes(ask: FactorHolder & { of: string; by: ConfirmedWith }): Promise<void>;
  rename(ask: FactorHolder & { factor: string; name: string }): Promise<void>;
  remove(ask: FactorHolder & { factor: string; by: ConfirmedWith }): Promise<void>;
  /** What may be objected to, or is frozen and waits for the help desk; the directory password alone is enough to see it. */
  disputes(token: string | undefined): Promise<Dispute[]>;
  /** Without `by` an objection, for which the directory password is enough. */
  freeze(ask: FactorHolder & { factor: string; by?: ShownFactor | undefined }): Promise<void>;
  /** With the help desk's ticket, before or after the second step. */
  settle(ask: FactorHolder & { factor: string; theirs: boolean; issuedCode: string }): Promise<void>;
  /** A replacement of every factor that somebody asked for; the directory password alone is enough to see and to stop it. */
  replacement(token: string | undefined): Promise<OpenReplacement | undefined>;
  object(ask: FactorHolder): Promise<void>;
  /** Says that the person who has this request code on the screen is who they say. */
  vouch(ask: FactorHolder & { whom: string; requestCode: string; by: { code: string } }): Promise<void>;
  signOut(token: string | undefined): Promise<void>;
}
