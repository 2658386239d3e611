import { z } from 'zod';
import { passwordProblems, passwordRulesInWords } from '#domain/password-rules.ts';
import { small, undecorated, undisguised } from '#domain/password-spellings.ts';
import type { PasswordReason } from '#domain/refusals.ts';
import type { BannedList } from './banned-list.ts';

/** What the verifier left with the reset about the account's rules, for the page and for the check at the door. */
const passwordRules = z.object({
  policy: z.object({
    source: z.enum(['domain', 'fine-grained', 'unreadable']),
    minLength: z.int(),
    complexity: z.boolean(),
    historyLength: z.int(),
  }),
  names: z.array(z.string()),
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

/** Every reason against a password that is known here; the directory may add its own. `password` is in NFC. */
export async function whyNotPassword(
  password: string,
  rules: PasswordRules,
  siteWords: readonly string[],
  banned: Pick<BannedList, 'has'>,
): Promise<PasswordReason[]> {
  const reasons = passwordProblems(password, rules.policy, rules.names, rules.minLength);
  if (await banned.has(password)) reasons.push('common');
  if (isSiteWord(password, siteWords)) reasons.push('site-word');
  return reasons;
}

/** Nothing but words of this place, however often and however decorated: Bank-2026!, W3lcomeBank1. */
function isSiteWord(password: string, siteWords: readonly string[]): boolean {
  const plain = small(password);
  const words = siteWords.map(small);
  return [plain, undisguised(plain), undisguised(undecorated(plain))].some((spelling) => {
    const rest = words.reduce((left, word) => left.replaceAll(word, ''), spelling);
    return rest !== spelling && undecorated(rest) === '';
  });
}
