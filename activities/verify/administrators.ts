import type { RefusalCode } from '#domain/refusals.ts';
import type { VerifierDeps } from './deps.ts';
import type { Person } from './people.ts';
import { rolesOf } from './roles.ts';

/** Why somebody may not act as an administrator, by the directory as it is now; undefined when they may. */
export async function whyNotAdministrator(
  deps: Pick<VerifierDeps, 'people' | 'roleGroups'>,
  person: Person | undefined,
): Promise<RefusalCode | undefined> {
  if (!person || !person.enabled || person.expired || person.locked) return 'account-not-active';
  return (await rolesOf(deps, person)).includes('administrator') ? undefined : 'role-needed';
}
