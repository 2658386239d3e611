import type { RefusalCode } from '#domain/refusals.ts';
import type { VerifierDeps } from './deps.ts';
import type { Person } from './people.ts';
import { rolesOf } from './roles.ts';

/** Why somebody may no longer do anything at the console, by the directory as it is now: a session outlives a group and an account. */
export async function whyNotAtConsole(
  deps: Pick<VerifierDeps, 'people' | 'roleGroups'>,
  person: Person | undefined,
): Promise<RefusalCode | undefined> {
  if (!person || !person.enabled || person.expired || person.locked) return 'account-not-active';
  return (await rolesOf(deps, person)).length === 0 ? 'role-needed' : undefined;
}
