import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyError } from '#prisma/policy-findings.ts';
import { parseNewPolicy, parsePolicy } from '#prisma/policy-text.ts';
import { demoPolicyWith, privilegedRule } from '../support/policies.ts';

const rules = `networks:
  branches: [10.20.0.0/16]
calendars:
  office: { zone: Europe/Zurich, hours: { thu: [{ from: "08:00", to: "18:00" }] } }
rules:${privilegedRule}
  - id: night
    when: { protected: false, hours: { outside: office }, notMemberOf: [Night Shift] }
    accept: [{ name: both codes, proofs: [recovery-code, issued-code], factors: [totp] }]
    approvals: []
  - id: branch
    when: { protected: false, networks: [branches] }
    accept: [{ name: a code and the app, proofs: [recovery-code], factors: [totp] }]
    approvals: [{ label: manager, by: { relation: manager } }]`;
const ada = 'account: { dn: "CN=Ada,OU=Staff,DC=bank,DC=test" }';
const noon = 'at: 2026-11-26T12:00:00+01:00';

/** What is said of a policy with this one test. */
function red(lines: string): string {
  const text = `${demoPolicyWith(rules)}\ntests:\n  - name: ada\n${lines.replace(/^/gm, '    ')}\n`;
  assert.equal(parsePolicy(text).tests.length, 1, 'a red test does not make a version unreadable');
  try {
    parseNewPolicy(text);
    return '';
  } catch (error) {
    assert.ok(error instanceof PolicyError);
    return error.findings.join('\n');
  }
}

test('a test passes when the outcome is as expected, by place, network, hour and group', () => {
  assert.equal(
    red(
      `${ada}\n${noon}\nfrom: { address: 10.20.1.1 }\nexpect: { rule: branch, accept: [a code and the app], stages: [manager], approvers: 1 }`,
    ),
    '',
  );
  assert.equal(red(`${ada}\nat: 2026-11-26T20:00:00+01:00\nexpect: { rule: night, approvers: 0 }`), '');
  assert.equal(
    red(
      `account: { dn: "CN=Bo,OU=Staff,DC=bank,DC=test", groups: [Night Shift] }\nat: 2026-11-26T20:00:00+01:00\nexpect: { refused: no-rule }`,
    ),
    '',
  );
  assert.equal(
    red(
      `account: { dn: "CN=Cy,OU=IT,DC=bank,DC=test", protected: true }\n${noon}\nexpect: { rule: privileged, stages: [manager, security-officer], approvers: 2 }`,
    ),
    '',
  );
  assert.equal(red(`account: { dn: "CN=Di,OU=Guests,DC=bank,DC=test" }\n${noon}\nexpect: { refused: not-served }`), '');
});

test('a red test keeps the policy out of force, and says what came instead', () => {
  const scenes: [string, RegExp][] = [
    [
      `${ada}\n${noon}\nexpect: { rule: branch }`,
      /^line \d+, test "ada": It is red\. Expected the rule "branch", and it is no rule at all\.$/,
    ],
    [`${ada}\n${noon}\nfrom: { address: 10.20.1.1 }\nexpect: { rule: night }`, /Expected the rule "night", and it is the rule "branch"\./],
    [
      `${ada}\n${noon}\nfrom: { address: 10.20.1.1 }\nexpect: { rule: branch, approvers: 2 }`,
      /Expected 2 people to approve, and 1 have to\./,
    ],
    [
      `${ada}\n${noon}\nfrom: { address: 10.20.1.1 }\nexpect: { rule: branch, stages: [] }`,
      /Under stages expected nothing, and it is manager\./,
    ],
    [
      `${ada}\n${noon}\nfrom: { address: 10.20.1.1 }\nexpect: { refused: no-rule }`,
      /Expected no rule at all, and it is the rule "branch"\./,
    ],
    [`${ada}\nexpect: { refused: no-rule }`, /The rules ask for the hour; write at, such as/],
    [
      `account: { dn: "CN=Bo,OU=Staff,DC=bank,DC=test", groups: [Nightshift] }\n${noon}\nexpect: { refused: no-rule }`,
      /No rule asks for the group "Nightshift"/,
    ],
  ];
  for (const [lines, expected] of scenes) assert.match(red(lines), expected, lines);
});
