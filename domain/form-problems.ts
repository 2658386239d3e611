import { isRefusalCode, PASSWORD_REASONS, type PasswordReason, REFUSALS, type RefusalCode } from './refusals.ts';

/** What can be wrong with a form before anybody is asked: only its shape, so it says nothing about an account. */
const FORM_PROBLEMS = {
  'account-missing': { field: 'account', words: 'Enter your account name.' },
  'account-shape': { field: 'account', words: 'That cannot be an account name. Enter the name that you sign in with.' },
  'proof-missing': { field: 'proof', words: 'Choose how you show that it is you.' },
  'colleague-missing': { field: 'colleague', words: 'Enter the account name of the colleague who vouches for you.' },
  'colleague-shape': { field: 'colleague', words: 'That cannot be an account name. Ask your colleague which name they sign in with.' },
  'known-password-missing': { field: 'knownPassword', words: 'Enter the password of your account.' },
  'known-password-long': { field: 'knownPassword', words: 'No password has more than 256 characters. Check what you typed.' },
  'whom-missing': { field: 'whom', words: 'Enter the account name of the person beside you.' },
  'whom-shape': { field: 'whom', words: 'That cannot be an account name. Ask the person beside you which name they typed.' },
  'request-code-missing': { field: 'requestCode', words: 'Enter the request code from the screen of the person beside you.' },
  'request-code-shape': {
    field: 'requestCode',
    words: 'A request code has six letters and digits, such as K7Q-2XD. Look at their screen again.',
  },
  'code-missing': { field: 'code', words: 'Enter your code.' },
  'code-shape': { field: 'code', words: 'A code has 20 letters and digits, or 16, in groups of four. Check what you typed.' },
  'digits-missing': { field: 'digits', words: 'Enter the digits from your authenticator app or token.' },
  'digits-shape': { field: 'digits', words: 'The code from your app or token is six to eight digits, nothing else.' },
  'return-shape': {
    field: 'digits',
    words: 'That is neither the six to eight digits of an app or token, nor the 16 letters and digits of a code from the help desk.',
  },
  'current-password-missing': { field: 'password', words: 'Enter the password of your computer.' },
  'name-missing': { field: 'name', words: 'Give it a name, such as “my phone”.' },
  'name-long': { field: 'name', words: 'That name is too long: 64 characters are the most.' },
  'new-digits-missing': { field: 'newDigits', words: 'Enter the digits that the new app shows.' },
  'new-digits-shape': { field: 'newDigits', words: 'The new app shows six to eight digits, nothing else.' },
  'ticket-missing': { field: 'ticket', words: 'Enter the code from your letter or from the help desk.' },
  'ticket-shape': {
    field: 'ticket',
    words: 'The code has 20 letters and digits on a letter, and 16 from the help desk, in groups of four. Check what you typed.',
  },
  'key-missing': { field: 'digits', words: 'Your security key gave no answer. Try again, or type the digits from your app or token.' },
  'key-refused': {
    field: 'digits',
    words:
      'That security key was not accepted. Use one that you have registered here, and its PIN or your fingerprint; or type the digits from your app or token.',
  },
  'new-key-missing': { field: 'name', words: 'The new key gave no answer. Plug it in, and touch it when the browser asks.' },
  'recovery-code-missing': { field: 'recoveryCode', words: 'Enter one of your printed recovery codes.' },
  'recovery-code-shape': {
    field: 'recoveryCode',
    words: 'A recovery code has 20 letters and digits, or 16, in groups of four. Check what you typed.',
  },
  'operation-missing': { field: 'operation', words: 'Choose what shall be done.' },
  'password-missing': { field: 'password', words: 'Enter a new password.' },
  'return-refused': {
    field: 'reference',
    words:
      'The reference and what you showed were not accepted together. Check the reference, and use a key or card that is yours. If your reset ended long ago, start a new one, or ask the help desk with your reference.',
  },
  'reference-missing': { field: 'reference', words: 'Enter the reference of your reset.' },
  'reference-shape': { field: 'reference', words: 'A reference has 12 letters and digits, in three groups of four. Check what you typed.' },
} as const;

export type FormProblem = keyof typeof FORM_PROBLEMS;
export type FieldName = (typeof FORM_PROBLEMS)[FormProblem]['field'];

/** Why a form comes back: problems of shape, or one refusal with its details. */
export interface Problem {
  codes: readonly (FormProblem | RefusalCode)[];
  reasons?: readonly PasswordReason[];
  retryAfterSeconds?: number | undefined;
}

/** One line of the error summary; with a field, it links there and stands beside it in the same words. */
export interface ProblemLine {
  words: string;
  field?: FieldName;
}

const FIELD_OF_REFUSAL: Partial<Record<RefusalCode, FieldName>> = {
  'proof-not-accepted': 'code',
  'factor-not-accepted': 'digits',
  'resume-refused': 'reference',
  'app-code-not-accepted': 'newDigits',
  'ticket-not-accepted': 'ticket',
  'letter-not-accepted': 'ticket',
  'first-app-refused': 'password',
  'letter-first-only': 'ticket',
  'vouch-not-open': 'requestCode',
};

/** Refusals whose words are made for programs, said again for a person with a form. */
const SAID_TO_PEOPLE: Partial<Record<RefusalCode, string>> = {
  'key-reused': 'This form was sent before with something else in it. Here is a fresh one: please fill it in again.',
  'bad-request': 'That could not be read. Check what you typed and try again.',
  'wrong-media-type': 'The form did not arrive as a form. Load the page again and send it once more.',
  'not-allowed-here': 'This address does not take that kind of request. Start from the first page.',
  'form-expired':
    'This form has expired and was not sent. Load the page again and fill it in once more. If that does not help, this browser may be refusing cookies.',
};

export function wordsOf(code: RefusalCode): string {
  return SAID_TO_PEOPLE[code] ?? REFUSALS[code].words;
}

/** The lines to show, in the order of the page. A refused password becomes one line a reason. */
export function problemLines({ codes, reasons = [], retryAfterSeconds }: Problem = { codes: [] }): ProblemLine[] {
  return codes.flatMap((code): ProblemLine[] => {
    if (!isRefusalCode(code)) return [FORM_PROBLEMS[code]];
    if (code === 'password-refused') {
      const lines = reasons.length > 0 ? reasons.map((reason) => PASSWORD_REASONS[reason]) : [REFUSALS[code].words];
      return lines.map((words) => ({ words, field: 'password' }));
    }
    const wait = retryAfterSeconds === undefined ? '' : ` ${tryAgainIn(retryAfterSeconds)}`;
    const field = FIELD_OF_REFUSAL[code];
    return [{ words: wordsOf(code) + wait, ...(field ? { field } : {}) }];
  });
}

export function tryAgainIn(seconds: number): string {
  if (seconds <= 90) return `Try again in ${Math.max(1, Math.ceil(seconds))} seconds.`;
  return `Try again in ${Math.ceil(seconds / 60)} minutes.`;
}
