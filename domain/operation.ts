/**
 * What a reset may do to the account: set a new password, which also unlocks; unlock it and leave the password as it is; or put
 * new factors in the place of every one that was lost. A value stands here once something acts on it.
 */
export const OPERATIONS = ['new-password', 'unlock', 'replace-factors'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What a statement or leaf is about. Those from before there was a choice are about a new password and do not say so. */
export function operationIn({ operation }: { readonly operation?: Operation | undefined }): Operation {
  return operation ?? 'new-password';
}

/** An operation as a row has it; a new password when it says none that is known. */
export function operationOf(text: string): Operation {
  return OPERATIONS.find((one) => one === text) ?? 'new-password';
}

/** Whether the claimant may have to be asked which of them it shall be, or whether to unlock at all. */
export function mayUnlock({ may }: { readonly may: readonly Operation[] }): boolean {
  return may.includes('unlock');
}

/** What is left to choose for a claimant who has shown a factor: whoever has one replaces it under My factors. */
export function chosenWithAFactor(may: readonly Operation[]): Operation[] {
  return may.filter((operation) => operation !== 'replace-factors');
}

export const OPERATION_WORDS: Readonly<Record<Operation, string>> = {
  'new-password': 'set a new password',
  unlock: 'unlock the account and keep the password',
  'replace-factors': 'replace every factor after losing all of them',
};
