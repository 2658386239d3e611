import { z } from 'zod';
import { Broken } from '../closed-failures.ts';
import type { WriteAsked } from '../contract.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

const schema = z.strictObject({
  reset: guid,
  run: guid,
  account: guid,
  ordinal: z.int().min(1).max(1000),
  sealed: guid,
  intent: guid,
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The message of the worker, in shape at least. Throws Broken (not retried) otherwise: an honest worker never sends it. */
export function parseAsked(asked: WriteAsked): WriteAsked {
  const parsed = schema.safeParse(asked);
  if (!parsed.success) throw new Broken('the writer was asked in a shape that is not in the contract');
  return parsed.data;
}
