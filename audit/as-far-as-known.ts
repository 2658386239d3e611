import type { AccountFacts } from '#domain/account.ts';
import type { Delegation } from '#domain/delegation.ts';

/** Which units and groups the account stood in then is the directory's to say; which account it was is known. */
export function asFarAsKnown(delegation: Delegation): Delegation {
  const { scope } = delegation;
  return scope === 'all' || scope.every((part) => 'account' in part) ? delegation : { ...delegation, scope: 'all' };
}

/** A person of whom no more is known than what was signed. */
export function someone(guid: string, groups: readonly string[]): AccountFacts {
  const standing = { enabled: true, locked: false, expired: false, smartcardRequired: false };
  return {
    guid,
    sid: '',
    dn: '',
    ...standing,
    protectedBy: undefined,
    employeeId: undefined,
    managerGuid: undefined,
    pwdLastSet: '',
    groups,
  };
}
