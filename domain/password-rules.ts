import type { PasswordReason } from './refusals.ts';

/** The password policy in force for one account, as far as the directory shows it. `unreadable`: a fine-grained policy applies that nobody here may read. */
export interface PasswordPolicy {
  source: 'domain' | 'fine-grained' | 'unreadable';
  minLength: number;
  complexity: boolean;
  historyLength: number;
}

export const MAX_PASSWORD_LENGTH = 127;

/** NFC, so that the same word typed on two keyboards is the same password; the only form that is ever sealed or written. */
export function normalisePassword(typed: string): string {
  return typed.normalize('NFC');
}

/**
 * Every reason why a password breaks the rules that can be judged before the directory is asked: length in UTF-16 code
 * units as AD counts, three of four categories (MS "Password must meet complexity requirements"), characters nobody can
 * type again, the account's own names. An empty list means "the directory decides".
 */
export function passwordProblems(
  password: string,
  policy: PasswordPolicy,
  names: readonly string[],
  productMinLength = 0,
): PasswordReason[] {
  const problems: PasswordReason[] = [];
  if (password.length < Math.max(policy.minLength, productMinLength, 1)) problems.push('too-short');
  if (password.length > MAX_PASSWORD_LENGTH) problems.push('too-long');
  // AD accepts a lone surrogate and NUL, and then nobody can ever sign in with them.
  if (!password.isWellFormed() || /\p{Cc}/u.test(password)) problems.push('control-character');
  if (policy.complexity && categories(password) < 3) problems.push('needs-categories');
  if (containsName(password, names)) problems.push('contains-name');
  return problems;
}

function categories(password: string): number {
  const kinds = [/\p{Lu}/u, /\p{Ll}/u, /[0-9]/, /[^\p{L}\p{N}]/u, /\p{Lo}|\p{Lm}/u];
  return kinds.filter((kind) => kind.test(password)).length;
}

/** AD's own rule: the account name, or a part of the display name of three characters or more, anywhere in the password. */
function containsName(password: string, names: readonly string[]): boolean {
  const text = password.toLowerCase();
  const parts = names.flatMap((name) => [name, ...name.split(/[\s,.\-_#]+/)]).map((part) => part.toLowerCase());
  return parts.some((part) => part.length >= 3 && text.includes(part));
}

/** What the claimant reads before typing. */
export function passwordRulesInWords(policy: PasswordPolicy, productMinLength = 0): string[] {
  const words = [`At least ${Math.max(policy.minLength, productMinLength)} characters, at most ${MAX_PASSWORD_LENGTH}.`];
  if (policy.source === 'unreadable') words.push('A stricter rule applies to your account; it may ask for a longer one.');
  if (policy.complexity) words.push('Three of these: capital letters, small letters, digits, other characters.');
  words.push(
    'Not your names or your employee number, and nothing that many people use: no row of keys such as qwerty, no run such as 12345, no date, no word of this company alone.',
  );
  if (policy.historyLength > 0) words.push('Not one that you used before.');
  return words;
}
