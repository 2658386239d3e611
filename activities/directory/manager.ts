import type { DirectoryAccount } from './account.ts';
import type { Directory } from './connect.ts';
import { readAccount } from './find-account.ts';

/**
 * The account's manager as it is now: one hop, never a chain, since a circle of managers would make everybody
 * everybody's approver. Undefined when none is set, when it is gone, or when the account is its own manager.
 */
export async function readManager(
  dir: Directory,
  account: Pick<DirectoryAccount, 'guid' | 'managerGuid'>,
  at = new Date(),
): Promise<DirectoryAccount | undefined> {
  if (account.managerGuid === undefined || account.managerGuid === account.guid) return undefined;
  return readAccount(dir, account.managerGuid, at);
}
