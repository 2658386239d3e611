import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { countersign } from '#test/support/countersign.ts';
import { demoPolicyWith, privilegedRule, edited } from '#test/support/policies.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();
const folder = mkdtempSync(join(tmpdir(), 'countersign-policies-'));
after(() => rmSync(folder, { recursive: true }));

const standard = `
  - id: standard
    when: { protected: false }
    accept: [{ name: help desk code and authenticator, proofs: [issued-code], factors: [totp] }]
    approvals: [{ label: manager, by: { relation: manager }, escalate: [{ after: 4h, to: { relation: managers-manager } }] }]`;
const tests = `
tests:
  - name: tellers
    account: { dn: "CN=Ada,OU=Tellers,OU=Staff,DC=bank,DC=test" }
    expect: { rule: standard, approvers: 1 }
`;

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const policy = (...args: string[]) => countersign(world.stack.state, 'policy', ...args);

test('a policy is read aloud and tested before anything is put in force, and a red one never is', async () => {
  const good = file('good.yaml', demoPolicyWith(`rules:${privilegedRule}${standard}`) + tests);
  const red = file('red.yaml', edited(readFileSync(good, 'utf8'), ['approvers: 1', 'approvers: 0']));
  const weak = file('weak.yaml', edited(readFileSync(good, 'utf8'), [/ {6}- \{ label: security-officer.*\n/, '']));

  const checked = await policy('check', good);
  assert.equal(checked.code, 0, checked.stderr);
  assert.match(checked.stdout, /2\. standard\. It fits when the account is not protected\./);
  assert.match(checked.stdout, /Approved by manager, then security-officer: 2 different people\./);
  assert.equal((await policy('test', good)).code, 0);
  const tested = await policy('test', red);
  assert.deepEqual([tested.code, /✗ tellers: Expected 0 people to approve, and 1 have to\./.test(tested.stdout)], [1, true], tested.stdout);

  const inForce = () => world.people.sql('SELECT sha256 FROM policy_version WHERE in_force');
  const before = await inForce();
  for (const [path, expected] of [
    [red, /test "tellers": It is red\./],
    [weak, /line 14, rule "privileged", approvals: Protected accounts need the approval of at least two people/],
  ] as const) {
    const loaded = await policy('load', path);
    assert.notEqual(loaded.code, 0);
    assert.match(loaded.stderr, expected);
  }
  assert.deepEqual(await inForce(), before);
  assert.equal(JSON.parse((await policy('schema')).stdout).title, 'Countersign policy');
});

test('a simulation says which rule fits and why none before it, what is asked, and who could approve', async () => {
  const officer = await policy('simulate', '--account', 'samir.khan');
  assert.equal(officer.code, 0, officer.stderr);
  assert.match(officer.stdout, /Samir Khan \(samir\.khan\), which is protected, from no network that is named, at /);
  assert.match(officer.stdout, /The rule "privileged" fits\./);
  assert.match(officer.stdout, /Stage 1, manager, needs 1: Inês Duarte.* could approve/);
  assert.match(officer.stdout, /Stage 2, security-officer, needs 1: .*Quentin Roux/);
  assert.match(officer.stdout, /Different people can fill all stages\./);
  assert.match(
    officer.stdout,
    /When the password was changed or the account unlocked, these are told: the account’s holder, .*: Samir Khan; .*Quentin Roux/,
  );

  const goran = await policy('simulate', '--account', 'BANK\\goran.petrovic', '--from', '10.1.2.3');
  assert.match(goran.stdout, /The rule "privileged" does not fit: it asks that the account is protected\.\nThe rule "standard" fits\./);
  assert.match(goran.stdout, /Nobody has to approve\./);
  assert.match((await policy('simulate', '--account', 'dora.lind')).stdout, /Behind proof and factor it ends: /);
  assert.match((await policy('simulate', '--account', 'tomas.vrba')).stdout, /Different people cannot fill all stages now/);
  assert.match((await policy('simulate', '--account', 'krbtgt')).stdout, /lies outside of what this policy serves/);
  assert.match((await policy('simulate', '--account', 'no.body')).stdout, /The directory knows no account "no\.body"/);
  const nowhere = await policy('simulate', '--account', 'goran.petrovic', '--from', 'the branch');
  assert.deepEqual([nowhere.code, /"the branch" is no address; write one such as/.test(nowhere.stderr)], [1, true], nowhere.stderr);
});

test('a comparison names who would be asked for something else, who would have nobody to approve, and who would lose self-service', async () => {
  const draft = file('draft.yaml', demoPolicyWith(`rules:${privilegedRule}${standard}`));
  const csv = join(folder, 'compared.csv');
  const { code, stdout, stderr } = await policy('compare', draft, '--csv', csv);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /\d+ accounts are enabled and served by "Demo bank" or by "Demo bank"\./);
  assert.match(stdout, /\d+ accounts would be asked for something else: /);
  assert.match(stdout, /^ +\d+ {2}standard → standard: alice\.moreau, /m);
  assert.match(stdout, /would have nobody who could approve: .*tomas\.vrba\.\nOne of them has nobody today either\./);
  assert.match(stdout, /would lose self-service: .*alice\.moreau/);
  assert.match(stdout, /No account would gain self-service\./);
  assert.match(stdout, /would have other people told of their resets: alice\.moreau, /);
  const rows = readFileSync(csv, 'utf8').split('\r\n');
  assert.match(
    rows.find((row) => row.startsWith('alice.moreau,')) ?? '',
    /^alice\.moreau,,[^,]+,standard,standard,yes,no,(yes|no),no,no,yes,no,yes$/,
  );
  assert.equal(statSync(csv).mode & 0o777, 0o600, 'names of accounts are nobody else’s business');
});
