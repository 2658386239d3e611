/** What the rules know of an account, read from the directory at one moment. GUIDs are lower-case text, times are decimal FILETIME text. */
export interface AccountFacts {
  guid: string;
  sid: string;
  dn: string;
  enabled: boolean;
  locked: boolean;
  expired: boolean;
  smartcardRequired: boolean;
  /** Why the account is protected (a privileged group's SID, adminCount, RID 500/502), or undefined. */
  protectedBy: string | undefined;
  employeeId: string | undefined;
  managerGuid: string | undefined;
  pwdLastSet: string;
  /** SIDs of every group, nested ones included. */
  groups: readonly string[];
}

/** Two accounts of one person: the same account, or the same non-empty employee number. */
export function samePerson(a: Pick<AccountFacts, 'guid' | 'employeeId'>, b: Pick<AccountFacts, 'guid' | 'employeeId'>): boolean {
  if (a.guid === b.guid) return true;
  return a.employeeId !== undefined && a.employeeId !== '' && a.employeeId === b.employeeId;
}

/** Whether a distinguished name lies in the subtree of another. Names are compared as the directory returns them, without case. */
export function isUnder(dn: string, subtree: string): boolean {
  const name = dn.toLowerCase();
  const root = subtree.toLowerCase();
  return name === root || name.endsWith(`,${root}`);
}
