import { z } from 'zod';
import { Broken } from '../closed-failures.ts';
import type { Operation } from '#domain/operation.ts';
import type { WriteAsked } from '../contract.ts';
import type { UnlockAsked } from '../unlock-contract.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

const unlockSchema = z.strictObject({
  reset: guid,
  run: guid,
  account: guid,
  ordinal: z.int().min(1).max(1000),
  intent: guid,
});
const schema = unlockSchema.extend({
  sealed: guid,
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  endOldPassword: z.literal(true).exactOptional(),
});

/** What a worker may ask a writer for, and what that is. */
export type AnyAsked = UnlockAsked | WriteAsked;

export function operationAsked(asked: AnyAsked): Operation {
  return 'digest' in asked ? 'new-password' : 'unlock';
}

/** Of the sealed password; an unlock has none. */
export function digestAsked(asked: AnyAsked): string | null {
  return 'digest' in asked ? asked.digest : null;
}

/** Whether it is about the throw-away password that comes before the sealed one. */
export function endsOldPassword(asked: AnyAsked): boolean {
  return 'digest' in asked && asked.endOldPassword === true;
}

/** The message of the worker, in shape at least. Throws Broken (not retried) otherwise: an honest worker never sends it. */
export function parseAsked(asked: WriteAsked): WriteAsked {
  return parsedBy(schema, asked);
}

export function parseUnlock(asked: UnlockAsked): UnlockAsked {
  return parsedBy(unlockSchema, asked);
}

function parsedBy<T>(shape: z.ZodType<T>, asked: unknown): T {
  const parsed = shape.safeParse(asked);
  if (!parsed.success) throw new Broken('the writer was asked in a shape that is not in the contract');
  return parsed.data;
}
