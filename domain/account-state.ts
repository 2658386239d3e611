import type { AccountFacts } from './account.ts';
import type { RefusalCode } from './refusals.ts';

/** Why a new password would not help this account, or undefined. Said to the claimant only behind proof and factor. */
export function whyNotReset(account: Pick<AccountFacts, 'enabled' | 'expired' | 'smartcardRequired'>): RefusalCode | undefined {
  if (!account.enabled) return 'account-disabled';
  if (account.expired) return 'account-expired';
  // A reset would let a simple bind in again although the account is meant for cards only (reference: MS-ADTS userAccountControl SR bit).
  if (account.smartcardRequired) return 'smart-card-required';
  return undefined;
}
