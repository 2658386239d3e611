import { partsOfName } from './distinguished-name.ts';

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
  /** GUIDs of every account that is known to be the same person's (domain/same-people.ts); absent where nobody looked. */
  accounts?: readonly string[] | undefined;
  managerGuid: string | undefined;
  pwdLastSet: string;
  /** SIDs of every group, nested ones included. */
  groups: readonly string[];
}

/** By what it is told whether two accounts are one person's. */
export type Identity = Pick<AccountFacts, 'guid' | 'employeeId' | 'accounts'>;

/** Two accounts of one person: the same account, the same non-empty employee number, or an account that is known to be both's. */
export function samePerson(a: Identity, b: Identity): boolean {
  if (a.employeeId !== undefined && a.employeeId !== '' && a.employeeId === b.employeeId) return true;
  const theirs = new Set([b.guid, ...(b.accounts ?? [])]);
  return [a.guid, ...(a.accounts ?? [])].some((guid) => theirs.has(guid));
}

/** Whether a distinguished name lies in the subtree of another, however the two are spelled; what is no name lies nowhere. */
export function isUnder(dn: string, subtree: string): boolean {
  // Most names have nothing to undo, and ten thousand are asked about at once.
  if (!/[\\"]|, | ,/.test(dn + subtree)) {
    const [name, root] = [dn.toLowerCase(), subtree.toLowerCase()];
    return name === root || name.endsWith(`,${root}`);
  }
  const [name, root] = [partsOfName(dn), partsOfName(subtree)];
  if (!name || !root || root.length > name.length) return false;
  return root.every((part, at) => part === name[name.length - root.length + at]);
}

/** The unit above a name: what stands behind the first comma that is not escaped (RFC 4514 §2.4). */
export function parentOf(dn: string): string | undefined {
  const parent = /^(?:[^\\,]|\\.)*,(.+)$/s.exec(dn)?.[1];
  return parent === undefined || parent === '' ? undefined : parent;
}
