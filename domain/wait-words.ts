import { approverInWords } from './next.ts';
import type { Operation } from './operation.ts';

/** What stands over a wait, on the pages of the portal and at the login screen: who or what is waited for, by role and never by name. */
export function waitTitle({ for: whom = '', operation }: { for?: string | undefined; operation?: Operation | undefined }): string {
  if (whom === 'cooling-off') return 'Approved: now there is a wait';
  if (isArrival(whom)) return 'Your new password is set';
  if (whom === 'directory') return operation === 'unlock' ? 'Your account is being unlocked' : 'Your new password is being set';
  return whom === '' ? 'Waiting' : `Waiting for ${waitedFor(whom)}`;
}

/** Whether a new password is written, and only on its way to the rest of the bank. */
export const isArrival = (whom: string | undefined): boolean => whom === 'arrival' || whom === 'arrival-at-site';

/** The roles of the stages that are open: "your manager and a security officer". */
export function waitedFor(stages = ''): string {
  return stages
    .split(' ')
    .map((label) => approverInWords(label, 1))
    .join(' and ');
}

/** During the wait before lost factors are replaced. */
export const WHY_THE_WAIT =
  'Why the wait? Somebody else may have asked in your name. In that time you, and those who guard this, can still stop it.';
