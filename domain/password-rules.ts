import type { PasswordReason } from './refusals.ts';

/** The password policy in force for one account, as far as the directory shows it. `unreadable`: a fine-grained policy applies that nobody here may read. */
export interface PasswordPolicy {
  source: 'domain' | 'fine-grained' | 'unreadable';
  minLength: number;
  complexity: boolean;
  historyLength: number;
  /** How this controller counts kinds of characters; undefined: not known, so both ways have to be satisfied. */
  countedBy?: 'windows' | 'samba' | undefined;
}

export const MAX_PASSWORD_LENGTH = 127;

/** NFC, so that the same word typed on two keyboards is the same password; the only form that is ever sealed or written. */
export function normalisePassword(typed: string): string {
  return typed.normalize('NFC');
}

/**
 * Every reason why a password breaks the rules that can be judged before the directory is asked: length in UTF-16 code
 * units as AD counts, three kinds of characters as that controller counts them (MS "Password must meet complexity
 * requirements"; Samba's check_password_quality), characters nobody can type again, the account's own names. Samba itself takes a
 * password with a name in it; it is refused here all the same. An empty list means "the directory decides".
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
  if (policy.complexity && kinds(password, policy.countedBy) < 3) problems.push('needs-categories');
  if (containsName(password, names)) problems.push('contains-name');
  return problems;
}

/** The signs that count as a kind, in both: no space, no currency, nothing beyond ASCII. */
const SIGN = /[~!@#$%^&*_\-+=`|\\(){}[\]:;"'<>,.?/]/;

/** So many kinds of characters as that controller finds; as Windows does when it is not known, since it finds fewer. */
function kinds(password: string, countedBy: PasswordPolicy['countedBy']): number {
  const kindOf = countedBy === 'samba' ? kindForSamba : kindForWindows;
  return new Set(Array.from(password, kindOf).filter((kind) => kind !== 'none')).size;
}

type Kind = 'capital' | 'small' | 'digit' | 'sign' | 'caseless' | 'none';

function kindForWindows(letter: string): Kind {
  if (/\p{Lu}/u.test(letter)) return 'capital';
  if (/\p{Ll}/u.test(letter)) return 'small';
  if (/\p{L}/u.test(letter)) return 'caseless';
  return kindInAscii(letter);
}

/** A letter is small when it has one capital, which ß has not; whatever else is beyond ASCII is one kind: letters, digits, signs, marks. */
function kindForSamba(letter: string): Kind {
  if (letter.toLowerCase() !== letter) return 'capital';
  const capital = letter.toUpperCase();
  if (capital !== letter && capital.length === letter.length) return 'small';
  return /\P{ASCII}/u.test(letter) ? 'caseless' : kindInAscii(letter);
}

function kindInAscii(letter: string): Kind {
  if (/[0-9]/.test(letter)) return 'digit';
  return SIGN.test(letter) ? 'sign' : 'none';
}

/** AD's own rule: the account name, or a part of the display name of three characters or more, anywhere in the password. */
function containsName(password: string, names: readonly string[]): boolean {
  const text = password.toLowerCase();
  const parts = names.flatMap((name) => [name, ...name.split(/[\s,.\-_#]+/)]).map((part) => part.normalize('NFC').toLowerCase());
  return parts.some((part) => part.length >= 3 && text.includes(part));
}

/** What the claimant reads before typing. */
export function passwordRulesInWords(policy: PasswordPolicy, productMinLength = 0): string[] {
  const words = [`At least ${Math.max(policy.minLength, productMinLength)} characters, at most ${MAX_PASSWORD_LENGTH}.`];
  if (policy.source === 'unreadable')
    words.push(
      'A stricter rule of its own applies to your account, which this page may not read. Choose a long one: the directory says whether it is enough.',
    );
  if (policy.complexity)
    words.push(
      'Three of these kinds: capital letters, small letters, digits 0 to 9, signs such as ! or -, letters without capitals such as those of Bangla.',
    );
  words.push(
    'Not your names or your employee number, and nothing that many people use: no row of keys such as qwerty, no run such as 12345, no date, no word of this company alone.',
  );
  if (policy.historyLength > 0) words.push(`Not one of your last ${policy.historyLength} passwords.`);
  return words;
}
