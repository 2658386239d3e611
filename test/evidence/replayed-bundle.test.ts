import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { checkReceipts } from '#audit/check-receipts.ts';
import { checkStatements, factorChanges, lastResets } from '#audit/check-replay.ts';
import { leafInLog } from '#audit/leaf-in-log.ts';
import { replayReset, type ResetEvidence } from '#audit/replay-reset.ts';
import type { Attestation, DecisionConfirmed } from '#domain/attestation.ts';
import { encodeLeaf } from '#evidence/leaf.ts';
import { parsePolicy } from '#prisma/policy-text.ts';
import { aBundle, manager, officer, reset, verifier, type Changes, type Draft } from './a-bundle.ts';
import { auditor, changed, facts, judged } from './judged-bundle.ts';

/**
 * Logs that are signed, witnessed and proven as they should be, of resets that were not: whoever holds the log's key, the
 * export key and the database could make them, and no hash shows it. The replay does.
 */
const without =
  (...types: string[]) =>
  (honest: Draft[]): Draft[] =>
    honest.filter(({ type }) => !types.includes(type));
const decision =
  (stage: number, change: Partial<DecisionConfirmed>) =>
  (honest: Attestation[]): Attestation[] =>
    honest.map((one) => (one.kind === 'decision' && one.stage === stage ? { ...one, ...change } : one));
const swapped =
  (one: string, other: string) =>
  (honest: Draft[]): Draft[] => {
    const [a, b] = [honest.findIndex(({ type }) => type === one), honest.findIndex(({ type }) => type === other)];
    return honest.with(a, honest[b] ?? { type: other }).with(b, honest[a] ?? { type: one });
  };
/** What a writer that counts says at the beginning and in the result. */
const counted = (started: Draft['do'], result: Draft['do']) => (honest: Draft[]) =>
  facts('write.result', result)(facts('write.started', started)(honest));

const LIES: Record<string, [Changes, RegExp]> = {
  'a write without an intent': [{ leaves: without('intent') }, /without an intent/],
  'an intent that comes after its write': [{ leaves: swapped('intent', 'write.started') }, /without an intent/],
  'a write that was in the log before its intent was witnessed': [{ witnessed: 16 }, /before its intent was witnessed/],
  'a result of a write that never started': [{ leaves: without('write.started') }, /never started/],
  'a bind of a password that nobody wrote': [{ leaves: without('write.result') }, /nobody wrote/],
  'an end without the bind': [
    { leaves: without('write.verified') },
    /neither was a new password bound, nor the account unlocked, nor its factors replaced/,
  ],
  'two writes': [{ leaves: (honest) => honest.flatMap((one) => (one.type === 'write.result' ? [one, one] : [one])) }, /changed 2 times/],
  'another sealed value than the intended': [{ leaves: facts('write.started', { digest: 'e'.repeat(64) }) }, /not what leaf \d+ intended/],
  'a track that what was shown does not bear out': [
    { leaves: facts('write.started', { track: 'bind', clause: '4.1.2.1' }) },
    /says BIND under 4\.1\.2\.1, and by what was signed it was RECOVER under 4\.2\.2\.2/,
  ],
  'another account than the intended': [
    { leaves: changed('write.started', (draft) => ({ ...draft, account: manager })) },
    /not what leaf \d+ intended/,
  ],
  'a move that no reset makes': [
    {
      leaves: (honest) =>
        without('intent', 'write.started', 'password.chosen')(honest).filter((one) => one.do?.['state'] !== 'awaiting-approval'),
    },
    /no reset goes from/,
  ],
  'an approver of both stages': [{ statements: decision(1, { person: manager }) }, /already-decided/],
  'an approval by the account itself': [{ statements: decision(0, { person: '11111111-1111-4111-8111-111111111111' }) }, /own-account/],
  'a first approval by somebody other than the manager': [
    { statements: decision(0, { person: '44444444-4444-4444-8444-444444444444' }) },
    /eligible-too-late/,
  ],
  'approvals by people whom nobody named beforehand': [
    {
      statements: (honest) => honest.filter(({ kind }) => kind !== 'approvers'),
      leaves: (honest) => honest.filter((one) => one.do?.['attestation'] !== 's6'),
    },
    /evidence-missing/,
  ],
  'a denial': [{ statements: decision(1, { decision: 'deny' }) }, /approval-denied/],
  'one approval of the two': [
    { statements: (honest) => honest.slice(0, 5), leaves: (honest) => honest.filter((one) => one.do?.['attestation'] !== 's5') },
    /evidence-missing/,
  ],
  'an approval before the claimant was proven': [{ statements: decision(0, { at: '2026-11-20T08:00:00.000Z' }) }, /evidence-missing/],
  'an approval without its leaf': [{ leaves: (honest) => honest.filter((one) => one.do?.['attestation'] !== 's4') }, /no leaf says so/],
  'a leaf of an approval that was not signed': [{ statements: (honest) => honest.slice(0, 5) }, /names a statement/],
  'no factor': [
    {
      statements: (honest) => honest.filter(({ kind }) => kind !== 'factor'),
      leaves: (honest) => honest.filter((one) => one.do?.['attestation'] !== 's3'),
    },
    /evidence-missing/,
  ],
  'a proof by a code that the manager issued': [
    { statements: (honest) => honest.map((one) => (one.kind === 'proof' ? { ...one, method: 'issued-code', issuer: manager } : one)) },
    /issued-the-code/,
  ],
  'a protected account by the writer for staff': [
    { leaves: changed('write.started', (draft) => ({ ...draft, process: 'writer-staff' })) },
    /account-changed|evidence-missing/,
  ],
  'a password that was set twice by what is said to be one write': [
    { leaves: counted({ version: 3 }, { versionBefore: 3, version: 5 }) },
    /went from version 3 to 5, and one write/,
  ],
  'a write that counts from another version than it was begun at': [
    { leaves: counted({ version: 3 }, { versionBefore: 4, version: 5 }) },
    /counts changes from a version of the password at which it was not begun/,
  ],
  'a write that counts from a version where none was read': [
    { leaves: counted({}, { versionBefore: 4, version: 5 }) },
    /counts changes from a version/,
  ],
  'a password that was set at another controller': [
    {
      leaves: counted({ version: 3, invocation: 'a' }, { versionBefore: 3, version: 4, originating: 'b' }),
    },
    /changed at another controller/,
  ],
  'a password that was set in between': [{ leaves: facts('write.started', { pwdLastSet: '999' }) }, /account-changed/],
  'decisions by one-time codes about a protected account': [
    { statements: (honest) => honest.map((one) => (one.kind === 'decision' ? { ...one, method: 'totp' } : one)) },
    /evidence-missing/,
  ],
  'statements of a key that is not the verifier’s': [{ signWith: generateKeyPairSync('ed25519').privateKey }, /not signed by the verifier/],
};

test('a write that says how often the password was changed, and where, is verified as one that is from before writers counted', () => {
  const leaves = counted({ version: 3, invocation: 'a' }, { versionBefore: 3, version: 4, originating: 'a' });
  assert.deepEqual(judged(aBundle({ leaves })), { code: 0, said: '' });
  assert.deepEqual(judged(aBundle()), { code: 0, said: '' });
});

for (const [what, [changes, words]] of Object.entries(LIES))
  test(`the replay finds ${what}`, () => {
    const { code, said } = judged(aBundle(changes));
    assert.equal(code, 1, said);
    assert.match(said, words);
  });

test('an intent that leaves out a statement is found, since a denial may be the one', () => {
  const leaves = changed('intent', (draft) => {
    const named = draft.do?.['statements'];
    return { ...draft, do: { ...draft.do, statements: Array.isArray(named) ? named.slice(0, -1) : [] } };
  });
  const { code, said } = judged(aBundle({ leaves }));
  assert.equal(code, 1);
  assert.match(said, /leaves out a decision/);
});

test('a leaf that was made after the tree that holds it is found; one that waited, or a clock that jumped, is for people to look at', () => {
  const late = judged(aBundle({ leaves: changed('write.result', (draft) => ({ ...draft, wall: '2026-11-20T12:00:00.000Z' })) }));
  assert.equal(late.code, 1);
  assert.match(late.said, /was witnessed at .* already/);
  const early = judged(aBundle({ leaves: changed('write.result', (draft) => ({ ...draft, wall: '2026-11-20T06:00:00.000Z' })) }));
  assert.equal(early.code, 2);
  assert.match(early.said, /was not in the log at .* yet/);
});

test('a leaf of the middle that is missing is found, and one at the end is said not to be proven', () => {
  const parts = aBundle();
  for (const at of parts.leaves.keys()) {
    const fewer = { ...parts, leaves: parts.leaves.toSpliced(at, 1) };
    assert.notEqual(judged(fewer).code, 0, `leaf ${at}`);
  }
});

test('what is missing makes a bundle incomplete: history, receipt, policy, an end', () => {
  const parts = aBundle();
  for (const [fewer, words] of [
    [{ ...parts, histories: new Map() }, /history of run .* is not in the bundle/],
    [{ ...parts, receipts: [] }, /no receipt shows/],
    [{ ...parts, policies: [] }, /text of the policy/],
    [aBundle({ leaves: without('history.sealed') }), /is not the one that was sealed|no leaf seals/],
  ] as const) {
    const { code, said } = judged(fewer);
    assert.match(said, words);
    assert.ok(code === 2 || /is not the one that was sealed/.test(said), said);
  }
  const open = aBundle({ leaves: (honest) => honest.filter((one) => one.do?.['state'] !== 'done' && one.type !== 'history.sealed') });
  assert.match(judged({ ...open, histories: new Map(), code: new Map() }).said, /has not ended yet/);
});

test('a reset whose workflow is gone was ended by the sweep, and needs no step', () => {
  const gone = aBundle({
    leaves: (honest) => [...honest.slice(0, 4), { type: 'reset.refused', outcome: 'expired' }],
    statements: (honest) => honest.slice(0, 2),
  });
  const { code, said } = judged({ ...gone, histories: new Map(), code: new Map(), receipts: [] });
  assert.equal(code, 2);
  assert.match(said, /^no leaf seals the history of run \S+$/);
});

test('an approver whose own password was being reset at the time does not count, where the leaves show that reset', () => {
  const evidence = resetEvidence();
  assert.deepEqual(replayReset(evidence), []);
  const [own] = replayReset({ ...evidence, lastReset: (person) => (person === manager ? new Date('2026-11-20T09:00:30Z') : undefined) });
  assert.match(own?.said ?? '', /recently-reset/);
});

test('an approver who had replaced their key shortly before does not count, where the leaves show that', () => {
  const changed = (person: string) => (person === officer ? new Date('2026-11-20T09:00:30Z') : undefined);
  const [own] = replayReset({ ...resetEvidence(), factorChange: changed });
  assert.match(own?.said ?? '', /factors-replaced/);
  const enrolled = (bound: Record<string, string>) => {
    const { text } = encodeLeaf({
      v: 1,
      id: '3',
      type: 'authenticator.enrolled',
      outcome: 'success',
      t: { wall: '2026-11-20T08:00:00.000Z', mono_ns: '1', boot: 'b', src: 'host' },
      by: { process: 'verifier', release: '1' },
      target: { guid: officer, sid: 's' },
      do: { binding: 'replacing', ...bound },
    });
    return factorChanges([leafInLog(3n, text)]);
  };
  const key = enrolled({ passkey: 'k' });
  assert.equal(key(officer, 5n)?.toISOString(), '2026-11-20T08:00:00.000Z');
  assert.deepEqual([key(officer, 3n), key(manager, 5n)], [undefined, undefined]);
  assert.equal(enrolled({ method: 'totp' })(officer, 5n), undefined, 'an app signs no decision');
});

test('when somebody’s own password was set is the time at which that write was begun, and only of writes that may have been made', () => {
  const leaf = (index: bigint, type: string, outcome: string, wall: string) =>
    leafInLog(
      index,
      encodeLeaf({
        v: 1,
        id: String(index),
        type,
        outcome,
        t: { wall, mono_ns: '1', boot: 'b', src: 'host' },
        by: { process: 'writer-staff', release: '1' },
        wf: { id: 'reset/x', run: 'r' },
        target: { guid: manager, sid: 's' },
        do: { ordinal: 1 },
      }).text,
    );
  const started = leaf(1n, 'write.started', 'started', '2026-11-20T08:00:00.000Z');
  const set = lastResets([started, leaf(2n, 'write.result', 'success', '2026-11-20T08:00:09.000Z')]);
  assert.equal(set(manager, 5n)?.toISOString(), '2026-11-20T08:00:00.000Z');
  assert.equal(set(manager, 1n), undefined);
  assert.equal(set(officer, 5n), undefined);
  assert.equal(lastResets([started, leaf(2n, 'write.result', 'denied', '2026-11-20T08:00:09.000Z')])(manager, 5n), undefined);
});

/** The honest reset as the replay takes it. */
function resetEvidence(): ResetEvidence {
  const parts = aBundle();
  const leaves = parts.leaves.map(({ index, text }) => leafInLog(index, text));
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const { receipts } = checkReceipts(parts, leaves, auditor.policy);
  const policies = new Map(parts.policies.map((text) => [sha256(text), parsePolicy(text)]));
  const nobody = () => undefined;
  const stood = { lastReset: nobody, factorChange: nobody, wasEnded: () => false, mayBeOpen: false };
  return { reset, leaves, ...checkStatements(parts, verifier.publicKey), policies, receipts, ...stood };
}
