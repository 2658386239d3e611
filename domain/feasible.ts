import { samePerson, type Identity } from './account.ts';

/**
 * Whether every stage can have as many different people as it needs, nobody counting twice over all stages. People with
 * several accounts are one person. Kuhn's matching of places to people; the lists may hold thousands.
 */
export function isFeasible(stages: readonly { needs: number; people: readonly Identity[] }[]): boolean {
  const places = stages.flatMap(({ needs }, stage) => Array.from({ length: needs }, () => stage));
  // Whoever has as many candidates as there are places finds one that no other place took: more need not be looked at.
  const candidates = stages.map(({ people }) => distinct(people, places.length));
  const holders: { person: Identity; place: number }[] = [];

  const seat = (place: number, tried: Identity[]): boolean => {
    for (const person of candidates[places[place] ?? 0] ?? []) {
      if (tried.some((one) => samePerson(one, person))) continue;
      tried.push(person);
      const holder = holders.find((one) => samePerson(one.person, person));
      if (holder && !seat(holder.place, tried)) continue;
      if (holder) holder.place = place;
      else holders.push({ person, place });
      return true;
    }
    return false;
  };
  return places.every((_, place) => seat(place, []));
}

function distinct(people: readonly Identity[], most: number): Identity[] {
  const found: Identity[] = [];
  for (const person of people) {
    if (found.length === most) break;
    if (!found.some((one) => samePerson(one, person))) found.push(person);
  }
  return found;
}
