/**
 * What a reset may do to the account: set a new password, which also unlocks, or unlock it and leave the password as it is.
 * An account's factors are changed elsewhere, by other rules; a value stands here once something acts on it.
 */
export const OPERATIONS = ['new-password', 'unlock'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What a statement or leaf is about. Those from before there was a choice are about a new password and do not say so. */
export function operationIn({ operation }: { readonly operation?: Operation | undefined }): Operation {
  return operation ?? 'new-password';
}

/** Whether the claimant may have to be asked which of them it shall be, or whether to unlock at all. */
export function mayUnlock({ may }: { readonly may: readonly Operation[] }): boolean {
  return may.includes('unlock');
}

export const OPERATION_WORDS: Readonly<Record<Operation, string>> = {
  'new-password': 'set a new password',
  unlock: 'unlock the account and keep the password',
};
