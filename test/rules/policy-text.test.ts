import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { placeOf, selectRule } from '#domain/policy.ts';
import { demoPolicyFile } from '#ops/setup/policy.ts';
import { PolicyError } from '#prisma/policy-findings.ts';
import { parseNewPolicy, parsePolicy, policySha256 } from '#prisma/policy-text.ts';

const text = readFileSync(demoPolicyFile, 'utf8');

/** What is said of a policy, line by line. */
function said(policy: string): readonly string[] {
  try {
    parseNewPolicy(policy);
    return [];
  } catch (error) {
    assert.ok(error instanceof PolicyError, String(error));
    return error.findings;
  }
}

test('the demo bank has two rules, chosen by what the directory calls protected', () => {
  const policy = parseNewPolicy(text);
  const circumstances = { flags: [], via: 'portal', networks: [], at: '2026-11-26T09:00:00Z' } as const;
  const ruleOf = (dn: string, isProtected: boolean) =>
    selectRule(policy, { isProtected, place: placeOf({ dn, groups: [] }, new Map()), circumstances });
  const dn = 'CN=Ada,OU=Staff,DC=bank,DC=test';
  assert.equal(ruleOf(dn, false)?.id, 'standard');
  assert.equal(ruleOf(dn, true)?.id, 'privileged');
  assert.equal(ruleOf('CN=krbtgt,CN=Users,DC=bank,DC=test', true), undefined, 'outside the served subtrees there is no rule');
  assert.equal(policy.timers.unproven, 600);
  assert.equal(parsePolicy(text.replace('outcome: 24h', 'outcome: 7d')).timers.outcome, 7 * 86_400);
  assert.equal(parsePolicy(text.replace(/ +outcome: .*\n/, '')).timers.outcome, 86_400, 'a version from before this timer still reads');
});

test('a finding is read aloud as line, place and a sentence that names the fix', () => {
  const scenes: [string, (text: string) => string, RegExp][] = [
    ['a duration without a unit', (t) => t.replace('unproven: 10m', 'unproven: 10'), /^line \d+, timers, unproven: Write a text here\.$/],
    [
      'a duration of nothing',
      (t) => t.replace('unproven: 10m', 'unproven: soon'),
      /^line \d+, timers, unproven: Write a number and a unit: 90s, 10m, 24h or 7d\.$/,
    ],
    [
      'an unknown setting',
      (t) => t.replace('coolingOff: 24h', 'coolingOff: 24h\n  grace: 1h'),
      /^line \d+, timers: There is no setting "grace" here; delete it/,
    ],
    ['a missing setting', (t) => t.replace(/ +coolingOff: .*\n/, ''), /^line \d+, timers, coolingOff: This is missing; write it\.$/],
    [
      'a proof nobody has',
      (t) => t.replace('proofs: [recovery-code]', 'proofs: [mothers-name]'),
      /^line \d+, rule "privileged", way in "recovery code and authenticator", proofs, entry 1: "mothers-name" is not known here; write one of recovery-code, issued-code, vouching, known-password, known-device\.$/,
    ],
    [
      'one stage for protected accounts',
      (t) => t.replace(/ {6}- \{ label: security-officer.*\n/, ''),
      /^line 17, rule "privileged", approvals: Protected accounts need the approval of at least two people; add a stage, or let one need two\.$/,
    ],
    [
      'a rule named twice',
      (t) => t.replace('id: standard', 'id: privileged'),
      /^line 35, rule "privileged", id: The name "privileged" is used twice; give each rule its own\.$/,
    ],
    [
      'too short passwords',
      (t) => t.replace('minLength: 10', 'minLength: 6'),
      /^line \d+, password, minLength: NIST SP 800-63B-4 §3\.1\.1\.2 asks for at least 8 characters\.$/,
    ],
    [
      'a rule without a way in',
      (t) => t.replace(/accept: #.*\n.*\n.*\n/, 'accept: []\n'),
      /^line 14, rule "privileged", accept: Write at least one, or leave the line out\.$/,
    ],
  ];
  for (const [scene, change, expected] of scenes) {
    const findings = said(change(text));
    assert.ok(
      findings.some((one) => expected.test(one)),
      `${scene}: ${findings.join('\n')}`,
    );
  }
  assert.match(said(`${text}\n  - : [`)[0] ?? '', /^line \d+: /, 'broken YAML is said once, where it begins');
});

test('a policy of the first language is read as it was meant, and no longer put in force', () => {
  const first = text.replaceAll(/^ {4}accept:.*\n.*\n.*\n/gm, '    proofs: [recovery-code, issued-code]\n    factors: [totp]\n');
  assert.deepEqual(
    parsePolicy(first).rules.map(({ accept }) => accept.map(({ proofs, factors }) => [...proofs, ...factors])),
    parsePolicy(text).rules.map(({ accept }) => accept.map(({ proofs, factors }) => [...proofs, ...factors])),
  );
  assert.ok(
    said(first).some((one) => /rule "privileged": There is no setting "proofs" or "factors" here/.test(one)),
    said(first).join('\n'),
  );
});

test('a version is named by the hash of its text', () => {
  assert.match(policySha256(text), /^[0-9a-f]{64}$/);
  assert.notEqual(policySha256(text), policySha256(`${text} `));
});
