import { z } from 'zod';
import { passwordProblems, passwordRulesInWords } from '#domain/password-rules.ts';
import type { PasswordReason } from '#domain/refusals.ts';
import type { BannedList } from './banned-list.ts';
import type { AskGuessable } from './guessable.ts';

/** What the verifier left with the reset about the account's rules, for the page and for the check at the door. */
const passwordRules = z.object({
  policy: z.object({
    source: z.enum(['domain', 'fine-grained', 'unreadable']),
    minLength: z.int(),
    complexity: z.boolean(),
    historyLength: z.int(),
  }),
  names: z.array(z.string()),
  // Resets from before it was kept may be open still.
  own: z.array(z.string()).default([]),
  minLength: z.int(),
});
export type PasswordRules = z.infer<typeof passwordRules>;

/** The rules kept with a reset. Throws when they are not there: a password is never taken without its rules. */
export function passwordRulesOf(stored: unknown): PasswordRules {
  return passwordRules.parse(stored);
}

export function rulesInWords({ policy, minLength }: PasswordRules): string[] {
  return passwordRulesInWords(policy, minLength);
}

/** What a password is held against, besides the rules of its account. */
export interface HeldAgainst {
  banned: Pick<BannedList, 'has'>;
  guessable: AskGuessable;
  siteWords: readonly string[];
}

/** Every reason against a password that is known here; the directory may add its own. `password` is in NFC. Throws `service-unavailable` when it could not be looked at. */
export async function whyNotPassword(
  password: string,
  rules: PasswordRules,
  { banned, guessable, siteWords }: HeldAgainst,
): Promise<PasswordReason[]> {
  const reasons = passwordProblems(password, rules.policy, rules.names, rules.minLength);
  // Longer ones are refused already, and are looked at no further.
  if (reasons.includes('too-long')) return reasons;
  if (await banned.has(password)) reasons.push('common');
  return [...reasons, ...(await guessable(password, { own: [...rules.names, ...rules.own], site: siteWords }))];
}
