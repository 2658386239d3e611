import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayBeRule, placeOf, selectRule, type Policy, type Rule } from '#domain/policy.ts';
import { fits, type Situation, type When } from '#domain/rule-choice.ts';
import { TELL_NOBODY } from '#domain/telling.ts';

const sids = new Map([
  ['Treasury', 'S-treasury'],
  ['Tellers', 'S-tellers'],
]);
const teller: Situation = {
  isProtected: false,
  place: placeOf({ dn: 'CN=Ada,OU=Tellers,OU=Staff,DC=bank,DC=test', groups: ['S-tellers', 'S-everybody'] }, sids),
  circumstances: { flags: ['locked'], via: 'portal', networks: ['branches'], at: '2026-11-26T09:00:00Z' },
};

const calendars = {
  office: { zone: 'Europe/Zurich', hours: { thu: [{ from: '08:00', to: '18:00' }] }, holidays: [] },
  holiday: { zone: 'Europe/Zurich', hours: { thu: [{ from: '08:00', to: '18:00' }] }, holidays: ['2026-11-26'] },
};

test('each condition holds for whom it says and for nobody else', () => {
  const scenes: [When, ReturnType<typeof fits>][] = [
    [{}, 'yes'],
    [{ protected: false }, 'yes'],
    [{ protected: true }, 'no'],
    [{ under: ['ou=staff,dc=bank,dc=test'] }, 'yes'],
    [{ under: ['OU=IT,DC=bank,DC=test', 'OU=Staff,DC=bank,DC=test'] }, 'yes'],
    [{ under: ['OU=IT,DC=bank,DC=test'] }, 'no'],
    [{ under: ['OU=lers,OU=Staff,DC=bank,DC=test'] }, 'no'],
    [{ notUnder: ['OU=Staff,DC=bank,DC=test'] }, 'no'],
    [{ notUnder: ['OU=IT,DC=bank,DC=test'] }, 'yes'],
    [{ memberOf: ['Treasury', 'Tellers'] }, 'yes'],
    [{ memberOf: ['Treasury'] }, 'no'],
    [{ notMemberOf: ['Treasury'] }, 'yes'],
    [{ notMemberOf: ['Treasury', 'Tellers'] }, 'no'],
    [{ flags: ['locked', 'must-change'] }, 'yes'],
    [{ flags: ['must-change'] }, 'no'],
    [{ notFlags: ['locked'] }, 'no'],
    [{ via: ['portal'] }, 'yes'],
    [{ networks: ['kiosks', 'branches'] }, 'yes'],
    [{ networks: ['kiosks'] }, 'no'],
    [{ notNetworks: ['branches'] }, 'no'],
    [{ hours: { inside: 'office' } }, 'yes'],
    [{ hours: { outside: 'office' } }, 'no'],
    [{ hours: { inside: 'holiday' } }, 'no'],
    [{ hours: { outside: 'holiday' } }, 'yes'],
    [{ under: ['OU=Staff,DC=bank,DC=test'], memberOf: ['Treasury'] }, 'no'],
  ];
  for (const [when, expected] of scenes) assert.equal(fits(when, { ...teller, calendars }), expected, JSON.stringify(when));
});

const rule = (id: string, when: When): Rule => ({
  id,
  when,
  may: ['new-password'],
  accept: [],
  approvals: [],
  decisions: ['passkey'],
  tell: TELL_NOBODY,
});
const policyOf = (...rules: Rule[]): Policy => ({ serves: ['OU=Staff,DC=bank,DC=test'], rules, calendars }) as unknown as Policy; // what choosing reads

test('the first rule that fits decides, and outside of what is served there is none', () => {
  const policy = policyOf(rule('treasury', { memberOf: ['Treasury'] }), rule('branch', { networks: ['branches'] }), rule('rest', {}));
  assert.equal(selectRule(policy, teller)?.id, 'branch');
  const elsewhere = { ...teller, place: placeOf({ dn: 'CN=x,OU=Guests,DC=bank,DC=test', groups: [] }, sids) };
  assert.equal(selectRule(policy, elsewhere), undefined);
});

test('a group that is gone opens no door: the rule that names it ends the search unless something else rules it out', () => {
  const lax = rule('rest', {});
  for (const when of [{ memberOf: ['Vault'] }, { notMemberOf: ['Vault'] }])
    assert.equal(selectRule(policyOf(rule('vault', when), lax), teller), undefined, JSON.stringify(when));
  assert.equal(selectRule(policyOf(rule('vault', { memberOf: ['Vault'], protected: true }), lax), teller)?.id, 'rest');
  assert.equal(
    selectRule(policyOf(rule('vault', { memberOf: ['Vault', 'Tellers'] }), lax), teller)?.id,
    'vault',
    'one membership is enough',
  );
  assert.equal(selectRule(policyOf(rule('vault', { notMemberOf: ['Vault', 'Tellers'] }), lax), teller)?.id, 'rest');
});

test('who knows only what was signed accepts a rule that may have been chosen, and none that cannot', () => {
  const [treasury, branch, rest] = [
    rule('treasury', { memberOf: ['Treasury'] }),
    rule('branch', { networks: ['branches'] }),
    rule('rest', {}),
  ];
  const policy = policyOf(treasury, branch, rest);
  const auditor = { ...teller, place: undefined };
  assert.ok(mayBeRule(policy, treasury, auditor));
  assert.ok(mayBeRule(policy, branch, auditor));
  assert.ok(!mayBeRule(policy, rest, auditor), 'the branch came before it for sure');
  const home = { ...auditor, circumstances: { ...teller.circumstances, networks: [] } };
  assert.ok(!mayBeRule(policy, branch, home));
  assert.ok(mayBeRule(policy, rest, home));
});
