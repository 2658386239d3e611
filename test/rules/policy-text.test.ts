import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { placeOf, selectRule } from '#domain/policy.ts';
import { parsePolicy, policySha256 } from '#prisma/policy-text.ts';

const text = readFileSync(new URL('../../ops/policy/demo-bank.yaml', import.meta.url), 'utf8');

test('the demo bank has two rules, chosen by what the directory calls protected', () => {
  const policy = parsePolicy(text);
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

test('an error names line, field and fix', () => {
  const scenes: [string, (text: string) => string, RegExp][] = [
    [
      'a duration without a unit',
      (t) => t.replace('unproven: 10m', 'unproven: 10'),
      /line \d+: timers\.unproven: .*(number and a unit|string)/,
    ],
    ['an unknown field', (t) => t.replace('coolingOff: 24h', 'coolingOf: 24h'), /timers/],
    [
      'a proof nobody has',
      (t) => t.replace('proofs: [recovery-code]', 'proofs: [mothers-name]'),
      /line 14: rules\.0\.accept\.0\.proofs\.0/,
    ],
    [
      'one stage for protected accounts',
      (t) => t.replace(/ {6}- \{ label: security-officer.*\n/, ''),
      /line \d+: rules\.0\.approvals: protected accounts need the approval of at least two people/,
    ],
    ['a rule named twice', (t) => t.replace('id: standard', 'id: privileged'), /used twice/],
    ['broken YAML', (t) => `${t}\n  - : [`, /line \d+:/],
    ['too short passwords', (t) => t.replace('minLength: 10', 'minLength: 6'), /password\.minLength: NIST/],
  ];
  for (const [scene, change, expected] of scenes) assert.throws(() => parsePolicy(change(text)), expected, scene);
});

test('a version is named by the hash of its text', () => {
  assert.match(policySha256(text), /^[0-9a-f]{64}$/);
  assert.notEqual(policySha256(text), policySha256(`${text} `));
});
