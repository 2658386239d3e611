import type { AccountFacts } from '#domain/account.ts';
import type { RoleGroups, VerifierDeps } from './deps.ts';

/** The console roles of an account by its groups as they are now, nested ones included. An empty list means no entry. */
export async function rolesOf(
  { people, roleGroups }: Pick<VerifierDeps, 'people' | 'roleGroups'>,
  account: Pick<AccountFacts, 'groups'>,
): Promise<(keyof RoleGroups)[]> {
  const roles: (keyof RoleGroups)[] = [];
  for (const [role, groups] of Object.entries(roleGroups) as [keyof RoleGroups, readonly string[]][]) {
    const sids = await Promise.all(groups.map((group) => people.groupSid(group)));
    if (sids.some((sid) => sid !== undefined && account.groups.includes(sid))) roles.push(role);
  }
  return roles;
}
