import { z } from 'zod';
import { text } from './typed.ts';

/**
 * What browsers answer for a key (`toJSON()` of PublicKeyCredential, WebAuthn Level 3 §5.1.8 and §5.1.9). Members that nothing here reads
 * are let go of: browsers add some of their own.
 */
const base64url = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/, 'is not base64url');

export const registration = z.object({
  id: base64url(1364),
  response: z.object({
    clientDataJSON: base64url(4096),
    attestationObject: base64url(12_288),
    transports: z
      .array(z.string().regex(/^[a-z0-9-]{1,32}$/))
      .max(8)
      .default([]),
  }),
});

export const assertion = z.object({
  id: base64url(1364),
  response: z.object({ clientDataJSON: base64url(4096), authenticatorData: base64url(2048), signature: base64url(2048) }),
});

/** How the person calls a key, such as "blue key on my ring". */
export const passkeyName = text(64).regex(/\S/, 'is empty');

/** As activities/verify/typed.ts takes them. */
export function sealedRegistration({ id, response }: z.infer<typeof registration>) {
  return { credential: id, ...response };
}
export function sealedAssertion({ id, response }: z.infer<typeof assertion>) {
  return { credential: id, ...response };
}

/** What the browser is asked to sign with: its own page makes the challenge from the statement (domain/passkey.ts). */
export const confirmation = z.object({
  rpId: z.string(),
  timeout: z.int(),
  userVerification: z.literal('required'),
  allowCredentials: z.array(z.object({ type: z.literal('public-key'), id: z.string(), transports: z.array(z.string()) })),
});
