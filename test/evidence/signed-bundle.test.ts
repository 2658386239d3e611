import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { checkStatements } from '#audit/check-replay.ts';
import { PAGE, signedBy, type Signing } from '../support/signed-record.ts';
import { SoftPasskey } from '../support/soft-passkey.ts';
import { aBundle, manager, officer, verifier, type Changes } from './a-bundle.ts';
import { judged as judgedBundle } from './judged-bundle.ts';

/**
 * Bundles whose verifier lied: its key signed that people had decided, and what their own keys signed, if anything, was
 * something else. Everything else in them is as it should be.
 */
const judged = (changes: Changes) => judgedBundle(aBundle(changes));

const signing = (approvers: Partial<Signing>): Changes => ({ approvers });
const transplanted: Changes = {
  statements: (honest) => {
    const [first] = honest.filter((one) => one.kind === 'decision');
    const borrowed = first && signedBy(first, { verifier: verifier.privateKey, policy: { sha256: '0'.repeat(64), rule: 'privileged' } });
    return honest.map((one) =>
      one.kind === 'decision' && borrowed?.signed ? { ...one, credential: borrowed.credential, signed: borrowed.signed } : one,
    );
  },
};
const withFlags = (flags: Partial<SoftPasskey['flags']>): SoftPasskey =>
  Object.assign(new SoftPasskey(), { flags: { ...new SoftPasskey().flags, ...flags } });

const LIES: Record<string, [Changes, RegExp]> = {
  'a signature that was carried over from another reset': [transplanted, /another decision|not that of the person/],
  'a decision signed for another reset': [signing({ said: { reset: manager } }), /another decision/],
  'a denial that was signed, told as an approval': [signing({ said: { decision: 'deny' } }), /another decision/],
  'a decision signed under another policy': [
    signing({ said: { policy: { sha256: '0'.repeat(64), rule: 'privileged' } } }),
    /another decision/,
  ],
  'a decision signed by somebody else': [signing({ said: { approver: officer } }), /another decision/],
  'a key that is not that of the approver': [
    signing({ enrolled: { account: '55555555-5555-4555-8555-555555555555' } }),
    /not that of the person/,
  ],
  'a key enrolled after the decision': [signing({ enrolled: { enrolled: '2026-11-20T10:00:00.000Z' } }), /enrolled later/],
  'a key that the verifier did not enrol': [
    signing({ verifier: generateKeyPairSync('ed25519').privateKey }),
    /not enrolled by the verifier/,
  ],
  'a signature made on a page of another site': [
    signing({ page: { ...PAGE, origin: 'https://console.bank.example.evil.test' } }),
    /\(origin\)/,
  ],
  'a signature for another relying party': [signing({ page: { ...PAGE, rpId: 'evil.test' } }), /\(rp-id\)/],
  'a signature by a key that did not know its owner': [signing({ key: withFlags({ userVerified: false }) }), /\(user-verification\)/],
  'a signature by a synced passkey': [signing({ key: withFlags({ backupEligible: true }) }), /\(backup-eligible\)/],
  'a signature by a key that was enrolled as a synced one, whatever it says now': [
    signing({ enrolled: { synced: true } }),
    /\(backup-eligible\)/,
  ],
  'a signature long after its ceremony': [signing({ said: { notAfter: '2026-11-20T08:30:00.000Z' } }), /after its ceremony/],
};

for (const [what, [changes, words]] of Object.entries(LIES))
  test(`the auditor finds ${what}`, () => {
    const { code, said } = judged(changes);
    assert.equal(code, 1, said);
    assert.match(said, words);
    assert.match(said, /evidence-missing/, 'and that the writer had to refuse');
  });

test('what was shown stands in the leaf as it was signed, and the page knew a log that was there', () => {
  const shown = judged({ approvers: { said: { shown: `${'C'.repeat(43)}=` } } });
  assert.deepEqual([shown.code, /what the approver was shown is not what was signed/.test(shown.said)], [1, true]);
  const later = judged({ approvers: { said: { evidence: { size: '900', root: `${'A'.repeat(43)}=` } } } });
  assert.deepEqual([later.code, /a log of 900 leaves, which came later/.test(later.said)], [1, true]);
});

test('an honest bundle says how many decisions were signed, and on which pages', () => {
  assert.equal(judged({}).code, 0);
  const { decisions } = checkStatements(aBundle(), verifier.publicKey);
  assert.deepEqual([decisions.verdict, decisions.said], ['pass', '2 signatures, made on https://console.bank.example']);
});
