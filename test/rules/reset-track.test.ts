import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FACTORS, PROOFS, type FactorMethod, type ProofMethod } from '#domain/next.ts';
import { trackIn, trackInWords, trackOf, trackOfStatements, type ResetTrack } from '#domain/reset-track.ts';
import { honest } from './honest-write.ts';

/** Every set of some of these, the empty one too. */
function subsets<T>(all: readonly T[]): T[][] {
  return all.reduce<T[][]>((sets, one) => [...sets, ...sets.map((set) => [...set, one])], [[]]);
}
const said = ({ track, clause }: ResetTrack) => `${track} ${clause ?? '-'}`;

const RECOVERY: readonly ProofMethod[] = ['recovery-code', 'issued-code', 'vouching'];

/** The guideline read as a table: how many codes of different kinds were shown, whether the password is known, and what is held. */
const table: Record<string, string> = {
  '0 - none': 'recover -',
  '0 known none': 'bind 4.1.2.1',
  '1 - none': 'recover 4.2.2.1',
  '1 known none': 'recover 4.2.2.2',
  '2 - none': 'recover 4.2.2.2',
  '2 known none': 'recover 4.2.2.2',
  '0 - single': 'bind 4.1.2.1',
  '0 known single': 'bind 4.1.2.1',
  '1 - single': 'recover 4.2.2.2',
  '1 known single': 'bind 4.1.2.1',
  '2 - single': 'recover 4.2.2.2',
  '2 known single': 'bind 4.1.2.1',
};
const MULTI: readonly string[] = ['passkey', 'synced-passkey', 'smart-card'];

test('over all sets of proofs and factors the track and its clause are those of the table', () => {
  let seen = 0;
  for (const operation of ['new-password', 'replace-factors'] as const)
    for (const proofs of subsets<ProofMethod>(PROOFS))
      for (const factors of subsets<FactorMethod>(FACTORS)) {
        const held = factors.some((one) => MULTI.includes(one)) ? 'multi' : factors.length > 0 ? 'single' : 'none';
        const codes = Math.min(2, proofs.filter((one) => RECOVERY.includes(one)).length);
        const known = proofs.includes('known-password') ? 'known' : '-';
        const plain = held === 'multi' ? 'bind 4.1.2.1' : table[`${codes} ${known} ${held}`];
        // A device adds to nothing, and one factor with nothing else beside it meets no clause.
        const isOneFactor = proofs.includes('known-device') && codes === 0 && known === '-' && held === 'single';
        const expected = isOneFactor ? 'bind -' : plain;
        assert.equal(said(trackOf(operation, { proofs, factors })), expected, `${operation} ${proofs.join('+')} ${factors.join('+')}`);
        seen += 1;
      }
  assert.equal(seen, 2 * 2 ** PROOFS.length * 2 ** FACTORS.length);
});

test('the order and the number of showings change nothing', () => {
  for (const proofs of subsets<ProofMethod>(PROOFS))
    for (const factors of subsets<FactorMethod>(FACTORS))
      assert.deepEqual(
        trackOf('new-password', { proofs: [...proofs, ...proofs].toReversed(), factors: [...factors, ...factors].toReversed() }),
        trackOf('new-password', { proofs, factors }),
      );
});

test('an unlock binds nothing and recovers nothing, whatever was shown', () => {
  for (const proofs of subsets<ProofMethod>(PROOFS))
    assert.deepEqual(trackOf('unlock', { proofs, factors: ['totp'] }), { track: 'keep', clause: null });
});

test('only what was signed of just this run and account counts', () => {
  const { attestations } = honest(false);
  const of = { run: 'run1', account: 'alice' };
  assert.equal(said(trackOfStatements('new-password', attestations, of)), 'recover 4.2.2.2');
  assert.equal(said(trackOfStatements('new-password', attestations, { ...of, run: 'run2' })), 'recover -');
  assert.equal(said(trackOfStatements('new-password', attestations, { ...of, account: 'boss' })), 'recover -');
});

test('it is read aloud with its clause, and from a leaf only as some release has said it', () => {
  assert.equal(
    trackInWords({ track: 'bind', clause: '4.1.2.1' }),
    'BIND: the person could still authenticate (NIST SP 800-63B-4 §4.1.2.1)',
  );
  assert.equal(trackInWords({ track: 'keep', clause: null }), 'neither BIND nor RECOVER: the password stays');
  assert.deepEqual(trackIn({ track: 'recover', clause: '4.2.2.2' }), { track: 'recover', clause: '4.2.2.2' });
  for (const bad of [{}, { track: 'bound', clause: '4' }, { track: 'bind', clause: 4 }]) assert.equal(trackIn(bad), undefined);
});

test('a known device makes no reset stronger than it was without it', () => {
  const rank = ['recover -', 'bind -', 'recover 4.2.2.1', 'recover 4.2.2.2', 'bind 4.1.2.1'];
  for (const proofs of subsets<ProofMethod>(PROOFS.filter((one) => one !== 'known-device')))
    for (const factors of subsets<FactorMethod>(FACTORS)) {
      const without = rank.indexOf(said(trackOf('new-password', { proofs, factors })));
      const beside = rank.indexOf(said(trackOf('new-password', { proofs: [...proofs, 'known-device'], factors })));
      assert.ok(beside >= 0 && beside <= without, `${proofs.join('+')} ${factors.join('+')}`);
    }
});
