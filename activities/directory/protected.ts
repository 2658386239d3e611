// Groups that Active Directory itself protects (Microsoft, "Appendix C: Protected accounts and groups in Active Directory").
/** Relative identifiers within the domain: Domain Admins, Domain Controllers, Schema, Enterprise Admins, read-only controllers, Key Admins. */
const domainGroups = new Set([512, 516, 518, 519, 521, 526, 527]);
/** Administrators, Account, Server, Print, Backup Operators, Replicator. */
const builtinGroups = new Set(['S-1-5-32-544', 'S-1-5-32-548', 'S-1-5-32-549', 'S-1-5-32-550', 'S-1-5-32-551', 'S-1-5-32-552']);

/**
 * Why an account is protected: 'adminCount', its own SID (Administrator, krbtgt), or the SID of the privileged group it
 * is in through any nesting; undefined when it is not. `groups` must be tokenGroups, which holds nested and primary groups.
 */
export function protectedBy(account: { sid: string; adminCount: number; groups: readonly string[] }): string | undefined {
  if (account.adminCount > 0) return 'adminCount';
  if (/^S-1-5-21-.*-50[02]$/.test(account.sid)) return account.sid;
  return account.groups.find(isProtectedGroup);
}

/** The SIDs of the groups that a domain protects, by the SID of the domain. */
export function protectedGroups(domain: string): string[] {
  return [...builtinGroups, ...[...domainGroups].map((rid) => `${domain}-${rid}`)];
}

function isProtectedGroup(sid: string): boolean {
  if (builtinGroups.has(sid)) return true;
  return sid.startsWith('S-1-5-21-') && domainGroups.has(Number(sid.slice(sid.lastIndexOf('-') + 1)));
}
