import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { lastResets } from '#audit/check-replay.ts';
import { leafInLog } from '#audit/leaf-in-log.ts';
import type { Attestation } from '#domain/attestation.ts';
import type { Operation } from '#domain/operation.ts';
import { canonical, parseCanonical } from '#evidence/jcs.ts';
import { readDecision } from '#prisma/decision-text.ts';
import { intended, intentShape } from '#prisma/intent-text.ts';
import { account, aBundle, reset, type Changes, type Draft } from './a-bundle.ts';
import { changed, facts, judged } from './judged-bundle.ts';

/** The reset of a-bundle.ts, made one that only unlocks: chosen once proven, approved as such, no password anywhere. */
const asUnlock =
  (then: (unlock: Draft[]) => Draft[] = (unlock) => unlock) =>
  (honest: Draft[]): Draft[] => {
    const chosen: Draft = { type: 'operation.chosen', process: 'verifier', do: { operation: 'unlock', attestation: 's7' } };
    const gone = ['password.chosen', 'write.verified'];
    const states: unknown[] = ['choosing-password', 'verifying', 'notifying'];
    const kept = honest.filter(({ type, do: said }) => !gone.includes(type) && !states.includes(said?.['state']));
    const unlock = kept.flatMap((draft): Draft[] => {
      const { sealed: _, digest: __, ...rest } = draft.do ?? {};
      const said = { ...rest, operation: 'unlock' };
      if (draft.type === 'approval.requested') return [chosen, draft];
      if (draft.type === 'intent')
        return [
          { type: 'reset.state', do: { state: 'writing', step: 4 } },
          { ...draft, do: said },
        ];
      if (draft.type === 'write.started')
        return [{ ...draft, do: { ...said, pwdLastSet: '133', lockoutTime: '155', track: 'keep', clause: null } }];
      if (draft.type !== 'write.result') return [draft];
      const result = { ...draft, do: { ...said, pwdLastSet: '133', lockoutTime: '0' } };
      return [result, { ...result, type: 'write.unlocked' }];
    });
    return then(unlock);
  };

const statements =
  (of: { chosen?: Operation; asked?: Operation; decided?: Operation } = {}) =>
  (honest: Attestation[]): Attestation[] => {
    const { chosen = 'unlock', asked = 'unlock', decided = 'unlock' } = of;
    const [named] = honest;
    assert.ok(named);
    const said = honest.map((one) =>
      one.kind === 'approvers' ? { ...one, operation: asked } : one.kind === 'decision' ? { ...one, operation: decided } : one,
    );
    const at = honest.find(({ kind }) => kind === 'approvers')?.at ?? '';
    return said.toSpliced(3, 0, { v: 1, reset, run: named.run, account, id: 's7', kind: 'operation', at, operation: chosen });
  };

const unlock: Changes = { statements: statements(), leaves: asUnlock() };

test('an honest unlock of a protected account is verified and replayed whole', () => {
  assert.deepEqual(judged(aBundle(unlock)), { code: 0, said: '' });
});

const LIES: Record<string, [Changes, RegExp]> = {
  'approvals of a password': [
    { ...unlock, statements: statements({ asked: 'new-password', decided: 'new-password' }) },
    /evidence-missing/,
  ],
  'one approver who was asked for a password': [{ ...unlock, statements: statements({ decided: 'new-password' }) }, /evidence-missing/],
  'signatures of approvers over a password': [
    { ...unlock, approvers: { said: { operation: 'new-password' } } },
    /what was signed is another decision/,
  ],
  'a claimant who chose a password': [{ ...unlock, statements: statements({ chosen: 'new-password' }) }, /evidence-missing/],
  'a wish of nobody': [
    {
      statements: (honest) => statements()(honest).filter(({ kind }) => kind !== 'operation'),
      leaves: asUnlock((all) => all.filter(({ type }) => type !== 'operation.chosen')),
    },
    /evidence-missing/,
  ],
  'an intent of a password': [
    { ...unlock, leaves: asUnlock(facts('intent', { operation: 'new-password', sealed: 'b1', digest: 'd'.repeat(64) })) },
    /not what leaf \d+ intended/,
  ],
  'an account that was not locked': [{ ...unlock, leaves: asUnlock(facts('write.started', { lockoutTime: '0' })) }, /not-locked/],
  'an account that is said to be unlocked and is locked': [
    { ...unlock, leaves: asUnlock(facts('write.unlocked', { lockoutTime: '156' })) },
    /it was locked or its password another/,
  ],
  'a password that changed with it': [
    { ...unlock, leaves: asUnlock(facts('write.unlocked', { pwdLastSet: '134' })) },
    /it was locked or its password another/,
  ],
  'a password that changed with it and was flagged as before': [
    { ...unlock, leaves: asUnlock(facts('write.unlocked', { versionBefore: 3, version: 4 })) },
    /it was locked or its password another/,
  ],
  'a read-back without a write': [
    { ...unlock, leaves: asUnlock((all) => all.filter(({ type }) => type !== 'write.result')) },
    /that nobody unlocked/,
  ],
  'an end without a read-back': [
    { ...unlock, leaves: asUnlock((all) => all.filter(({ type }) => type !== 'write.unlocked')) },
    /neither was a new password bound, nor the account unlocked, nor its factors replaced/,
  ],
  'a password that is written under it': [
    {
      ...unlock,
      leaves: asUnlock(changed('write.started', (draft) => ({ ...draft, do: { ordinal: 1, digest: 'd'.repeat(64), pwdLastSet: '133' } }))),
    },
    /not what leaf \d+ intended/,
  ],
};

for (const [what, [changes, words]] of Object.entries(LIES))
  test(`the replay of an unlock finds ${what}`, () => {
    const { code, said } = judged(aBundle(changes));
    assert.equal(code, 1, said);
    assert.match(said, words);
  });

test('an unlock is no reset of the own password: who had one may approve soon after', () => {
  const read = (parts: ReturnType<typeof aBundle>) => parts.leaves.map(({ index, text }) => leafInLog(index, text));
  assert.equal(lastResets(read(aBundle(unlock)))(account, 1000n), undefined);
  assert.ok(lastResets(read(aBundle()))(account, 1000n));
});

test('decisions and intents from before there was a choice are about a new password', () => {
  const [decision] = aBundle().statements.flatMap(({ text }) => {
    const said = parseCanonical(text) as { kind: string; signed?: { text: string } };
    return said.kind === 'decision' && said.signed ? [said.signed.text] : [];
  });
  assert.ok(decision);
  const { operation, ...old } = parseCanonical(decision) as { operation: string };
  assert.equal(operation, 'new-password');
  assert.ok(readDecision(canonical(old)), 'an old decision is read');
  const digest = createHash('sha256').update('sealed').digest('hex');
  const intent = {
    v: 1,
    type: 'intent',
    outcome: 'started',
    wf: { id: `reset/${reset}`, run: 'r' },
    target: { guid: account, sid: 'S-1' },
    policy: { sha256: digest, rule: 'standard' },
    do: { ordinal: 1, sealed: 'b1', digest, statements: [] },
  };
  assert.deepEqual(intended(intentShape.parse(intent)), { operation: 'new-password', digest, endOldPassword: false });
  assert.equal(
    intentShape.safeParse({ ...intent, do: { ...intent.do, operation: 'unlock' } }).success,
    false,
    'an unlock has no sealed value',
  );
});
