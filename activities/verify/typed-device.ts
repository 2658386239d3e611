import { z } from 'zod';
import { COMPUTER_ACCOUNT, DEVICE_DEEDS, DEVICE_NAME, PLATFORMS } from '#domain/device.ts';
import { LONGEST_ATTEST } from '#prisma/device-attest-text.ts';
import { base64url, code, name, ownFactor, source } from './typed-parts.ts';

/** A ticket for a device of one name, or what becomes of one by its id. `account`: at the operator's terminal a name. */
export const deviceDeed = z.strictObject({
  account: name,
  deed: z.enum(DEVICE_DEEDS),
  about: z.union([z.uuid(), z.string().regex(DEVICE_NAME)]),
  ticket: code.optional(),
  reason: z.string().regex(/^[0-9a-f]{64}$/),
  by: ownFactor,
  source,
});
const enrolling = {
  name: z.string().regex(DEVICE_NAME),
  platform: z.enum(PLATFORMS),
  agent: z.string().max(32),
  publicKey: z.base64().max(256),
  source,
};
const byTicket = z.strictObject({ ticket: code, ...enrolling });
const byComputer = z.strictObject({ computer: z.string().regex(COMPUTER_ACCOUNT), ...enrolling });
/** What a device shows to be enrolled, a ticket or the name of its computer's account, and the key of the connection on which it did. */
export const deviceEnrolment = z.union([byTicket, byComputer]);
export type TypedByTicket = z.infer<typeof byTicket>;
export type TypedByComputer = z.infer<typeof byComputer>;
/** What a device signed at its login screen, and for which challenge. */
export const attestedByDevice = z.strictObject({
  method: z.literal('known-device'),
  ceremony: z.uuid(),
  statement: z.string().min(1).max(LONGEST_ATTEST),
  signature: base64url(86),
  source,
});
