import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstFactorCondition, type FirstFactorSituation } from '#domain/first-factor.ts';
import { firstFactorInWords } from '#domain/rule-words.ts';
import { PolicyError } from '#prisma/policy-findings.ts';
import { parseNewPolicy } from '#prisma/policy-text.ts';
import { demoPolicyWith, privilegedRule } from '../support/policies.ts';

const rules = `rules:${privilegedRule}
  - id: rest
    when: { protected: false }
    accept: [{ name: a code and the app, proofs: [recovery-code], factors: [totp] }]
    approvals: []`;
const withConditions = (conditions: string): string =>
  demoPolicyWith(`networks: { branches: [10.1.0.0/16] }
calendars: { desk: { zone: Europe/Berlin, hours: { mon: [{ from: "08:00", to: "17:00" }] } } }
firstFactor:
${conditions}
${rules}`);
const said = (conditions: string): string => {
  try {
    parseNewPolicy(withConditions(conditions));
    return '';
  } catch (error) {
    assert.ok(error instanceof PolicyError);
    return error.findings.join('\n');
  }
};
const NEW = '  - { name: new at a branch, when: { protected: false, networks: [branches] }, youngerThan: 14d }';
const AT = '2026-11-26T10:00:00.000Z';
const newcomer = (more: Partial<FirstFactorSituation> = {}): FirstFactorSituation => ({
  isProtected: false,
  place: { dn: 'CN=new,OU=Staff,DC=bank,DC=test', groups: ['S-1'], sids: new Map([['New-Staff', 'S-1']]) },
  circumstances: { flags: [], via: 'portal', networks: ['branches'], at: AT },
  smartcardRequired: false,
  created: new Date('2026-11-20T10:00:00Z'),
  ...more,
});

test('a policy that says nothing of it lets nobody set up a first app with the password alone', () => {
  const policy = parseNewPolicy(demoPolicyWith(rules));
  assert.equal(firstFactorCondition(policy, newcomer()), undefined);
  assert.equal(firstFactorInWords(policy.firstFactor), 'Nobody sets up a first app with the password alone.');
});

test('every part of a condition has to hold, and what is not known holds for nobody', () => {
  const policy = parseNewPolicy(withConditions(NEW));
  const met = (more: Partial<FirstFactorSituation>) => firstFactorCondition(policy, newcomer(more))?.name;
  assert.equal(met({}), 'new at a branch');
  assert.equal(met({ circumstances: { ...newcomer().circumstances, networks: [] } }), undefined, 'from elsewhere');
  assert.equal(met({ created: new Date('2026-11-12T10:00:00Z') }), undefined, 'fourteen days old to the second');
  assert.equal(met({ created: new Date('2026-11-12T10:00:01Z') }), 'new at a branch');
  assert.equal(met({ created: undefined }), undefined, 'the directory does not say when');
  assert.equal(met({ smartcardRequired: true }), undefined);
  assert.equal(met({ place: { ...newcomer().place!, dn: 'CN=new,OU=Elsewhere,DC=bank,DC=test' } }), undefined, 'not served');
  assert.equal(met({ place: undefined }), undefined);
  const ofGroup = parseNewPolicy(withConditions('  - { name: group, when: { protected: false, memberOf: [New-Staff] } }'));
  assert.equal(firstFactorCondition(ofGroup, newcomer())?.name, 'group');
  const gone = { ...newcomer().place!, sids: new Map<string, string>() };
  assert.equal(firstFactorCondition(ofGroup, newcomer({ place: gone })), undefined, 'a group that is gone');
});

test('no policy opens it for a protected account, whatever was put into it without being read', () => {
  const policy = parseNewPolicy(withConditions(NEW));
  assert.equal(firstFactorCondition(policy, newcomer({ isProtected: true })), undefined);
  const swapped = { ...policy, firstFactor: [{ name: 'all', when: {} }] };
  assert.equal(firstFactorCondition(swapped, newcomer({ isProtected: true })), undefined);
  assert.match(
    said('  - { name: all, when: { networks: [branches] } }'),
    /^line \d+, .*A password alone never gives the first factor of a protected account; write "protected: false" under when/,
  );
  assert.match(said('  - { name: admins, when: { protected: true, networks: [branches] } }'), /^line \d+, .*never gives the first factor/);
});

test('a condition that everybody meets anywhere, a name that stands twice and a network that is not there are refused with their line', () => {
  assert.match(
    said('  - { name: all, when: { protected: false } }'),
    /^line \d+, .*whoever knows the password of anybody without a factor/,
  );
  const flags = '  - { name: all, when: { protected: false, notFlags: [locked], hours: { inside: desk } } }';
  assert.match(said(flags), /^line \d+, .*whoever knows the password/, 'hours alone narrow nothing');
  assert.match(said(`${NEW}\n${NEW}`), /^line \d+, .*The name "new at a branch" is used twice/);
  assert.match(said('  - { name: x, when: { protected: false, networks: [branch] } }'), /^line \d+, .*There is no network "branch"/);
  assert.match(said('  - { name: x, when: { protected: false }, youngerThan: soon }'), /^line \d+, /);
});

test('a policy read aloud says who may, by every condition that is written', () => {
  const { firstFactor } = parseNewPolicy(withConditions(NEW));
  assert.equal(
    firstFactorInWords(firstFactor),
    `Who never held a factor sets up a first app with the directory password alone:
  - new at a branch: when the account is not protected, and the request comes from the network branches, and the account was made less than 14 days ago.`,
  );
});
