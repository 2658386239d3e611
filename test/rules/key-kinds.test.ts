import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedNext, isAccepted, type Alternative } from '#domain/accept.ts';
import { fills, KEY_KINDS, openWays } from '#domain/key-kinds.ts';
import { FACTORS, OFFERED_FACTORS, type FactorMethod } from '#domain/next.ts';
import { demandsInWords } from '#domain/passkey-demands.ts';
import { PolicyError } from '#prisma/policy-findings.ts';
import { parseNewPolicy } from '#prisma/policy-text.ts';
import { whyNotWrite } from '#domain/write-conditions.ts';
import { honest } from './honest-write.ts';
import { demoPolicyWith } from '../support/policies.ts';

test('over all pairs: a factor stands for itself, a passkey for one that can be copied too, and nothing for anything else', () => {
  for (const asked of FACTORS)
    for (const shown of FACTORS) {
      const isLess = shown === 'passkey' && asked === 'synced-passkey';
      assert.equal(fills(asked, shown), asked === shown || isLess, `${shown} for ${asked}`);
      const accept = [{ proofs: ['recovery-code'] as const, factors: [asked] }];
      assert.equal(isAccepted(accept, { proofs: ['recovery-code'], factors: [shown] }), fills(asked, shown));
    }
});

test('whoever is asked for a key is asked for no kind of it', () => {
  const accept = [{ proofs: ['recovery-code'] as const, factors: ['synced-passkey', 'totp'] as const }];
  assert.deepEqual(askedNext(accept, { proofs: ['recovery-code'], factors: [] }), { step: 'factor', choices: OFFERED_FACTORS });
  assert.deepEqual(askedNext(accept, { proofs: ['recovery-code'], factors: ['totp'] }), { step: 'factor', choices: ['passkey'] });
  assert.equal(askedNext(accept, { proofs: ['recovery-code'], factors: ['totp', 'passkey'] }), undefined);
});

test('ways in that take a synced passkey are closed for protected accounts, and where the policy keeps such keys out', () => {
  const way = (name: FactorMethod): Alternative => ({ name, proofs: ['recovery-code'], factors: [name] });
  const accept = [way('passkey'), way('synced-passkey'), way('totp')];
  const open = (isProtected: boolean, synced: 'refuse' | 'where-named') =>
    openWays({ passkeys: { attestation: 'not-asked', models: [], compromised: 'refuse-all', synced } }, { accept }, isProtected).map(
      ({ name }) => name,
    );
  assert.deepEqual(open(false, 'where-named'), ['passkey', 'synced-passkey', 'totp']);
  assert.deepEqual(open(false, 'refuse'), ['passkey', 'totp']);
  assert.deepEqual(open(true, 'where-named'), ['passkey', 'totp']);
});

test('a writer believes no copy of a protected account, whatever policy the reset froze and whatever the verifier signed', () => {
  for (const isProtected of [false, true])
    for (const synced of ['refuse', 'where-named'] as const)
      for (const method of KEY_KINDS) {
        const q = honest(isProtected);
        const passkeys = { ...q.policy.passkeys, synced };
        const rules = q.policy.rules.map((rule) => ({ ...rule, accept: rule.accept.map((way) => ({ ...way, factors: [method] })) }));
        const attestations = q.attestations.map((one) => (one.kind === 'factor' ? { ...one, method } : one));
        const why = whyNotWrite({ ...q, policy: { ...q.policy, passkeys, rules }, attestations });
        const counts = method === 'passkey' || (!isProtected && synced === 'where-named');
        assert.equal(why, counts ? undefined : 'evidence-missing', `${isProtected} ${synced} ${method}`);
      }
});

const two = '[{ label: officers, by: { group: CS-Security-Officers }, needs: 2 }]';
function said(passkeys: string, when: string, factors: string): string[] {
  const rules = `passkeys: ${passkeys}
rules:
  - id: one
    when: ${when}
    accept: [{ name: a code and a key, proofs: [recovery-code], factors: ${factors} }]
    approvals: ${two}`;
  try {
    parseNewPolicy(demoPolicyWith(rules));
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return [...error.findings];
    throw error;
  }
}
const letIn = '{ synced: where-named }';
const unprotected = '{ protected: false }';

test('synced passkeys are refused unless the policy lets them in, and for protected accounts always, with the line', () => {
  assert.deepEqual(said(letIn, unprotected, '[synced-passkey]'), []);
  assert.match(
    said('{}', unprotected, '[synced-passkey]').join('\n'),
    /^line \d+, rule "one", way in "a code and a key", factors: This policy refuses synced passkeys; write passkey here, or synced: where-named under passkeys\.$/,
  );
  assert.match(
    said(letIn, '{ protected: true }', '[synced-passkey, totp]').join('\n'),
    /^line \d+, rule "one", way in "a code and a key", factors: For a protected account .* is too little; write passkey instead of synced-passkey\.$/,
  );
  assert.match(
    said(letIn, '{}', '[synced-passkey]').join('\n'),
    /A protected account may come under this rule.*write passkey instead of synced-passkey, or write "protected: false" under when/,
  );
  assert.match(said(letIn, unprotected, '[passkey, synced-passkey]').join('\n'), /one key could be shown as both; name one of them/);
});

test('copies prove no model, so a policy that asks every key for its model lets none of them in', () => {
  assert.match(
    said('{ attestation: required, synced: where-named }', unprotected, '[passkey]').join('\n'),
    /passkeys, synced: A passkey that can be copied proves no model/,
  );
  assert.deepEqual(said('{ attestation: required }', unprotected, '[passkey]'), []);
});

test('a policy says in words whether it takes keys that can be copied', () => {
  const words = (synced: 'refuse' | 'where-named') =>
    demandsInWords({ attestation: 'not-asked', models: [], compromised: 'refuse-all', synced });
  assert.match(words('refuse'), /No passkey counts that can be copied to other devices\.$/);
  assert.match(
    words('where-named'),
    /can be copied to other devices count in a reset whose way in names synced-passkey, and nowhere else\.$/,
  );
});
