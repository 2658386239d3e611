import { z } from 'zod';
import { DEVICE_DEEDS, DEVICE_NAME, PLATFORMS } from '#domain/device.ts';
import { code, name, ownFactor, source } from './typed-parts.ts';

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
/** What a device shows to be enrolled, and the key of the connection on which it did. */
export const deviceEnrolment = z.strictObject({
  ticket: code,
  name: z.string().regex(DEVICE_NAME),
  platform: z.enum(PLATFORMS),
  agent: z.string().max(32),
  publicKey: z.base64().max(256),
  source,
});
