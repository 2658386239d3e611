import { z } from 'zod';
import { OPERATIONS } from '#domain/operation.ts';
import { CODE_FACTORS, FACTORS, OFFERED_PROOFS } from '#domain/next.ts';
import { PASSWORD_REASONS, REFUSALS, type PasswordReason, type RefusalCode } from '#domain/refusals.ts';
import { RESET_STATES } from '#domain/reset-state.ts';

/** Shapes that several nouns share; the same schemas validate, filter answers and make the OpenAPI document. */

export const refusalCode = z.enum(Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]]);
export const passwordReason = z.enum(Object.keys(PASSWORD_REASONS) as [PasswordReason, ...PasswordReason[]]);
export const resetState = z.enum(RESET_STATES as [(typeof RESET_STATES)[number], ...(typeof RESET_STATES)[number][]]);
export const proofMethod = z.enum(OFFERED_PROOFS);
export const operation = z.enum(OPERATIONS);
export const factorMethod = z.enum(FACTORS);
/** Of those, what is shown by a code that is typed. */
export const codeMethod = z.enum(CODE_FACTORS);
/** With what a claimant comes back: whoever has lost every factor has a fresh code of the help desk. */
export const returnMethod = z.enum([...CODE_FACTORS, 'issued-code']);
/** Of a claimant who chooses a new password. */
export const endOldPassword = z
  .boolean()
  .describe('Somebody else may know the old password: it is to be refused everywhere at once, and what was begun with it is to be ended.');
/** RFC 3339 in UTC. */
export const moment = z.string();

export const next = z.object({
  step: z.enum(['prove', 'factor', 'wait', 'choose-operation', 'choose-password', 'come-back', 'set-up-factors', 'done', 'refused']),
  choices: z.array(z.string()).optional(),
  /** What is being done, or was done, when that is something else than setting a password. */
  operation: operation.optional(),
  /** `directory`, or the labels of the stages that are open, a space between two. Policies name stages as they like. */
  for: z.string().optional(),
  until: moment.optional(),
  requestCode: z.string().optional(),
  code: refusalCode.optional(),
  reasons: z.array(passwordReason).optional(),
  /** It works no more, whatever becomes of the new one. */
  oldPassword: z.literal('ended').optional(),
  message: z.string(),
});

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: refusalCode,
  detail: z.string(),
  reasons: z.array(passwordReason).optional(),
  next: next.optional(),
  retryAfter: z.int().optional(),
  incident: z.string().optional(),
});

export const byId = z.object({ id: z.uuid() });

/** How far a list was read: opaque to the caller. */
export const cursor = z
  .string()
  .max(64)
  .regex(/^[0-9a-f-]+$/, 'is not a cursor');
export const limit = z.coerce.number().int().min(1).max(200).default(50);
