import type { Scope, ScopePart, TypedDelegation } from '#domain/delegation.ts';
import type { People, Person } from './people.ts';

/** A scope as the directory knows it, with the names to show, and the accounts that it is about. */
export interface ResolvedScope {
  scope: Scope;
  names: string[];
  about: Person[];
}

/** Undefined when one of the names is nothing in the directory: a scope that is narrower than was typed would surprise its maker. */
export async function resolveScope(
  people: Pick<People, 'find' | 'groupSid' | 'unit'>,
  { groups, units, accounts }: Pick<TypedDelegation, 'groups' | 'units' | 'accounts'>,
): Promise<ResolvedScope | undefined> {
  const named = await Promise.all([
    ...groups.map(async (name) => {
      const group = await people.groupSid(name);
      return group === undefined ? undefined : { part: { group }, name };
    }),
    ...units.map(async (dn) => {
      const unit = await people.unit(dn);
      return unit === undefined ? undefined : { part: { unit }, name: unit };
    }),
    ...accounts.map(async (name) => {
      const person = await people.find(name);
      return person && { part: { account: person.guid }, name: person.displayName, person };
    }),
  ]);
  const found: { part: ScopePart; name: string; person?: Person }[] = named.filter((one) => one !== undefined);
  if (found.length < named.length) return undefined;
  return {
    scope: found.length === 0 ? 'all' : found.map(({ part }) => part),
    names: found.map(({ name }) => name),
    about: found.flatMap(({ person }) => person ?? []),
  };
}
