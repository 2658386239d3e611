import { z } from 'zod';
import type { Next } from '#domain/next.ts';
import { signInLimitsInWords } from '#domain/sign-in-limits.ts';

/** What the verifier left with the reset about its account. Resets from before it was kept say nothing. */
const stored = z
  .object({
    hours: z.array(z.int().min(0).max(167)).exactOptional(),
    computers: z.array(z.string()).exactOptional(),
    passwordRunOut: z.literal(true).exactOptional(),
  })
  .nullable();

/** Steps that only whoever has proven to be the account's owner comes to. */
const BEHIND_PROOF: readonly Next['step'][] = ['choose-operation', 'choose-password', 'done'];

/**
 * What the claimant is told of the limits of their account's sign-in, sentence by sentence, in the time zone of this host. Nothing
 * before they are proven, and nothing where neither password nor lock is what is changed.
 */
export function signInTold(signIn: unknown, { step, operation }: Next, at: Date): string[] {
  if (!BEHIND_PROOF.includes(step) || operation === 'replace-factors') return [];
  const limits = stored.parse(signIn);
  if (!limits) return [];
  return signInLimitsInWords(limits, { at, keepsPassword: step === 'choose-operation' || operation === 'unlock' });
}
