import { z } from 'zod';

/** What several of the sealed values of typed.ts are made of. */

export const name = z.string().min(1).max(256);
export const code = z.string().min(1).max(64);
/** The address that the request came from. What the operator's own command seals has none. */
export const source = z.string().min(1).max(64).optional();

export const base64url = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/);
/** A credential id has 1,023 bytes at most (WebAuthn Level 3 §4). */
export const credential = base64url(1364);
/** What a key signed (§5.2.2). A client data text holds an origin and a challenge; authenticator data without a new key are 37 bytes and extensions. */
export const assertion = z.strictObject({
  credential,
  clientDataJSON: base64url(4096),
  authenticatorData: base64url(2048),
  signature: base64url(2048),
});
export type TypedAssertion = z.infer<typeof assertion>;
/** What a new key answered (§5.2.1), with its certificates when it has some. */
export const registration = z.strictObject({
  credential,
  clientDataJSON: base64url(4096),
  attestationObject: base64url(12_288),
  transports: z.array(z.string().regex(/^[a-z0-9-]{1,32}$/)).max(8),
});
export type TypedRegistration = z.infer<typeof registration>;

/** By what somebody at the console confirms a deed (activities/verify/confirmed-deed.ts). */
export const ownFactor = z.union([z.strictObject({ totp: code }), z.strictObject({ ceremony: z.uuid(), assertion })]);
