import { samePerson, type AccountFacts, type Identity } from './account.ts';
import type { ResolvedSource } from './approval.ts';
import type { ApprovalStage } from './approval-stage.ts';
import { isFeasible } from './feasible.ts';

type Person = Identity & Pick<AccountFacts, 'enabled' | 'expired'>;

/** The people whom a survey of the directory knows. */
export interface KnownPeople {
  account(guid: string): Person | undefined;
  members(groupSid: string): readonly Person[];
}

/**
 * Whether the stages of a rule can be filled by different people who are not the claimant, as far as the directory alone
 * tells: cooling-off and who issued a code belong to one reset. `sources` are those of each stage, escalations included.
 */
export function canBeFilled(
  stages: readonly Pick<ApprovalStage, 'needs'>[],
  sources: readonly (readonly ResolvedSource[])[],
  claimant: Identity,
  known: KnownPeople,
): boolean {
  const places = stages.reduce((sum, { needs }) => sum + needs, 0);
  return isFeasible(stages.map(({ needs }, index) => ({ needs, people: someBehind(sources[index] ?? [], claimant, known, places) })));
}

/** As many different people as there are places: who has so many finds one that no other place took, so more need not be looked at. */
function someBehind(sources: readonly ResolvedSource[], claimant: Identity, known: KnownPeople, most: number): Person[] {
  const found: Person[] = [];
  for (const source of sources) {
    const people = 'person' in source ? [known.account(source.person)] : known.members(source.groupSid);
    for (const person of people) {
      if (found.length === most) return found;
      if (!person?.enabled || person.expired || samePerson(person, claimant)) continue;
      if (!found.some((one) => samePerson(one, person))) found.push(person);
    }
  }
  return found;
}
