import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNewPolicy } from '#prisma/policy-text.ts';
import { PolicyError } from '#prisma/policy-findings.ts';
import { demoPolicyWith } from '../support/policies.ts';

const way = 'accept: [{ name: a code and the app, proofs: [recovery-code], factors: [totp] }]';
const rule = (id: string, when: string, approvals: string): string => `
  - id: ${id}
    when: ${when}
    ${way}
    approvals: ${approvals}`;
const two = '[{ label: officers, by: { group: CS-Security-Officers }, needs: 2 }]';
const one = '[{ label: officer, by: { group: CS-Security-Officers } }]';

function said(...rules: string[]): string[] {
  try {
    parseNewPolicy(demoPolicyWith(`rules:${rules.join('')}`));
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return [...error.findings];
    throw error;
  }
}
const nothing = (...rules: string[]) => assert.deepEqual(said(...rules), []);
const refused = (expected: RegExp, ...rules: string[]) => assert.match(said(...rules).join('\n'), expected);

test('whatever rule a protected account may come under needs two people, and the line says which does not', () => {
  nothing(rule('privileged', '{ protected: true }', two), rule('rest', '{}', '[]'));
  nothing(rule('rest', '{ protected: false }', '[]'));
  refused(
    /rule "privileged", approvals: Protected accounts need the approval of at least two people/,
    rule('privileged', '{ protected: true }', one),
  );
  refused(
    /rule "rest", approvals: A protected account may come under this rule.*write "protected: false" under when\./,
    rule('rest', '{}', '[]'),
  );
  // A rule before it that takes only some of them leaves the others to it.
  const it = 'OU=IT,DC=bank,DC=test';
  refused(/rule "rest", approvals/, rule('it-admins', `{ protected: true, under: ["${it}"] }`, two), rule('rest', '{}', '[]'));
  nothing(rule('it-admins', `{ protected: true, under: ["${it}"] }`, two), rule('it', `{ under: ["OU=Desk,${it}"] }`, '[]'));
  refused(
    /rule "it", approvals/,
    rule('it-admins', `{ protected: true, under: ["OU=Desk,${it}"] }`, two),
    rule('it', `{ under: ["${it}"] }`, '[]'),
  );
  refused(/rule "rest", approvals/, rule('day', '{ protected: true, flags: [locked] }', two), rule('rest', '{}', '[]'));
});

test('a rule that is never reached is refused with the name of the rule that takes its place', () => {
  refused(
    /rule "late", when: This rule is never reached, since "all" before it fits whenever it does/,
    rule('all', '{ protected: false }', '[]'),
    rule('late', '{ protected: false, flags: [locked] }', '[]'),
  );
  refused(
    /never reached/,
    rule('a', '{ protected: false, memberOf: [Treasury, Vault] }', '[]'),
    rule('b', '{ protected: false, memberOf: [Vault] }', '[]'),
  );
  nothing(rule('a', '{ protected: false, memberOf: [Vault] }', '[]'), rule('b', '{ protected: false, memberOf: [Treasury, Vault] }', '[]'));
  refused(
    /never reached/,
    rule('a', '{ protected: false, notMemberOf: [Vault] }', '[]'),
    rule('b', '{ protected: false, notMemberOf: [Treasury, Vault] }', '[]'),
  );
});

test('names that stand for nothing, or for two things, are refused', () => {
  refused(
    /rule "a", when, networks: There is no network "branch"; write it under networks\./,
    rule('a', '{ protected: false, networks: [branch] }', '[]'),
  );
  refused(
    /rule "a", when, hours: There is no calendar "office"; write it under calendars\./,
    rule('a', '{ protected: false, hours: { outside: office } }', '[]'),
  );
  const ways = rule('a', '{ protected: false }', '[]').replace(
    /accept:.*/,
    'accept: [{ name: x, proofs: [recovery-code, recovery-code], factors: [totp] }, { name: x, proofs: [issued-code], factors: [totp] }]',
  );
  refused(/way in "x": The method recovery-code stands here twice/, ways);
  refused(/way in "x", name: The name "x" is used twice in this rule/, ways);
});

test('a policy that names published rules is held to them, each with its clause', () => {
  const base = (names: string, change: (text: string) => string = (text) => text): string[] => {
    try {
      parseNewPolicy(change(demoPolicyWith(`bases: [${names}]\nrules:${rule('rest', '{ protected: false }', '[]')}`)));
      return [];
    } catch (error) {
      if (error instanceof PolicyError) return [...error.findings];
      throw error;
    }
  };
  assert.match(
    base('nist-800-63b-4').join('\n'),
    /^line \d+, password, minLength: NIST SP 800-63B-4 §3\.1\.1\.2 asks for at least 15 characters .*; write 15, or take nist-800-63b-4 out of bases\.$/,
  );
  assert.deepEqual(
    base('nist-800-63b-4', (t) => t.replace('minLength: 10', 'minLength: 15')),
    [],
  );
  assert.match(
    base('nist-800-63b-4', (t) => t.replace('minLength: 10', 'minLength: 15').replace('issuedCode: 30m', 'issuedCode: 2d')).join('\n'),
    /timers, issuedCode: .*§4\.2\.1\.2 .*write 24h or less/,
  );
  const pci = base('pci-dss-4');
  for (const clause of [
    /minLength: PCI DSS 8\.3\.6/,
    /perAuthenticator: PCI DSS 8\.3\.4/,
    /perAccountPerHour: PCI DSS 8\.3\.4/,
    /choosePassword: PCI DSS 8\.2\.8 .*write 15m or less/,
  ])
    assert.match(pci.join('\n'), clause);
  assert.equal(pci.length, 4);
  assert.match(base('sox').join('\n'), /bases, entry 1: "sox" is not known here; write one of nist-800-63b-4, pci-dss-4\./);
});

test('a known password alone is no proof of who lost every factor, nor of a protected account without a key or card', () => {
  const ways = (id: string, when: string, approvals: string, accept: string, more = ''): string => `
  - id: ${id}
    when: ${when}
    accept: [{ name: one, ${accept} }]
    approvals: ${approvals}${more}`;
  const known = 'proofs: [known-password], factors: [totp]';
  const rest = rule('rest', '{ protected: false }', '[]');
  nothing(rule('privileged', '{ protected: true }', two), ways('staff', '{ protected: false }', '[]', known));
  refused(
    /rule "privileged", way in "one": For a protected account a known password is proof enough only with passkey or smart-card; add one of them or another proof\./,
    ways('privileged', '{ protected: true }', two, known),
    rest,
  );
  refused(/rule "all", way in "one".*proof enough only with.*"protected: false" under when\./, ways('all', '{}', two, known));
  nothing(ways('privileged', '{ protected: true }', two, 'proofs: [known-password], factors: [smart-card, totp]'), rest);
  nothing(ways('privileged', '{ protected: true }', two, 'proofs: [known-password, recovery-code], factors: [totp]'), rest);
  const replaced = (proofs: string) => `
    may: [new-password, replace-factors]
    replaceFactors: { accept: [{ name: lost, proofs: ${proofs} }], approvals: ${one}, wait: 1h }`;
  const privileged = rule('privileged', '{ protected: true }', two);
  nothing(privileged, ways('staff', '{ protected: false }', '[]', known, replaced('[known-password, issued-code]')));
  refused(
    /rule "staff", replaceFactors.*Whoever knows the password would take over every factor/,
    privileged,
    ways('staff', '{ protected: false }', '[]', known, replaced('[known-password]')),
  );
});
