import { canBeAccountName } from './account-name.ts';
import { CODE_SYMBOLS, normaliseCode, normaliseDigits, normaliseReference, RECOVERY_CODE_SYMBOLS } from './codes.ts';
import { type OfferedProof, OFFERED_PROOFS } from './next.ts';
import { type Operation, OPERATIONS } from './operation.ts';
import { endingsOfCode } from './request-code.ts';
import type { FormProblem, Problem } from './form-problems.ts';

/**
 * What is wrong with a form by its shape alone, said before anybody is asked, so that a slip costs no attempt. The same
 * for every account, therefore it tells nothing about one.
 */
export function accountProblems(account: string): FormProblem[] {
  if (account === '') return ['account-missing'];
  return canBeAccountName(account) ? [] : ['account-shape'];
}

export function digitsProblems(digits: string): FormProblem[] {
  if (digits.trim() === '') return ['digits-missing'];
  return normaliseDigits(digits) === undefined ? ['digits-shape'] : [];
}

/** What was chosen, or that nothing was. */
export function operationProblems(operation: string): { operation: Operation } | Problem {
  const chosen = OPERATIONS.find((known) => known === operation);
  return chosen ? { operation: chosen } : { codes: ['operation-missing'] };
}

export function passwordProblems(password: string): FormProblem[] {
  return password === '' ? ['password-missing'] : [];
}

/** With what somebody comes back: digits of an app or token, or else a code that the help desk issued. */
export function returnMethod(typed: string): 'totp' | 'issued-code' | undefined {
  if (normaliseDigits(typed) !== undefined) return 'totp';
  return normaliseCode(typed, CODE_SYMBOLS) === undefined ? undefined : 'issued-code';
}

export function resumeProblems(reference: string, typed: string): FormProblem[] {
  const codes: FormProblem[] = typed.trim() === '' ? ['digits-missing'] : returnMethod(typed) ? [] : ['return-shape'];
  return [...referenceProblems(reference), ...codes];
}

export function referenceProblems(reference: string): FormProblem[] {
  if (reference.trim() === '') return ['reference-missing'];
  return normaliseReference(reference) === undefined ? ['reference-shape'] : [];
}

export function signInProblems(account: string, password: string): FormProblem[] {
  return [...accountProblems(account), ...currentPasswordProblems(password)];
}

export function currentPasswordProblems(password: string): FormProblem[] {
  return password === '' ? ['current-password-missing'] : [];
}

export function nameProblems(name: string): FormProblem[] {
  if (name.trim() === '') return ['name-missing'];
  return name.trim().length > 64 ? ['name-long'] : [];
}

export function newDigitsProblems(digits: string): FormProblem[] {
  if (digits.trim() === '') return ['new-digits-missing'];
  return normaliseDigits(digits) === undefined ? ['new-digits-shape'] : [];
}

export function recoveryCodeProblems(code: string): FormProblem[] {
  if (code.trim() === '') return ['recovery-code-missing'];
  return normaliseCode(code) === undefined ? ['recovery-code-shape'] : [];
}

export function ticketProblems(ticket: string): FormProblem[] {
  if (ticket.trim() === '') return ['ticket-missing'];
  return normaliseCode(ticket, CODE_SYMBOLS, RECOVERY_CODE_SYMBOLS) === undefined ? ['ticket-shape'] : [];
}

/** Which ticket it is: that of a letter is longer than the help desk's. */
export function ticketShown(ticket: string): { issuedCode: string } | { letterCode: string } {
  return normaliseCode(ticket, RECOVERY_CODE_SYMBOLS) === undefined ? { issuedCode: ticket } : { letterCode: ticket };
}

/** The proof that was chosen with what was typed for it, or what is missing. */
export function proofProblems(
  proof: string,
  typed: { code: string; colleague: string; knownPassword: string },
): { proof: OfferedProof; value: string } | Problem {
  const method = OFFERED_PROOFS.find((known) => known === proof);
  const codes: FormProblem[] = method === undefined ? ['proof-missing'] : [];
  const value = method === 'vouching' ? typed.colleague.trim() : method === 'known-password' ? typed.knownPassword : typed.code;
  codes.push(...problemsOf(method, value));
  return method !== undefined && codes.length === 0 ? { proof: method, value } : { codes };
}

function problemsOf(method: OfferedProof | undefined, value: string): FormProblem[] {
  if (method === 'vouching') return colleagueProblems(value);
  if (method === 'known-password') return value === '' ? ['known-password-missing'] : value.length > 256 ? ['known-password-long'] : [];
  return codeProblems(value);
}

function codeProblems(code: string): FormProblem[] {
  if (code.trim() === '') return ['code-missing'];
  return normaliseCode(code) === undefined ? ['code-shape'] : [];
}

function colleagueProblems(name: string): FormProblem[] {
  if (name === '') return ['colleague-missing'];
  return canBeAccountName(name) ? [] : ['colleague-shape'];
}

export function vouchProblems(whom: string, requestCode: string): FormProblem[] {
  const codes: FormProblem[] = [];
  if (whom === '') codes.push('whom-missing');
  else if (!canBeAccountName(whom)) codes.push('whom-shape');
  if (requestCode.trim() === '') codes.push('request-code-missing');
  else if (endingsOfCode(requestCode) === undefined) codes.push('request-code-shape');
  return codes;
}
