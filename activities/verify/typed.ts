import { z } from 'zod';
import { PROOFS } from '#domain/next.ts';
import type { SealedContext } from '#domain/sealed.ts';

/**
 * What the API seals to the verifier, by purpose. The API has checked lengths already; this is checked again because a
 * value that nobody can use must end as a failed attempt, not as an exception that quotes it.
 */
const name = z.string().min(1).max(256);
const code = z.string().min(1).max(64);

/** Parameters of a one-time authenticator (RFC 6238). Phone apps know SHA-1, 6 digits and 30 seconds only. */
const totp = z.strictObject({
  secret: z
    .string()
    .regex(/^[A-Za-z2-7 ]+=*$/)
    .max(256),
  algorithm: z.enum(['sha1', 'sha256', 'sha512']),
  digits: z.union([z.literal(6), z.literal(8)]),
  period: z.union([z.literal(30), z.literal(60)]),
});
export type TotpParameters = z.infer<typeof totp>;

const device = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\p{L}\p{N} ._-]+$/u),
  platform: z.enum(['linux', 'windows', 'mac']),
});
export type NewDevice = z.infer<typeof device>;

export const TYPED = {
  'account-name': z.strictObject({ account: name }),
  proof: z.strictObject({ method: z.enum(PROOFS), value: code }),
  factor: z.strictObject({ method: z.literal('totp').default('totp'), value: code }),
  /** The claimant who returns: sealed together with the one update that it may answer, so that its word is worth nothing to another browser. */
  resume: z.strictObject({ method: z.literal('totp').default('totp'), value: code, update: z.string() }),
  /** The decision is sealed together with its confirmation: nobody on the way can turn a no into a yes, or give it to another stage or person. */
  decision: z.strictObject({
    value: code,
    approver: z.string(),
    stage: z.int(),
    decision: z.enum(['approve', 'deny']),
    reason: z.string(),
  }),
  'sign-in': z.union([
    z.strictObject({ account: name, password: z.string().min(1).max(256) }),
    z.strictObject({ method: z.literal('totp').optional(), value: code }),
  ]),
  'issued-code': z.strictObject({ account: name, code, issuer: z.string() }),
  enrolment: z.strictObject({
    account: name,
    totp: totp.optional(),
    recoveryCodes: z.array(code).max(20).optional(),
    devices: z.array(device).max(20).optional(),
  }),
} as const satisfies Partial<Record<SealedContext['purpose'], z.ZodType>>;

export type Purpose = keyof typeof TYPED;
export type Typed<P extends Purpose> = z.infer<(typeof TYPED)[P]>;
