import { ResultCodeError } from 'ldapts';

/** No controller answered, or a connection broke under a read. Nothing was written; trying again later is right. */
export class DirectoryUnavailable extends Error {
  constructor(what: string) {
    super(`the directory does not answer: ${what}`);
    this.name = 'DirectoryUnavailable';
  }
}

/** The directory refused the password of our own service account. Trying again would lock it, so nobody should. */
export class ServiceBindRefused extends Error {
  constructor(dn: string, why: string) {
    super(`the service account ${dn} cannot sign in to the directory (${why}); set its password file right, then start again`);
    this.name = 'ServiceBindRefused';
  }
}

/** The directory understood a read and said no. The message is the directory's and may name objects: for operators only. */
export class DirectoryRefused extends Error {
  readonly code: number;
  constructor(code: number, said: string) {
    super(`the directory refused (${code}): ${said}`);
    this.name = 'DirectoryRefused';
    this.code = code;
  }
}

/** What a controller says to a password. `unavailable` is no answer at all. */
export type PasswordAnswer =
  | 'ok'
  | 'wrong'
  | 'locked'
  | 'disabled'
  | 'expired-password'
  | 'must-change'
  | 'account-expired'
  | 'logon-hours'
  | 'workstation'
  | 'unavailable';

/** Why a controller did not make a change; `other` is a result code that no row here explains. */
export type WriteRefusal =
  | 'history'
  | 'too-short'
  | 'complexity'
  | 'too-young'
  | 'policy'
  | 'denied'
  | 'not-found'
  | 'control-unsupported'
  | 'other';

/** The hexadecimal `data` of a refused bind (result code 49), in words. Source: MS-ERREF; measured on Samba 4.17. */
export const BIND_DATA: Readonly<Record<string, PasswordAnswer>> = {
  '525': 'wrong', // Windows for an unknown name; Samba says 52e. One answer for both, so names cannot be told apart.
  '52e': 'wrong',
  '530': 'logon-hours',
  '531': 'workstation',
  '532': 'expired-password',
  '533': 'disabled',
  '701': 'account-expired',
  '773': 'must-change',
  '775': 'locked',
};

/** 0000052D (ERROR_PASSWORD_RESTRICTION) with Samba's reason. Windows gives no reason: then it is `policy`. */
export const RESTRICTIONS: readonly (readonly [RegExp, WriteRefusal])[] = [
  [/too short/i, 'too-short'],
  [/complexity/i, 'complexity'],
  [/already used/i, 'history'],
  [/too young/i, 'too-young'],
];

/** LDAP result codes (RFC 4511 appendix A) of a refused modify. */
export const RESULT_CODES: Readonly<Record<number, WriteRefusal>> = {
  12: 'control-unsupported', // unavailableCriticalExtension
  32: 'not-found',
  50: 'denied', // insufficientAccessRights
};

/** The meaning of a refused bind, or undefined when the error is no answer to a password. */
export function bindAnswer(error: unknown): PasswordAnswer | undefined {
  if (!(error instanceof ResultCodeError) || error.code !== 49) return undefined;
  const data = /data ([0-9a-f]+)/i.exec(error.message)?.[1]?.toLowerCase();
  return BIND_DATA[data ?? ''] ?? 'wrong';
}

/** The controller's own code for a refused bind, as its documentation writes it; holds no name and no secret. */
export function bindCode(error: unknown): string | undefined {
  if (!(error instanceof ResultCodeError)) return undefined;
  const data = /data ([0-9a-f]+)/i.exec(error.message)?.[1]?.toLowerCase();
  return `LDAP ${error.code}${data ? `, data ${data}` : ''}`;
}

/** The meaning of a refused modify, or undefined when the controller gave no result code, so that nobody knows what happened. */
export function writeRefusal(error: unknown): WriteRefusal | undefined {
  if (!(error instanceof ResultCodeError)) return undefined;
  if (/^0000052D/i.test(error.message)) return RESTRICTIONS.find(([words]) => words.test(error.message))?.[1] ?? 'policy';
  return RESULT_CODES[error.code] ?? 'other';
}

/**
 * Answers that say "not done, ask again": busy (51), unavailable (52), and operationsError with 00002020, which is what
 * a connection gets that ldapts made anew and did not bind.
 */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof ResultCodeError)) return false;
  return error.code === 51 || error.code === 52 || (error.code === 1 && error.message.startsWith('00002020'));
}

/** Words of a transport error. They hold host names and reasons, never what was sent. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : 'an unknown error';
}
