import type { AttestPurpose } from '#domain/device.ts';
import type { CodeMethod, Next, OfferedProof } from '#domain/next.ts';
import type { OwnDevice } from './portal-devices.ts';
import type { JudgedAsTyped } from './password-check.ts';
import type { KeyAnswer, KeyChallenge } from './own-keys.ts';
import type { Operation } from '#domain/operation.ts';
import type { ResetState } from '#domain/reset-state.ts';
import type { NewAppShown } from './own-factors-flow.ts';
import type { Afterwards } from './watch-view.ts';

/** Where a request comes from, as the connection shows it (never a header that anybody may send). */
export interface Caller {
  source: string;
}

/** A browser that holds a reset: the reference, and the cookie's secret that binds the two. */
export interface Holder extends Caller {
  reference: string;
  browserToken: string | undefined;
}

export interface Begun {
  reference: string;
  /** Goes into the cookie; only its HMAC is kept. */
  browserToken: string;
  next: Next;
}

/** With what somebody comes back: a code, a key's answer to a challenge of `waysBack`, or the ticket of a card with the secret that its address was made with. */
export type Shown = { factor: CodeMethod | 'issued-code'; value: string } | KeyAnswer | { ticket: string; returnToken: string };

/** How somebody comes back who holds a key or card; the same for every reference. */
export interface WaysBack {
  key: KeyChallenge;
  /** Where this browser shows a smart card, while the site takes them. */
  cardAddress?: string;
}

/** What a device signed for a challenge (docs/device-protocol.md). */
export interface DeviceAnswer {
  ceremony: string;
  statement: string;
  /** Base64url. */
  signature: string;
}

export interface AtDevice {
  device: string;
  /** Whether some rule of the policy takes the word of a device as a proof; the same for everybody. */
  knownDevice: boolean;
}

export interface NewFactors {
  /** Whose they are, as the directory writes it. */
  account: string;
  app: NewAppShown;
  codes: string[];
}

export interface PortalProgress {
  reference: string;
  state: ResetState;
  next: Next;
  /** By which somebody beside the claimant knows that they speak of the same request. */
  requestCode: string;
  /** When it came to this step. */
  since: Date;
  /** Words for the page on which a password is chosen. */
  passwordRules: string[];
  /** What limits the sign-in of the account besides its password, in words; empty as long as nobody is proven. */
  signInLimits: string[];
  /** What that page can judge while somebody types. */
  passwordJudged?: JudgedAsTyped;
  /** While a factor is asked for and the site takes smart cards: where this browser shows one. */
  cardAddress?: string;
  /** Behind the good end: how many recovery codes the account has left. */
  recoveryCodesLeft?: number;
  /** Behind the good end: whether they have one app, token or key in all. */
  oneWayIn?: boolean;
  /** Who else is told how it ended, in words for the claimant; null when nobody is, and as long as it has not ended. */
  told: string | null;
  /** After a new password: the claimant's devices that remember the old one. */
  devices?: OwnDevice[];
  /** Behind a change: whether wrong passwords arrive since; null when that is not watched. */
  afterwards: Afterwards | null;
}

/**
 * What a claimant can do, whether by the portal's pages or by JSON: one set of handlers for both. Every method throws
 * `Refusal`; `nonce` (the form's, or the Idempotency-Key) becomes the update id, so that a repeated request gets the
 * first answer and is never carried out twice.
 */
export interface PortalFlow {
  begin(ask: Caller & { account: string; nonce: string }): Promise<Begun>;
  progress(holder: Holder): Promise<PortalProgress>;
  prove(ask: Holder & { proof: OfferedProof; value: string; nonce: string }): Promise<Next>;
  /** What the device at whose login screen the claimant stands has to sign: the same for everybody, whoever was named. */
  deviceChallenge(ask: Holder & { purpose: AttestPurpose }): Promise<{ ceremony: string; challenge: string }>;
  /** Takes down at which device the reset was begun; the first one stays. */
  atDevice(ask: Holder & DeviceAnswer): Promise<AtDevice>;
  /** With what a device signed, as a proof. */
  proveByDevice(ask: Holder & DeviceAnswer & { nonce: string }): Promise<Next>;
  /** `value`: digits; with a smart card the ticket that the card listener gave. */
  checkFactor(ask: Holder & { factor: CodeMethod | 'smart-card'; value: string; nonce: string }): Promise<Next>;
  /** What a key has to sign to count in this reset: the same for everybody, whoever was named. */
  challenge(holder: Holder): Promise<KeyChallenge>;
  checkKey(ask: Holder & KeyAnswer & { nonce: string }): Promise<Next>;
  chooseOperation(ask: Holder & { operation: Operation; nonce: string }): Promise<Next>;
  /** Says that nothing that makes codes is left, where one is asked for. */
  loseFactors(ask: Holder & { nonce: string }): Promise<Next>;
  /** Key and codes for the form of this number; nothing counts yet. Refuses `not-now` before the claimant is back. */
  newFactors(holder: Holder, of: string): Promise<NewFactors>;
  /** `of`: the number of the form that showed them; `code`: what the new app shows. */
  replaceFactors(ask: Holder & { of: string; name: string; code: string; nonce: string }): Promise<Next>;
  /** `endOldPassword`: somebody else may know the old one. */
  choosePassword(ask: Holder & { password: string; endOldPassword?: boolean | undefined; nonce: string }): Promise<Next>;
  cancel(ask: Holder & { nonce: string }): Promise<Next>;
  resume(ask: Caller & { reference: string; nonce: string } & Shown): Promise<Begun>;
  /** `returnToken`: a secret of this browser, with which a card's ticket opens. */
  waysBack(ask: Caller & { reference: string; returnToken: string }): Promise<WaysBack>;
}
