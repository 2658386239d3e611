import { z } from 'zod';
import { passwordProblems, passwordRulesInWords } from '#domain/password-rules.ts';
import { PASSWORD_REASONS, type PasswordReason } from '#domain/refusals.ts';
import type { BannedList } from './banned-list.ts';
import type { AskGuessable } from './guessable.ts';

/** What domain/password-rules.ts says. */
const AS_TYPED = ['too-short', 'too-long', 'control-character', 'needs-categories', 'contains-name'] as const;

/** What the verifier left with the reset about the account's rules, for the page and for the check at the door. */
const passwordRules = z.object({
  policy: z.object({
    source: z.enum(['domain', 'fine-grained', 'unreadable']),
    minLength: z.int(),
    complexity: z.boolean(),
    historyLength: z.int(),
    countedBy: z.enum(['windows', 'samba']).optional(),
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

/** What can be judged while it is typed, in the browser too, with the words for it: nothing that is the service's own. */
export const judgedAsTyped = passwordRules.pick({ policy: true, names: true, minLength: true }).extend({
  words: z.record(z.string(), z.string()),
});
export type JudgedAsTyped = z.infer<typeof judgedAsTyped>;

function rulesAsTyped({ policy, names, minLength }: PasswordRules): JudgedAsTyped {
  return { policy, names, minLength, words: Object.fromEntries(AS_TYPED.map((reason) => [reason, PASSWORD_REASONS[reason]])) };
}

/** What a claimant is shown of the rules before typing. */
export function rulesToShow(rules: PasswordRules): { passwordRules: string[]; passwordJudged: JudgedAsTyped } {
  return { passwordRules: passwordRulesInWords(rules.policy, rules.minLength), passwordJudged: rulesAsTyped(rules) };
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
