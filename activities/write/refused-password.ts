import type { PasswordReason, RefusalCode } from '#domain/refusals.ts';
import type { WriteRefusal } from '../directory/errors.ts';

/** What the directory said about the password itself, in the words of the portal's page. */
const aboutThePassword: Partial<Record<WriteRefusal, PasswordReason>> = {
  history: 'used-before',
  'too-short': 'too-short',
  complexity: 'needs-categories',
  'too-young': 'changed-too-recently',
  policy: 'policy',
};

/** Decodes a refused write: reasons lead back to choosing, a code ends the reset. */
export function refusedPassword(said: WriteRefusal): { reasons: PasswordReason[] } | { code: RefusalCode } {
  const reason = aboutThePassword[said];
  if (reason) return { reasons: [reason] };
  return { code: said === 'not-found' ? 'account-changed' : 'directory-denied' };
}
