import { z } from 'zod';
import type { Reading } from '#activities/tokens/token-file.ts';

/** Name of a column, or of a maker. */
const label = z.string().max(128);
const mapping = z.strictObject({
  serial: label.min(1),
  secret: label.min(1),
  seedAs: z.enum(['hex', 'base32', 'base64']),
  counter: label.nullable(),
  manufacturer: z.string().max(64),
  algorithm: z.enum(['sha1', 'sha256', 'sha512']),
  digits: z.union([z.literal(6), z.literal(7), z.literal(8)]),
  period: z.union([z.literal(30), z.literal(60), z.null()]),
});

/** How a file of tokens is to be read, as whoever brings it said. */
export const reading: z.ZodType<Reading> = z.discriminatedUnion('format', [
  z.strictObject({ format: z.literal('pskc'), plain: z.boolean(), signer: z.string().max(65_536).nullable() }),
  z.strictObject({ format: z.literal('csv'), mapping }),
]);
