import type { Identity } from './account.ts';
import type { ApproversNamed } from './attestation.ts';

/** How a policy says which accounts belong to one person, beside the employee number that they share. */
export interface Identities {
  /** Attributes of a second account that name whose it is: by distinguished name, account name, or employee number. */
  owner: readonly { attribute: string; names: 'account' | 'employee-number' }[];
  /** Accounts of one person, by account name or SID; each list is one person. */
  samePerson: readonly (readonly string[])[];
}

/** One account, as far as it can be somebody's second one. */
export interface AccountLinks {
  guid: string;
  sid: string;
  dn: string;
  samAccountName: string;
  upn: string | undefined;
  employeeId: string | undefined;
  /** What its owner attributes say. */
  owners: readonly { names: 'account' | 'employee-number'; value: string }[];
}

type Named = Pick<AccountLinks, 'guid' | 'sid' | 'dn' | 'samAccountName' | 'upn'>;

/** Every name by which an attribute or a policy may mean an account; none is another kind's. */
function namesOf({ guid, sid, dn, samAccountName, upn }: Named): string[] {
  return [`guid:${guid}`, ...[sid, dn, samAccountName, upn ?? ''].flatMap((name) => (name === '' ? [] : [named(name)]))];
}

function named(name: string): string {
  return `name:${name.trim().toLowerCase()}`;
}

function numbered(employeeId: string): string {
  return `number:${employeeId.trim()}`;
}

/**
 * Which of these accounts belong to whom: by employee number, by what their owner attributes say, and by the policy's lists;
 * of a chain of such links all are one person. Gives for each account the GUIDs of all of that person's, sorted.
 */
export function accountsOfPeople(accounts: readonly AccountLinks[], { samePerson }: Pick<Identities, 'samePerson'>): Map<string, string[]> {
  const parents = new Map<string, string>();
  const root = (key: string): string => {
    let at = key;
    for (let above = parents.get(at); above !== undefined && above !== at; above = parents.get(at)) at = above;
    // Shorter next time: chains of links would make this slow over a whole directory.
    parents.set(key, at);
    return at;
  };
  const join = (keys: readonly string[]): void => {
    const [first, ...others] = keys;
    if (first !== undefined) for (const other of others) parents.set(root(other), root(first));
  };
  for (const account of accounts) {
    const { employeeId, owners } = account;
    const said = owners.flatMap(({ names, value }) => (value.trim() === '' ? [] : [names === 'account' ? named(value) : numbered(value)]));
    join([...namesOf(account), ...(employeeId?.trim() ? [numbered(employeeId)] : []), ...said]);
  }
  for (const names of samePerson) join(names.map(named));
  const people = Map.groupBy(accounts, ({ guid }) => root(`guid:${guid}`));
  const sorted = new Map([...people].map(([person, theirs]) => [person, [...new Set(theirs.map(({ guid }) => guid))].toSorted()]));
  return new Map(accounts.map(({ guid }) => [guid, sorted.get(root(`guid:${guid}`)) ?? [guid]]));
}

/** Which accounts were one person's when approval was asked for, as the verifier signed it. Older statements say nothing of it. */
export function frozenAccounts(named: readonly Pick<ApproversNamed, 'people'>[]): string[][] {
  return named.flatMap(({ people = [] }) => people);
}

/** Somebody, with the accounts that were theirs when it was frozen added to those that are now: neither taking a link away nor adding one helps. */
export function asFrozen<P extends Identity>(person: P, frozen: readonly (readonly string[])[]): P {
  const then = frozen.filter((accounts) => accounts.includes(person.guid)).flat();
  return then.length === 0 ? person : { ...person, accounts: [...new Set([...(person.accounts ?? []), ...then])] };
}
