import type { RefusalCode } from '#domain/refusals.ts';
import type { VerifierDeps } from './deps.ts';
import type { Person } from './people.ts';
import { rolesOf } from './roles.ts';

/** Why somebody may not act as a security officer, by the directory as it is now; undefined when they may. */
export async function whyNotOfficer(
  deps: Pick<VerifierDeps, 'people' | 'roleGroups'>,
  person: Person | undefined,
): Promise<RefusalCode | undefined> {
  if (!person || !(await rolesOf(deps, person)).includes('security-officer')) return 'officer-needed';
  return person.enabled && !person.expired && !person.locked ? undefined : 'approver-not-active';
}
