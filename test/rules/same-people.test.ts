import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { samePerson } from '#domain/account.ts';
import { accountsOfPeople, asFrozen, type AccountLinks } from '#domain/same-people.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const link = fc.oneof(
  fc.record({ names: fc.constant('account' as const), value: fc.constantFrom(...NAMES, 'cn=a', 'cn=b', 'C@bank', 'S-1-d', 'nobody', ' ') }),
  fc.record({ names: fc.constant('employee-number' as const), value: fc.constantFrom('1', '2', '3', '') }),
);
const directory = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 2 }).chain((names) =>
  fc.tuple(
    ...names.map((name) =>
      fc.record({
        guid: fc.constant(`g-${name}`),
        sid: fc.constant(`S-1-${name}`),
        dn: fc.constant(`CN=${name.toUpperCase()}`),
        samAccountName: fc.constant(name),
        upn: fc.constantFrom(`${name}@bank`, undefined),
        employeeId: fc.constantFrom('1', '2', '3', '', undefined),
        owners: fc.array(link, { maxLength: 2 }),
      }),
    ),
  ),
);
const lists = fc.array(fc.array(fc.constantFrom(...NAMES, 'S-1-a', 'nobody'), { minLength: 2, maxLength: 3 }), { maxLength: 2 });

/** The same, written as people say it: spread from one account to whatever touches it, until nothing more does. */
function oracle(accounts: readonly AccountLinks[], samePersonLists: readonly (readonly string[])[], of: string): string[] {
  const isCalled = (one: AccountLinks, name: string) =>
    [one.sid, one.dn, one.samAccountName, one.upn].some(
      (known) => known !== undefined && known.toLowerCase() === name.trim().toLowerCase(),
    );
  type Mark = ['account' | 'number' | 'word', string];
  const marksOf = (one: AccountLinks): Mark[] => [
    ['account', one.guid],
    ...(one.employeeId ? [['number', one.employeeId] as Mark] : []),
    ...one.owners
      .filter(({ value }) => value.trim())
      .map(({ names, value }): Mark => (names === 'account' ? ['word', value] : ['number', value])),
  ];
  const marks: Mark[] = [['account', of]];
  for (let at = 0; at < marks.length; at++) {
    const [kind, value] = marks[at]!;
    const add = (...more: Mark[]) => {
      for (const mark of more) if (!marks.some(([k, v]) => k === mark[0] && v === mark[1])) marks.push(mark);
    };
    for (const one of accounts) {
      const touches =
        kind === 'account'
          ? one.guid === value
          : kind === 'word'
            ? isCalled(one, value) || marksOf(one).some(([k, v]) => k === 'word' && v.trim().toLowerCase() === value.trim().toLowerCase())
            : marksOf(one).some(([k, v]) => k === 'number' && v === value);
      if (!touches) continue;
      add(...marksOf(one));
      for (const other of accounts)
        if (other.owners.some((owner) => owner.names === 'account' && isCalled(one, owner.value))) add(...marksOf(other));
      for (const list of samePersonLists) if (list.some((name) => isCalled(one, name))) add(...list.map((name): Mark => ['word', name]));
    }
    if (kind === 'word')
      for (const list of samePersonLists)
        if (list.some((name) => name.toLowerCase() === value.trim().toLowerCase())) add(...list.map((name): Mark => ['word', name]));
  }
  return marks.flatMap(([kind, value]) => (kind === 'account' ? [value] : [])).toSorted();
}

test('accounts are one person’s exactly when links lead from one to the other, against an oracle that spreads', () => {
  fc.assert(
    fc.property(directory, lists, (accounts, listed) => {
      const found = accountsOfPeople(accounts, { samePerson: listed });
      for (const { guid } of accounts) assert.deepEqual(found.get(guid), oracle(accounts, listed, guid));
    }),
    { numRuns: 10_000, seed: 25 },
  );
});

test('whoever belongs to one person by any link is one person for every judgement, then or now', () => {
  fc.assert(
    fc.property(directory, lists, directory, lists, (before, then, after, now) => {
      const [was, is] = [accountsOfPeople(before, { samePerson: then }), accountsOfPeople(after, { samePerson: now })];
      const frozen = [...was.values()];
      const whole = ({ guid, employeeId }: AccountLinks) => asFrozen({ guid, employeeId, accounts: is.get(guid) ?? [] }, frozen);
      for (const one of after)
        for (const other of after) {
          const linked = is.get(one.guid)?.includes(other.guid) || was.get(one.guid)?.includes(other.guid);
          if (linked) assert.ok(samePerson(whole(one), whole(other)), `${one.guid} ${other.guid}`);
          assert.equal(samePerson(whole(one), whole(other)), samePerson(whole(other), whole(one)));
        }
    }),
    { numRuns: 2_000, seed: 26 },
  );
});

test('an empty number, an empty attribute and a name of nobody join nobody', () => {
  const account = (name: string, more: Partial<AccountLinks> = {}): AccountLinks => ({
    guid: name,
    sid: '',
    dn: '',
    samAccountName: name,
    upn: undefined,
    employeeId: undefined,
    owners: [],
    ...more,
  });
  const apart = [
    account('a', {
      employeeId: '',
      owners: [
        { names: 'account', value: ' ' },
        { names: 'employee-number', value: '' },
      ],
    }),
    account('b', { employeeId: ' ', owners: [{ names: 'account', value: '' }] }),
    account('7', { owners: [{ names: 'account', value: 'gone' }] }),
    account('c', { employeeId: '7' }),
  ];
  const found = accountsOfPeople(apart, { samePerson: [['nobody', 'a']] });
  assert.deepEqual([...found.values()], [['a'], ['b'], ['7'], ['c']], 'a number is no name');
});
