import type { RoleGroups } from '#activities/verify/deps.ts';
import type { People, Person } from '#activities/verify/people.ts';
import type { Policy, Rule } from '#domain/policy.ts';
import { toldAt, whomKey, type TellWhen, type Whom } from '#domain/telling.ts';

interface Asked {
  policy: Policy;
  rule: Pick<Rule, 'tell'>;
  holder: Person;
  isProtected: boolean;
  when: TellWhen;
  /** GUIDs of the approvers who decided; nobody has, where it is only asked who would be told. */
  deciders: readonly string[];
}

/** Somebody to be told, with everything by which a rule tells them (whomKey), in the order of the rule. */
export interface ToldPerson {
  person: Person;
  by: string[];
}

/**
 * Whom a rule tells, as the directory is now: each enabled account once, however many ways lead to it. The holder is told
 * at every account of theirs, since whoever took one over reads what is told there; none of these counts as anybody else.
 * Throws DirectoryUnavailable.
 */
export async function whomToTell(
  { people, roleGroups }: { people: Pick<People, 'read' | 'behind' | 'theirAccounts'>; roleGroups: Pick<RoleGroups, 'security-officer'> },
  { policy, rule, holder, isProtected, when, deciders }: Asked,
): Promise<ToldPerson[]> {
  const [{ accounts = [] } = holder] = await people.theirAccounts(policy.identities, [holder]);
  const own = new Set([holder.guid, ...accounts]);
  const read = async (guids: Iterable<string>) =>
    (await Promise.all([...guids].map((guid) => people.read(guid)))).filter((one) => one !== undefined);
  const behind = async (whom: Whom): Promise<Person[]> => {
    if (whom === 'holder') return read(own);
    if (whom === 'approvers') return read(deciders);
    if (whom === 'security-officers')
      return people.behind(
        holder,
        roleGroups['security-officer'].map((group) => ({ group })),
        policy.roles,
      );
    return people.behind(holder, [whom], policy.roles);
  };
  const told = new Map<string, ToldPerson>();
  for (const whom of toldAt(rule, when, isProtected)) {
    for (const person of await behind(whom)) {
      if (!person.enabled || person.expired || (whom !== 'holder' && own.has(person.guid))) continue;
      const one = told.get(person.guid) ?? { person, by: [] };
      one.by.push(whomKey(whom));
      told.set(person.guid, one);
    }
  }
  return [...told.values()];
}
