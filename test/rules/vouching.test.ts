import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attestation, ProofPassed } from '#domain/attestation.ts';
import { whyNotVouch, type VouchQuestion } from '#domain/vouching.ts';
import { whyNotWrite, type WriteQuestion } from '#domain/write-conditions.ts';
import { PolicyError } from '#prisma/policy-findings.ts';
import { parseNewPolicy } from '#prisma/policy-text.ts';
import { demoPolicyWith, privilegedRule } from '#test/support/policies.ts';
import { alice, boss, clerk, honest, minutesAgo, now, person, someone } from './honest-write.ts';

const day = 86_400;
const ago = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);
const question: VouchQuestion = {
  voucher: clerk,
  claimant: alice,
  sources: [{ person: clerk.guid }],
  lastOwnReset: undefined,
  lastFactorChange: undefined,
  coolingOffSeconds: day,
  now,
};

test('a colleague whom the rule names may vouch: by relation, by group, by the unit of the claimant', () => {
  assert.equal(whyNotVouch(question), undefined);
  const inGroup = person('c', { groups: ['sid-a'] });
  assert.equal(whyNotVouch({ ...question, voucher: inGroup, sources: [{ groupSid: 'sid-a' }] }), undefined);
  assert.equal(whyNotVouch({ ...question, sources: [{ unit: 'ou=staff,dc=bank,dc=test' }] }), undefined, 'names of units have no case');
});

const refused: [string, Partial<VouchQuestion>, string][] = [
  ['the claimant', { voucher: alice, sources: [{ person: alice.guid }] }, 'vouch-for-oneself'],
  ['another account with the same employee number', { voucher: person('x', { employeeId: alice.employeeId }) }, 'vouch-for-oneself'],
  ['an account that is linked to the claimant’s', { voucher: { ...clerk, accounts: [clerk.guid, alice.guid] } }, 'vouch-for-oneself'],
  [
    'somebody of a unit below',
    { voucher: person('b', { dn: 'CN=b,OU=Sub,OU=Staff,DC=bank,DC=test' }), sources: [{ unit: 'OU=Staff,DC=bank,DC=test' }] },
    'not-a-voucher',
  ],
  [
    'somebody of no source',
    { sources: [{ person: 'another' }, { groupSid: 'sid-b' }, { unit: 'OU=IT,DC=bank,DC=test' }] },
    'not-a-voucher',
  ],
  ['anybody where no source leads anywhere', { sources: [] }, 'not-a-voucher'],
  ['somebody disabled', { voucher: { ...clerk, enabled: false } }, 'account-not-active'],
  ['somebody whose account has ended', { voucher: { ...clerk, expired: true } }, 'account-not-active'],
  ['somebody who was reset yesterday', { lastOwnReset: ago(23) }, 'voucher-not-yet'],
  ['somebody whose factors were replaced yesterday', { lastFactorChange: ago(23) }, 'voucher-not-yet'],
];
for (const [whom, change, code] of refused)
  test(`${whom} may not vouch`, () => assert.equal(whyNotVouch({ ...question, ...change }), code));

test('what was changed longer ago than the cooling-off is forgotten', () => {
  assert.equal(whyNotVouch({ ...question, lastOwnReset: ago(24), lastFactorChange: ago(48) }), undefined);
});

const rules = (vouchers: string, proofs = '[vouching]') => `rules:
${privilegedRule}
  - id: standard
    when: { protected: false }
    accept: [{ name: a colleague and the authenticator, proofs: ${proofs}, factors: [totp] }]
    ${vouchers}
    approvals: []`;
const vouched = { at: minutesAgo(30), method: 'totp', credential: 'phone' } as const;

/** A write that rests on the word of the clerk. */
function byWord(change: Partial<ProofPassed> = {}, question_: Partial<WriteQuestion> = {}): WriteQuestion {
  const q = honest(false);
  const attestations = q.attestations.map((a): Attestation => {
    if (a.kind !== 'proof') return a;
    return { ...a, method: 'vouching', credential: 'word', issuer: clerk.guid, vouched, ...change };
  });
  const policy = parseNewPolicy(demoPolicyWith(rules('vouchers: { group: Tellers }')));
  return { ...q, policy, attestations, voucherSources: [{ person: clerk.guid }], ...question_ };
}

test('the writer takes the word of whoever may still vouch, and of nobody else', () => {
  assert.equal(whyNotWrite(byWord()), undefined);
  assert.equal(whyNotWrite(byWord({}, { voucherSources: [] })), 'vouch-void', 'moved to another place since');
  assert.equal(whyNotWrite(someone(clerk.guid, { enabled: false })(byWord())), 'vouch-void', 'disabled since');
  assert.equal(whyNotWrite(someone(clerk.guid, undefined)(byWord())), 'vouch-void', 'gone since');
  assert.equal(whyNotWrite(byWord({}, { lastResets: new Map([[clerk.guid, ago(1)]]) })), 'vouch-void', 'reset an hour ago');
  assert.equal(whyNotWrite(byWord({}, { factorChanges: new Map([[clerk.guid, ago(0.1)]]) })), 'vouch-void', 'new factors since');
  assert.equal(whyNotWrite(someone(clerk.guid, { employeeId: alice.employeeId })(byWord())), 'vouch-void', 'the claimant’s own account');
});

test('a word without its confirmation, of nobody, or under another name is none', () => {
  const q = byWord();
  const word = q.attestations.find((a) => a.kind === 'proof');
  assert.ok(word);
  const { vouched: _, ...bare } = word;
  assert.equal(whyNotWrite({ ...q, attestations: q.attestations.map((a) => (a.kind === 'proof' ? bare : a)) }), 'vouch-void');
  assert.equal(whyNotWrite(byWord({ issuer: null })), 'vouch-void');
  assert.equal(whyNotWrite(byWord({ method: 'recovery-code' })), 'evidence-missing');
  assert.equal(whyNotWrite(byWord({ reset: 'r2' })), 'evidence-missing', 'said in another reset');
  assert.equal(whyNotWrite(byWord({ account: boss.guid })), 'evidence-missing', 'said of somebody else');
});

test('a void word harms no reset that has another proof', () => {
  const q = byWord({}, { voucherSources: [] });
  const both = rules('vouchers: { group: Tellers }').replace(
    'accept: [{ name: a colleague',
    'accept: [{ name: a code, proofs: [recovery-code], factors: [totp] }, { name: a colleague',
  );
  const word = q.attestations.find((a) => a.kind === 'proof');
  assert.ok(word);
  const { vouched: _, ...code } = { ...word, id: 'c', method: 'recovery-code', issuer: null } as const;
  const policy = parseNewPolicy(demoPolicyWith(both));
  assert.equal(whyNotWrite({ ...q, policy }), 'vouch-void');
  assert.equal(whyNotWrite({ ...q, policy, attestations: [...q.attestations, code] }), undefined);
});

test('a policy says who may vouch exactly where vouching is taken', () => {
  const said = (text: string): string => {
    try {
      parseNewPolicy(demoPolicyWith(text));
      return '';
    } catch (error) {
      assert.ok(error instanceof PolicyError, String(error));
      return error.findings.join('\n');
    }
  };
  assert.equal(said(rules('vouchers: [{ relation: manager }, { relation: same-unit }, { group: Tellers }]')), '');
  assert.match(said(rules('')), /This way in takes a colleague who vouches, and nobody may; write under vouchers who may\./);
  assert.match(said(rules('vouchers: { relation: manager }', '[recovery-code]')), /No way in of this rule takes vouching/);
  assert.match(said(rules('vouchers: { role: boss }')), /there is no role "boss"/i);
  assert.match(said(rules('vouchers: { relation: friend }')), /or \{ relation: same-unit \}/);
});
