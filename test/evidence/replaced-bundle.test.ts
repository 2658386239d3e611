import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attestation, CoolingOff, FactorsReplaced, ProofPassed } from '#domain/attestation.ts';
import { account, aBundle, manager, officer, reset, type Changes, type Draft } from './a-bundle.ts';
import { facts, judged } from './judged-bundle.ts';

const DAY = 86_400_000;
const desk = '55555555-5555-4555-8555-555555555555';
const moved = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();

interface Bent {
  /** What becomes of the statements, which are honest otherwise. */
  statements?: (honest: Attestation[]) => Attestation[];
  leaves?: (honest: Draft[]) => Draft[];
}

/** The reset of a-bundle.ts, made one that replaces every factor: all of it four days ago, but the return and the end. */
function replacing({ statements = (all) => all, leaves = (all) => all }: Bent = {}): Changes {
  return {
    statements: (honest) => {
      const before = honest.flatMap((one): Attestation[] => {
        const at = moved(one.at, -4 * DAY);
        if (one.kind === 'factor') return [];
        if (one.kind === 'proof') return [{ ...one, at, method: 'issued-code', issuer: desk }];
        if (one.kind === 'identified') return [{ ...one, at, circumstances: { ...one.circumstances, at } }];
        return one.kind === 'approvers' || one.kind === 'decision' ? [{ ...one, at, operation: 'replace-factors' }] : [{ ...one, at }];
      });
      const [named] = honest;
      assert.ok(named);
      const of = { v: 1 as const, reset, run: named.run, account };
      const start = moved(named.at, -4 * DAY);
      const lost: Attestation = { ...of, id: 's7', at: moved(start, 6000), kind: 'operation', operation: 'replace-factors' };
      const begun = moved(start, 100_000);
      const wait: CoolingOff = {
        ...of,
        id: 's8',
        at: begun,
        kind: 'cooling-off',
        operation: 'replace-factors',
        until: moved(begun, 3 * DAY),
      };
      const back: ProofPassed = {
        ...of,
        id: 's9',
        at: moved(named.at, -60_000),
        kind: 'proof',
        method: 'issued-code',
        credential: 'c8',
        issuer: desk,
      };
      const done: FactorsReplaced = {
        ...of,
        id: 's10',
        at: moved(named.at, 0),
        kind: 'replaced',
        operation: 'replace-factors',
        credential: 'c9',
        recoveryCodes: 10,
        ended: ['c2'],
      };
      return statements([...before, lost, wait, back, done]);
    },
    leaves: (honest) => {
      const until = honest.findIndex(({ do: said }) => said?.['state'] === 'choosing-password');
      const said = (type: string, attestation: string, more: Draft['do'] = {}): Draft => ({
        type,
        process: 'verifier',
        do: { attestation, ...more },
      });
      const state = (name: string, step: number): Draft => ({ type: 'reset.state', do: { state: name, step } });
      const begin = honest.slice(0, until).map((draft) => (draft.type === 'factor.checked' ? said('factors.lost', 's7') : draft));
      const sealed = honest.filter(({ type }) => type === 'history.sealed');
      return leaves([
        ...begin,
        said('replacement.waits', 's8'),
        state('cooling-off', 3),
        state('replacing-factors', 4),
        said('resume.checked', 's9'),
        said('factors.replaced', 's10', { totp: 'c9', binding: 'replacing', track: 'RECOVER' }),
        state('done', 5),
        ...sealed,
      ]);
    },
  };
}

const change = <K extends Attestation['kind']>(kind: K, id: string | undefined, more: Partial<Extract<Attestation, { kind: K }>>) =>
  ((all: Attestation[]) =>
    all.map((one) => (one.kind === kind && (id === undefined || one.id === id) ? { ...one, ...more } : one))) satisfies Bent['statements'];
/** A statement that was never made, and of which no leaf speaks. */
const without = (id: string): Bent => ({
  statements: (all) => all.filter((one) => one.id !== id),
  leaves: (all) => all.filter(({ do: said }) => said?.['attestation'] !== id),
});

test('an honest replacement of every factor of a protected account is verified and replayed whole', () => {
  assert.deepEqual(judged(aBundle(replacing())), { code: 0, said: '' });
});

const start = Date.parse('2026-11-16T09:00:00.000Z');
const LIES: Record<string, [Bent, RegExp]> = {
  'one approver instead of two': [without('s5'), /had to refuse \(evidence-missing\)/],
  'approvals of a password': [{ statements: change('decision', undefined, { operation: 'new-password' }) }, /evidence-missing/],
  'nobody said that anything was lost': [without('s7'), /evidence-missing/],
  'no wait': [without('s8'), /evidence-missing/],
  'a wait that was signed shorter than the policy says': [
    {
      statements: change('cooling-off', 's8', {
        at: new Date(start + 2 * DAY).toISOString(),
        until: new Date(start + 3 * DAY).toISOString(),
      }),
    },
    /replacement-waits/,
  ],
  'a wait that was begun before everybody had approved': [
    { statements: change('cooling-off', 's8', { at: new Date(start + 70_000).toISOString() }) },
    /evidence-missing/,
  ],
  'nobody came back': [without('s9'), /return-needed/],
  'who came back before it was over': [
    { statements: change('proof', 's9', { at: new Date(start + 2 * DAY).toISOString() }) },
    /return-needed/,
  ],
  'an approver who issued the code of the return': [{ statements: change('proof', 's9', { issuer: officer }) }, /issued-the-code/],
  'an approver who issued the first code': [{ statements: change('proof', 's2', { issuer: manager }) }, /issued-the-code/],
  'a printed code in the place of the help desk': [
    { statements: change('proof', 's2', { method: 'recovery-code', issuer: null }) },
    /evidence-missing/,
  ],
  'an objection that nobody heeded': [
    {
      statements: (all) => {
        const last = all.at(-1);
        assert.ok(last);
        const { v, run, at } = last;
        return [...all, { v, run, at, reset, account, id: 's11', kind: 'objection', person: account }];
      },
      leaves: (all) => [
        ...all.slice(0, -3),
        { type: 'replacement.objected', process: 'verifier', do: { attestation: 's11' } },
        ...all.slice(-3),
      ],
    },
    /replacement-objected/,
  ],
  'another app than the verifier signed': [{ leaves: facts('factors.replaced', { totp: 'c7' }) }, /another app was bound/],
  'a replacement that the verifier never signed': [
    { statements: (all) => all.filter(({ kind }) => kind !== 'replaced') },
    /the verifier has not signed that/,
  ],
  'an end without any': [{ leaves: (all) => all.filter(({ type }) => type !== 'factors.replaced') }, /nor its factors replaced/],
};

for (const [what, [bent, expected]] of Object.entries(LIES))
  test(`the auditor finds ${what}`, () => {
    const { code, said } = judged(aBundle(replacing(bent)));
    assert.equal(code, 1, said);
    assert.match(said, expected);
  });
