import { isServed } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { policyInForce } from '#prisma/policies.ts';
import type { VerifierDeps } from './deps.ts';
import type { Person } from './people.ts';
import type { SIGN_IN_DOORS } from './typed.ts';
import { whyNotAtConsole } from './why-not-at-console.ts';

/** Why somebody may no longer do anything about their keys where they signed in: the console asks for a role, My factors that the policy serves the account. */
export async function whyNotAtDoor(
  deps: Pick<VerifierDeps, 'db' | 'people' | 'roleGroups'>,
  person: Person | undefined,
  door: (typeof SIGN_IN_DOORS)[number],
): Promise<RefusalCode | undefined> {
  if (door === 'console') return whyNotAtConsole(deps, person);
  const isActive = person && person.enabled && !person.expired && !person.locked;
  return isActive && isServed((await policyInForce(deps.db)).policy, person) ? undefined : 'account-not-active';
}
