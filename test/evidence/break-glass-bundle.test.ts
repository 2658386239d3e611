import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import type { Attestation, BreakGlassSigned } from '#domain/attestation.ts';
import { packBundle } from '#audit/pack-bundle.ts';
import { verifyBundle } from '#audit/verify-bundle.ts';
import { REVIEW_TAG, reviewStatement } from '#domain/break-glass-statement.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import { brokenBy } from '../support/signed-break-glass.ts';
import { recordOf, SHOWN } from '../support/signed-record.ts';
import { SoftPasskey } from '../support/soft-passkey.ts';
import { aBundle, account, exporter, manager, officer, policyText, reset, verifier, type Changes, type Draft } from './a-bundle.ts';
import { auditor, changed, facts, judged } from './judged-bundle.ts';

/** Bundles of a reset that nobody approved and that two officers let go on, as an auditor judges them. */
const third = '77777777-7777-4777-8777-777777777777';
const second = '55555555-5555-4555-8555-555555555555';
const review = '66666666-6666-4666-8666-666666666666';
const policy = { sha256: createHash('sha256').update(policyText).digest('hex'), rule: 'privileged' };

interface Glass {
  by?: string[];
  unwitnessed?: boolean;
  frozen?: string[];
  /** Whose accounts are one person's. */
  people?: string[][];
  after?: number;
  signing?: Partial<Parameters<typeof brokenBy>[1]>;
  change?: (said: BreakGlassSigned) => BreakGlassSigned;
  facts?: Draft['do'];
  witnessed?: number;
}

/** The same reset with break-glass in the place of its approvals, told by its leaves as the product tells it. */
function broken({ by = [officer, second], frozen = by, unwitnessed = false, after = 0, ...more }: Glass = {}): Changes {
  const sign = (honest: Attestation[]): Attestation[] => {
    const [one] = honest;
    assert.ok(one);
    const signatures = by.map((person, index) => {
      const at = new Date(Date.parse(one.at) + (59 + index * 30 + after) * 1000).toISOString();
      const said = { v: 1, id: `g${index}`, kind: 'break-glass', reset, run: one.run, account, at } as const;
      const full = { ...said, person, unwitnessed, reason: '00', review };
      return (more.change ?? ((same) => same))(brokenBy(full, { verifier: verifier.privateKey, policy, ...more.signing }));
    });
    const asked = honest
      .filter(({ kind }) => kind !== 'decision')
      .map((a) => (a.kind === 'approvers' ? { ...a, breakGlass: frozen, ...(more.people ? { people: more.people } : {}) } : a));
    return [...asked, ...signatures];
  };
  const told = (id: number): Draft => ({
    type: 'break-glass.signed',
    process: 'verifier',
    do: { attestation: `g${id}`, shown_c: SHOWN, review, unwitnessed },
  });
  let next = 0;
  const tell = (honest: Draft[]): Draft[] =>
    facts('write.started', { by: 'break-glass', ...(unwitnessed ? { witnessed: false } : {}), ...more.facts })(
      honest.flatMap((draft) => (draft.type === 'approval.decided' ? (next < by.length ? [told(next++)] : []) : [draft])),
    );
  return { statements: sign, leaves: tell, ...(more.witnessed === undefined ? {} : { witnessed: more.witnessed }) };
}

test('a reset that two officers let go on is sound, and the auditor is told by whom', () => {
  const parts = aBundle(broken());
  assert.deepEqual(judged(parts), { code: 0, said: '' });
  const { findings } = verifyBundle(packBundle(parts, Buffer.from('//'), exporter), auditor);
  const told = findings.find(({ check }) => check.startsWith('What was written under break-glass'));
  assert.match(told?.said ?? '', new RegExp(`signed by ${officer} and ${second}; no leaf says that its review was closed$`));
});

test('what was written before the witnesses had cosigned has to have been cosigned later', () => {
  const later = aBundle(broken({ unwitnessed: true, witnessed: 20 }));
  assert.deepEqual(judged(later), { code: 0, said: '' });
  const { findings } = verifyBundle(packBundle(later, Buffer.from('//'), exporter), auditor);
  assert.ok(findings.some(({ said }) => /before the witnesses had cosigned; they did at 2026-11-20T09:/.test(said)));
  assert.match(judged({ ...later, receipts: [] }).said, /nothing shows that the witnesses cosigned it later/);
});

interface Closing {
  by?: string;
  said?: { review?: string; reset?: string; judgement?: 'not-justified' };
  leaf?: Draft['do'];
  signWith?: KeyObject;
  people?: string[][];
}

/** With its review closed afterwards, and the leaf of that. */
function reviewed({ by = third, said = {}, leaf = {}, signWith = verifier.privateKey, people }: Closing = {}): Changes {
  const whole = broken(people ? { people } : {});
  const ceremony = { ceremony: randomUUID(), account: by, notAfter: '2026-11-20T11:04:00.000Z' };
  const text = canonical(reviewStatement(ceremony, { review, reset, judgement: 'justified', finding: 'ab'.repeat(32), ...said }));
  const record = recordOf(
    { verifier: signWith, key: new SoftPasskey() },
    { tag: REVIEW_TAG, text, at: '2026-11-20T11:00:00.000Z' },
    { id: randomUUID(), account: by },
  );
  const signed = record as unknown as Json; // a record is plain JSON
  const closing: Draft = { type: 'review.closed', process: 'verifier', do: { review, judgement: 'justified', signed, ...leaf } };
  return { ...whole, leaves: (honest) => [...(whole.leaves?.(honest) ?? honest), closing] };
}

test('who closed the review is told, and has to be a third person who signed just that', () => {
  const { findings } = verifyBundle(packBundle(aBundle(reviewed()), Buffer.from('//'), exporter), auditor);
  assert.ok(findings.some(({ said }) => said.endsWith(`its review was closed by ${third}: justified`)));
  const lies: [string, Closing, RegExp][] = [
    ['by an officer who signed', { by: second }, /by somebody who took part/],
    ['by the claimant', { by: account }, /by somebody who took part/],
    ['by another account of the claimant', { people: [[account, third]] }, /by somebody who took part/],
    ['about another review', { said: { review: manager } }, /nobody signed just that/],
    ['about another reset', { said: { reset: manager } }, /nobody signed just that/],
    ['with another judgement', { said: { judgement: 'not-justified' } }, /nobody signed just that/],
    ['by nobody', { leaf: { signed: null } }, /nobody signed just that/],
    ['with a key of nobody', { signWith: generateKeyPairSync('ed25519').privateKey }, /nobody signed just that/],
  ];
  for (const [lie, closing, words] of lies) {
    const { code, said } = judged(aBundle(reviewed(closing)));
    assert.equal(code, 1, lie);
    assert.match(said, words, lie);
  }
});

const glass = broken();
/** Written when an hour had passed since the first signature. */
const later: Changes = {
  ...glass,
  leaves: (honest) =>
    changed('write.started', (draft) => ({ ...draft, wall: '2026-11-20T10:01:05.000Z' }))(glass.leaves?.(honest) ?? honest),
};

const LIES: Record<string, [Changes, RegExp]> = {
  'one officer alone': [broken({ by: [officer] }), /had to refuse \(evidence-missing\)/],
  'one officer twice': [broken({ by: [officer, officer] }), /had to refuse \(already-decided\)/],
  'two accounts of one officer': [broken({ people: [[officer, second]] }), /had to refuse \(already-decided\)/],
  'an officer who is the claimant by another account': [broken({ people: [[account, second]] }), /had to refuse \(own-account\)/],
  'an officer whom nobody named beforehand': [broken({ frozen: [officer] }), /had to refuse \(eligible-too-late\)/],
  'signatures from before the claimant was proven': [broken({ after: -7200 }), /had to refuse \(evidence-missing\)/],
  'signatures that had run out': [later, /had to refuse \(break-glass-over\)/],
  'a key that is not that of the officer': [
    broken({ signing: { enrolled: { account: manager } } }),
    /break-glass of .*not that of the person/,
  ],
  'a signature for another reset': [broken({ signing: { bent: { reset: manager } } }), /break-glass of .*another break-glass/],
  'a decision that is told as break-glass': [broken({ signing: { tag: 'countersign/decision/v1\0' } }), /break-glass of /],
  'a key that the verifier did not enrol': [
    broken({ signing: { verifier: generateKeyPairSync('ed25519').privateKey } }),
    /break-glass of .*not enrolled by the verifier/,
  ],
  'a verifier that makes more of it': [
    broken({ change: (said) => ({ ...said, unwitnessed: true }), facts: { witnessed: false }, witnessed: 20 }),
    /another break-glass/,
  ],
  'a write before the witnesses that no officer had allowed': [
    broken({ facts: { witnessed: false }, witnessed: 20 }),
    /no officers had allowed that/,
  ],
  'a write that does not say by what it was made': [broken({ facts: { by: 'approvals' } }), /does not say so/],
  'an honest write that claims to be ahead of the witnesses': [
    { leaves: facts('write.started', { witnessed: false }) },
    /no officers had allowed that/,
  ],
};

for (const [what, [changes, words]] of Object.entries(LIES))
  test(`the auditor finds ${what}`, () => {
    const { code, said } = judged(aBundle(changes));
    assert.equal(code, 1, said);
    assert.match(said, words);
  });
