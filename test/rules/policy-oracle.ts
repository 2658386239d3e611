import type { Methods } from '#domain/accept.ts';
import type { Flag } from '#domain/circumstances.ts';
import type { Policy } from '#domain/policy.ts';
import type { Situation, When } from '#domain/rule-choice.ts';

/**
 * The rules of a policy said once more, in another way: over a whole crowd of situations at once, by sets of their
 * numbers. It shares nothing with domain/ but the shapes.
 */
type Crowd = readonly Situation[];
type Numbers = ReadonlySet<number>;
/** For whom a condition surely holds, and for whom that cannot be told. */
interface Holds {
  sure: Numbers;
  unsure: Numbers;
}

const where = (crowd: Crowd, test: (one: Situation) => boolean): Numbers =>
  new Set(crowd.flatMap((one, number) => (test(one) ? [number] : [])));
const plain = (crowd: Crowd, test: (one: Situation) => boolean): Holds => ({ sure: where(crowd, test), unsure: new Set() });
const nobody: Numbers = new Set();

/** A name's parts from the root down; a subtree is a beginning of them. */
const parts = (dn: string): string[] => dn.toLowerCase().split(',').toReversed();
const within = (dn: string, subtree: string): boolean => {
  const [inner, outer] = [parts(dn), parts(subtree)];
  return outer.every((part, at) => inner[at] === part);
};

function members(crowd: Crowd, group: string): Holds {
  const isGone = ({ place }: Situation) => place === undefined || ![...place.sids.keys()].includes(group);
  return {
    sure: where(crowd, (one) => !isGone(one) && new Set(one.place?.groups).has(one.place?.sids.get(group) ?? '')),
    unsure: where(crowd, isGone),
  };
}

/** Whoever is surely in one of them is in; of the others it cannot be told when it cannot be told of one. */
function union(all: readonly Holds[]): Holds {
  const sure = all.reduce<Numbers>((sum, { sure: more }) => sum.union(more), nobody);
  return { sure, unsure: all.reduce<Numbers>((sum, { unsure }) => sum.union(unsure), nobody).difference(sure) };
}

function outside(crowd: Crowd, { sure, unsure }: Holds): Holds {
  return {
    sure: where(crowd, () => true)
      .difference(sure)
      .difference(unsure),
    unsure,
  };
}

/** Days of a calendar that is kept in UTC, from Sunday on as Date counts them. */
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

function openAt(policy: Policy, name: string, at: string): boolean {
  const calendar = policy.calendars[name];
  const moment = new Date(at);
  const clock = at.slice(11, 16);
  const open = calendar?.hours[DAYS[moment.getUTCDay()] ?? 'sun'] ?? [];
  return !calendar?.holidays.includes(at.slice(0, 10)) && open.some(({ from, to }) => from <= clock && clock < to);
}

function conditions(policy: Policy, when: When, crowd: Crowd): Holds[] {
  const place = (test: (dn: string) => boolean): Holds => ({
    sure: where(crowd, (one) => one.place !== undefined && test(one.place.dn)),
    unsure: where(crowd, (one) => one.place === undefined),
  });
  const has = (flags: readonly Flag[]) => (one: Situation) => new Set(flags).intersection(new Set(one.circumstances.flags)).size > 0;
  const from = (names: readonly string[]) => (one: Situation) => new Set(names).intersection(new Set(one.circumstances.networks)).size > 0;
  const { hours } = when;
  return [
    ...(when.protected === undefined ? [] : [plain(crowd, (one) => one.isProtected === when.protected)]),
    ...(when.under ? [place((dn) => when.under!.some((subtree) => within(dn, subtree)))] : []),
    ...(when.notUnder ? [place((dn) => when.notUnder!.every((subtree) => !within(dn, subtree)))] : []),
    ...(when.memberOf ? [union(when.memberOf.map((group) => members(crowd, group)))] : []),
    ...(when.notMemberOf ? [outside(crowd, union(when.notMemberOf.map((group) => members(crowd, group))))] : []),
    ...(when.flags ? [plain(crowd, has(when.flags))] : []),
    ...(when.notFlags ? [outside(crowd, plain(crowd, has(when.notFlags)))] : []),
    ...(when.via ? [plain(crowd, (one) => new Set(when.via).has(one.circumstances.via))] : []),
    ...(when.networks ? [plain(crowd, from(when.networks))] : []),
    ...(when.notNetworks ? [outside(crowd, plain(crowd, from(when.notNetworks)))] : []),
    ...(hours
      ? [
          plain(crowd, (one) =>
            'inside' in hours ? openAt(policy, hours.inside, one.circumstances.at) : !openAt(policy, hours.outside, one.circumstances.at),
          ),
        ]
      : []),
  ];
}

/** For whom a rule surely fits, and of whom it cannot be told. */
export function fitting(policy: Policy, when: When, crowd: Crowd): Holds {
  const all = conditions(policy, when, crowd);
  const possible = all.reduce<Numbers>(
    (left, { sure, unsure }) => left.intersection(sure.union(unsure)),
    where(crowd, () => true),
  );
  const sure = all.reduce<Numbers>((left, one) => left.intersection(one.sure), possible);
  return { sure, unsure: possible.difference(sure) };
}

/** The rule of each of the crowd by its number, or undefined: every rule takes its own of those whom no rule before it may have taken. */
export function rulesOf(policy: Policy, crowd: Crowd): (string | undefined)[] {
  const rules = crowd.map((): string | undefined => undefined);
  let left = where(crowd, ({ place }) => place !== undefined && policy.serves.some((subtree) => within(place.dn, subtree)));
  for (const { id, when } of policy.rules) {
    const { sure, unsure } = fitting(policy, when, crowd);
    for (const number of left.intersection(sure)) rules[number] = id;
    left = left.difference(sure).difference(unsure);
  }
  return rules;
}

/** Whether what has passed holds some way in, both as sets. */
export function holdsAWayIn(accept: readonly Methods[], passed: Methods): boolean {
  const has = new Set<string>([...passed.proofs, ...passed.factors]);
  if (has.has('passkey')) has.add('synced-passkey');
  return accept.map(({ proofs, factors }) => new Set<string>([...proofs, ...factors])).some((way) => way.isSubsetOf(has));
}
