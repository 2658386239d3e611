import { z } from 'zod';
import { REVIEW_JUDGEMENTS } from '#domain/break-glass-statement.ts';
import { DOORS, FLAGS } from '#domain/circumstances.ts';
import { PLATFORMS } from '#domain/device.ts';
import { HALTS } from '#domain/halt.ts';
import { CAMPAIGN_DEEDS } from '#domain/joint-act.ts';
import { OPERATIONS } from '#domain/operation.ts';
import { CODE_FACTORS, OFFERED_PROOFS } from '#domain/next.ts';
import { POLICY_DEEDS } from '#domain/policy-publication.ts';
import { CARD_ALGORITHMS } from '#evidence/card-signature.ts';
import { LONGEST_TICKET } from '#evidence/card-ticket.ts';
import type { SealedContext } from '#domain/sealed.ts';
import { MOST_FILE_BYTES } from '#domain/token.ts';
import { seenText } from '#prisma/publication-text.ts';
import { campaignAsked } from '#prisma/campaign-text.ts';
import { attestedByDevice, deviceDeed, deviceEnrolment } from './typed-device.ts';
import { assertion, base64url, code, name, ownFactor, registration, source } from './typed-parts.ts';
import { reading } from './typed-reading.ts';

/**
 * What the API seals to the verifier, by purpose. The API has checked lengths already; this is checked again because a
 * value that nobody can use must end as a failed attempt, not as an exception that quotes it.
 */
/** Parameters of a one-time authenticator (RFC 6238). Phone apps know SHA-1, 6 digits and 30 seconds only. */
const totp = z.strictObject({
  secret: z
    .string()
    .regex(/^[A-Za-z2-7 ]+=*$/)
    .max(256),
  algorithm: z.enum(['sha1', 'sha256', 'sha512']),
  digits: z.union([z.literal(6), z.literal(7), z.literal(8)]),
  period: z.union([z.literal(30), z.literal(60)]),
});
export type TotpParameters = z.infer<typeof totp>;

const device = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\p{L}\p{N} ._-]+$/u),
  platform: z.enum(PLATFORMS),
});
export type NewDevice = z.infer<typeof device>;

const checkpointSeen = z.strictObject({ size: z.string().regex(/^(0|[1-9][0-9]{0,18})$/), root: z.string().length(44) }).nullable();

/** The letters of a campaign, from a seed of the API's, or its end. */
const campaignDeed = z.strictObject({
  account: z.uuid(),
  campaign: z.uuid(),
  deed: z.enum(CAMPAIGN_DEEDS),
  of: z.uuid().optional(),
  seed: base64url(43).optional(),
  reason: z.string().regex(/^[0-9a-f]{64}$/),
  by: ownFactor,
  source,
});

/** Exactly JointDeed in domain/joint-act.ts. */
const jointDeed = z.union([
  z.strictObject({ halts: z.enum(HALTS) }),
  z.strictObject({
    delegate: z.strictObject({
      from: name,
      to: name,
      groups: z.array(name).max(20),
      units: z.array(z.string().min(1).max(1024)).max(20),
      accounts: z.array(name).max(20),
      since: z.iso.datetime(),
      until: z.iso.datetime(),
    }),
  }),
  z.strictObject({ campaign: campaignAsked }),
]);

/** Who does something about tokens, with a fresh code of theirs, and about which token. */
const who = { by: name, code };
const which = { serial: z.string().min(1).max(64), manufacturer: z.string().max(64).optional() };
const twoCodes = z.tuple([code, code]);
const tokenDeed = z.discriminatedUnion('deed', [
  z.strictObject({ deed: z.literal('bring'), ...who, file: z.string().max(MOST_FILE_BYTES), reading }),
  z.strictObject({ deed: z.literal('confirm'), ...who, import: z.uuid(), key: z.string().min(1).max(1024) }),
  z.strictObject({ deed: z.literal('assign'), ...who, ...which, account: name, holder: code, codes: twoCodes }),
  z.strictObject({ deed: z.literal('resync'), ...who, ...which, codes: twoCodes }),
  z.strictObject({ deed: z.literal('lost'), ...who, ...which }),
  z.strictObject({ deed: z.literal('returned'), ...who, ...which }),
]);

/** A statement about a reset that was signed on a page which showed it. */
const onPage = {
  ceremony: z.uuid(),
  /** Of the commitment to what was shown, base64. */
  salt: z.string().length(24),
  evidence: checkpointSeen,
  assertion,
};

/** Through which door somebody signs in. */
export const SIGN_IN_DOORS = ['console', 'portal'] as const;
const signInDoor = z.enum(SIGN_IN_DOORS).default('console');

const factorName = z.string().min(1).max(64);
const factorDeed = z.discriminatedUnion('deed', [
  /** `code`: what the new app shows. `replaces`: in the place of which. */
  z.strictObject({ deed: z.literal('app'), totp, code, name: factorName, replaces: z.uuid().optional() }),
  z.strictObject({ deed: z.literal('recovery-codes'), recoveryCodes: z.array(code).min(1).max(20) }),
  z.strictObject({ deed: z.literal('rename'), factor: z.uuid(), name: factorName }),
  z.strictObject({ deed: z.literal('remove'), factor: z.uuid() }),
  z.strictObject({ deed: z.literal('freeze'), factor: z.uuid() }),
  /** `theirs`: that it counts again; otherwise it ends for good. */
  z.strictObject({ deed: z.literal('settle'), factor: z.uuid(), theirs: z.boolean() }),
]);
export type TypedFactorDeed = z.infer<typeof factorDeed>;
/** A fresh code of an app or token that they have, the signature of a key of theirs over just this change, the help desk's ticket, or that of a campaign's letter. */
const shown = z.union([
  z.strictObject({ code }),
  z.strictObject({ ceremony: z.uuid(), assertion }),
  z.strictObject({ issuedCode: code }),
  z.strictObject({ letterCode: code }),
  z.strictObject({ password: z.string().min(1).max(256) }),
]);

/** What the browser brought from the card listener (evidence/card-ticket.ts), and what opens the handle that it was sent there with. */
const shownCard = z.strictObject({ text: z.string().max(LONGEST_TICKET), signature: base64url(86), opening: base64url(64) });
export type TypedCard = z.infer<typeof shownCard>;

export const TYPED = {
  /** Sealed together with where it came from: the row of the reset could be edited by whoever holds the database. */
  'account-name': z.strictObject({ account: name, via: z.enum(DOORS).default('portal'), source }),
  /** A code; with vouching the name of the colleague; or what a device signed at its login screen. */
  proof: z.union([z.strictObject({ method: z.enum(OFFERED_PROOFS), value: z.string().min(1).max(256), source }), attestedByDevice]),
  /** Which factor makes the code is found out by checking it: the name is what the page called it. */
  factor: z.union([
    z.strictObject({ method: z.enum(CODE_FACTORS).default('totp'), value: code, source }),
    z.strictObject({ ceremony: z.uuid(), assertion, source }),
    z.strictObject({ card: shownCard, source }),
  ]),
  /** What the claimant chose: nobody on the way can turn the one into the other. */
  operation: z.strictObject({ operation: z.enum(OPERATIONS), source }),
  /** After every factor was lost: the new app with what it shows, and the sheet of codes that the person has in hand. */
  'new-factors': z.strictObject({ totp, code, name: factorName, recoveryCodes: z.array(code).min(1).max(20), source }),
  /** Sealed together with whose session it is: the worker cannot put it on somebody else. */
  objection: z.strictObject({ account: z.uuid(), source }),
  /** The claimant who returns: sealed together with the one update that it may answer, so that its word is worth nothing to another browser. */
  resume: z.union([
    z.strictObject({ method: z.enum([...CODE_FACTORS, 'issued-code']).default('totp'), value: code, update: z.string(), source }),
    z.strictObject({ ceremony: z.uuid(), assertion, update: z.string(), source }),
    z.strictObject({ card: shownCard, update: z.string(), source }),
  ]),
  /** The decision is sealed together with its confirmation: nobody on the way can turn a no into a yes, or give it to another stage or person. */
  decision: z.strictObject({
    by: z.union([
      z.strictObject({ totp: code }),
      z.strictObject(onPage),
      z.strictObject({
        card: z.strictObject({
          ceremony: z.uuid(),
          salt: z.string().length(24),
          evidence: checkpointSeen,
          algorithm: z.enum(CARD_ALGORITHMS),
          /** DER, base64. */
          certificate: z.base64().max(8192),
          signature: base64url(2048),
        }),
      }),
    ]),
    approver: z.string(),
    /** Id of the delegation under which they decide; whoever decides as themselves names none. */
    delegation: z.uuid().optional(),
    stage: z.int(),
    decision: z.enum(['approve', 'deny']),
    reason: z.string(),
    source,
  }),
  /** Sealed together with who locks and why: nobody on the way can put it on somebody else. */
  lock: z.strictObject({ account: z.uuid(), reason: z.string(), by: ownFactor, source }),
  'break-glass': z.strictObject({ ...onPage, officer: z.string(), unwitnessed: z.boolean(), reason: z.string(), source }),
  review: z.strictObject({
    account: z.uuid(),
    ceremony: z.uuid(),
    review: z.uuid(),
    judgement: z.enum(REVIEW_JUDGEMENTS),
    finding: z.string().regex(/^[0-9a-f]{64}$/),
    assertion,
    source,
  }),
  'joint-act': z.strictObject({
    account: z.uuid(),
    deed: z.enum(['propose', 'confirm']),
    /** What is confirmed; a proposal gets its id here. */
    act: z.uuid().optional(),
    what: jointDeed,
    reason: z.string(),
    by: ownFactor,
    source,
  }),
  /** Which door is sealed with it: the console asks for a role and for an app, My factors for neither. */
  'sign-in': z.union([
    z.strictObject({ account: name, password: z.string().min(1).max(256), door: signInDoor, source }),
    z.strictObject({ method: z.literal('totp').optional(), value: code, door: signInDoor, source }),
    z.strictObject({ ceremony: z.uuid(), assertion, door: z.literal('portal'), source }),
  ]),
  /** What somebody signed in to My factors does about one of theirs, and what they show for it. */
  'own-factor': z.strictObject({ account: z.uuid(), what: factorDeed, by: shown.optional(), source }),
  /** For whom somebody signed in to My factors vouches: the name, and the code on the screen of that person. */
  vouch: z.strictObject({ account: z.uuid(), whom: name, requestCode: z.string().min(1).max(16), by: z.strictObject({ code }), source }),
  'issued-code': z.strictObject({ account: name, code, issuer: z.string(), source }),
  passkey: z.strictObject({
    account: z.uuid(),
    door: signInDoor,
    ceremony: z.uuid(),
    name: z.string().min(1).max(64),
    registration,
    by: z.union([z.strictObject({ totp: code, recoveryCode: code }), z.strictObject({ assertion })]),
    source,
  }),
  'passkey-removal': z.strictObject({ account: z.uuid(), door: signInDoor, ceremony: z.uuid(), passkey: z.uuid(), assertion, source }),
  'campaign-deed': campaignDeed,
  'device-deed': deviceDeed,
  'device-enrolment': deviceEnrolment,
  delegation: z.strictObject({
    account: z.uuid(),
    to: name,
    groups: z.array(name).max(20),
    units: z.array(z.string().min(1).max(1024)).max(20),
    accounts: z.array(name).max(20),
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    by: ownFactor,
    source,
  }),
  'delegation-end': z.strictObject({ account: z.uuid(), delegation: z.uuid(), by: ownFactor, source }),
  'policy-deed': z.strictObject({
    account: z.uuid(),
    ceremony: z.uuid(),
    deed: z.enum(POLICY_DEEDS),
    policy: z.string().regex(/^[0-9a-f]{64}$/),
    replaces: z.string().regex(/^[0-9a-f]{64}$/),
    seen: seenText,
    assertion,
    source,
  }),
  'token-deed': tokenDeed,
  'policy-simulation': z.strictObject({
    account: z.uuid(),
    policy: z.string().regex(/^[0-9a-f]{64}$/),
    name,
    networks: z.array(z.string().max(200)).max(50),
    via: z.enum(DOORS),
    at: z.iso.datetime().optional(),
    flags: z.array(z.enum(FLAGS)).max(FLAGS.length).optional(),
    source,
  }),
  enrolment: z.strictObject({
    account: name,
    totp: totp.optional(),
    recoveryCodes: z.array(code).max(20).optional(),
    devices: z.array(device).max(20).optional(),
  }),
} as const satisfies Partial<Record<SealedContext['purpose'], z.ZodType>>;

/** From where something was typed, as a leaf takes it. */
export function fromWhere(typed: { source?: string | undefined } | undefined): { personal?: { address: string } } {
  return typed?.source ? { personal: { address: typed.source } } : {};
}

export type Purpose = keyof typeof TYPED;
export type Typed<P extends Purpose> = z.infer<(typeof TYPED)[P]>;
