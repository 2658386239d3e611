import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ControllerView } from '#activities/directory/connect.ts';
import { findingOf } from '#ops/doctor/controllers.ts';

const facts = {
  dnsHostName: 'dc1.bank.test',
  baseDn: 'DC=bank,DC=test',
  site: 'HeadOffice',
  readOnly: false,
  skewSeconds: 0,
  policyHints: true,
  service: undefined,
  isPdc: true,
};
const view = (more: Partial<ControllerView> = {}): ControllerView => ({
  url: 'ldaps://dc1.bank.test:636',
  servername: 'dc1.bank.test',
  health: 'good',
  milliseconds: 3.6,
  why: undefined,
  from: 'site',
  isPdc: true,
  unfit: undefined,
  facts,
  ...more,
});
const branch = view({
  servername: 'dc2.bank.test',
  from: 'domain',
  isPdc: false,
  facts: { ...facts, site: 'Branch', readOnly: true, policyHints: false },
});
const finding = (controllers: ControllerView[], silence?: string) => findingOf({ controllers, silence });

test('an operator reads of each controller where it stands, what it is and how fast it answers', () => {
  assert.deepEqual(finding([view(), branch]), {
    verdict: 'good',
    said: `2 of 2 domain controllers can be used
      dc1.bank.test: site HeadOffice, PDC emulator, answers in 4 ms, clock right, holds resets to the password history, named by DNS for this site
      dc2.bank.test: site Branch, read-only, never written, answers in 4 ms, clock right, lets resets pass the password history, named by DNS`,
  });
});

test('one that does not answer needs mending, and the others are said to serve', () => {
  const silent = view({ servername: 'dc3.bank.test', health: 'silent', why: 'connect ECONNREFUSED', facts: undefined, from: 'list' });
  const { verdict, said, fix } = finding([view(), silent]);
  assert.equal(verdict, 'bad');
  assert.match(
    said,
    /^1 of 2 domain controllers can be used\n.*\n +dc3\.bank\.test: does not answer \(connect ECONNREFUSED\); listed as ldaps:/,
  );
  assert.match(fix ?? '', /dc3\.bank\.test runs and lets this host in at port 636; the others are used meanwhile/);
});

test('a controller of another domain, a clock that is off and name servers that are silent are bad, each with its fix', () => {
  const stranger = view({ unfit: 'dc9 serves DC=x and not DC=bank,DC=test; take it off the list, or set baseDn right' });
  assert.match(finding([stranger]).fix ?? '', /take it off the list/);
  assert.match(finding([view({ facts: { ...facts, skewSeconds: -200 } })]).fix ?? '', /by the same time server/);
  assert.match(finding([view({ facts: { ...facts, skewSeconds: -200 } })]).said, /clock 200 s behind/);
  const silence = finding([view()], 'no name server answers (ETIMEOUT; asked 10.1.0.10)');
  assert.deepEqual(
    [silence.verdict, silence.fix],
    ['bad', 'mend find.servers in the settings of the directory, or start that name server'],
  );
});

test('a domain of which only read-only controllers answer is no domain that can be written', () => {
  const { verdict, said } = finding([branch]);
  assert.equal(verdict, 'bad');
  assert.match(said, /and none takes changes/);
});
