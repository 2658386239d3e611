import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { BundleParts } from '#audit/bundle-parts.ts';
import { checkReceipts } from '#audit/check-receipts.ts';
import { checkStatements, endedDelegations } from '#audit/check-replay.ts';
import { exitCode } from '#audit/finding.ts';
import { leafInLog } from '#audit/leaf-in-log.ts';
import { packBundle } from '#audit/pack-bundle.ts';
import { replayReset, type ResetEvidence } from '#audit/replay-reset.ts';
import { verifyBundle } from '#audit/verify-bundle.ts';
import { delegationBody, type Delegation } from '#domain/delegation.ts';
import { signStatement } from '#evidence/attestation.ts';
import { encodeLeaf } from '#evidence/leaf.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { parsePolicy } from '#prisma/policy-text.ts';
import { aBundle, account, exporter, manager, officer, reset, verifier, type Changes } from './a-bundle.ts';
import { twoOfThree } from './bank-log.ts';

/** Bundles of a reset whose first stage was decided in the place of the manager, as an auditor judges them. */
const auditor = { policy: parseTrustPolicy(twoOfThree), now: new Date('2026-11-21T00:00:00Z'), toleranceSeconds: 300 };
const standIn = '55555555-5555-4555-8555-555555555555';
const id = '66666666-6666-4666-8666-666666666666';

function lent(change: Partial<Delegation> = {}, signWith = verifier.privateKey, person = standIn): Changes {
  const facts: Delegation = {
    id,
    from: manager,
    to: standIn,
    scope: [{ unit: 'OU=Anywhere,DC=bank,DC=test' }],
    since: '2026-11-20T08:00:00.000Z',
    until: '2026-11-24T08:00:00.000Z',
    made: '2026-11-20T07:00:00.000Z',
    method: 'passkey',
    ...change,
  };
  const { text, signature } = signStatement(delegationBody(facts), signWith);
  const onBehalfOf = { person: manager, delegation: id, record: { text, signature: signature.toString('base64url') } };
  return {
    statements: (honest) => honest.map((one) => (one.kind === 'decision' && one.stage === 0 ? { ...one, person, onBehalfOf } : one)),
  };
}

function judged(parts: BundleParts): { code: number; said: string } {
  const { findings } = verifyBundle(packBundle(parts, Buffer.from('//'), exporter), auditor);
  const wrong = findings.filter(({ verdict }) => verdict !== 'pass');
  return { code: exitCode(findings), said: wrong.map(({ said }) => said).join('\n') };
}

test('a reset that a stand-in approved is sound, with nothing but the bundle in hand', () => {
  assert.deepEqual(judged(aBundle(lent())), { code: 0, said: '' });
  assert.equal(judged(aBundle(lent({ scope: 'all' }))).code, 0);
  assert.equal(judged(aBundle(lent({ scope: [{ account }] }))).code, 0);
});

test('each lie about the delegation is found, whoever holds every key but the verifier’s', () => {
  const lies: [string, Changes, RegExp][] = [
    ['another key', lent({}, generateKeyPairSync('ed25519').privateKey), /names a delegation that the verifier has not signed/],
    ['to another', lent({ to: officer }), /names a delegation that the verifier has not signed/],
    ['about another account', lent({ scope: [{ account: officer }] }), /delegation-over/],
    ['over', lent({ until: '2026-11-20T09:00:30.000Z' }), /delegation-over/],
    ['made afterwards', lent({ made: '2026-11-20T12:00:00.000Z' }), /delegation-over/],
    ['by a code', lent({ method: 'totp' }), /delegation-too-weak/],
    ['by the officer, who decides the next stage too', lent({ to: officer }, verifier.privateKey, officer), /already-decided/],
    ['to the claimant', lent({ to: account }, verifier.privateKey, account), /own-account/],
  ];
  for (const [what, changes, said] of lies) {
    const verdict = judged(aBundle(changes));
    assert.equal(verdict.code, 1, what);
    assert.match(verdict.said, said, what);
  }
});

function evidence(): ResetEvidence {
  const parts = aBundle(lent());
  const leaves = parts.leaves.map(({ index, text }) => leafInLog(index, text));
  const policies = parts.policies.map((text) => [createHash('sha256').update(text).digest('hex'), parsePolicy(text)] as const);
  const { receipts } = checkReceipts(parts, leaves, auditor.policy);
  const nobody = () => undefined;
  const stood = { lastReset: nobody, factorChange: nobody, wasEnded: () => false, mayBeOpen: false };
  return { reset, leaves, ...checkStatements(parts, verifier.publicKey), policies: new Map(policies), receipts, ...stood };
}

test('a delegation that the log says was ended before the intent counts for nothing, whatever the table says now', () => {
  assert.deepEqual(replayReset(evidence()), []);
  const ended = (index: bigint, outcome: string) =>
    leafInLog(
      index,
      encodeLeaf({
        v: 1,
        id: String(index),
        type: 'delegation.withdrawn',
        outcome,
        t: { wall: '2026-11-20T09:01:00.000Z', mono_ns: '1', boot: 'b', src: 'host' },
        by: { process: 'verifier', release: '1' },
        do: { delegation: id, by: 'delegator' },
      }).text,
    );
  const replayed = (leaf: ReturnType<typeof ended>) => replayReset({ ...evidence(), wasEnded: endedDelegations([leaf]) });
  assert.match(replayed(ended(9n, 'success'))[0]?.said ?? '', /delegation-over/);
  assert.deepEqual(replayed(ended(9n, 'denied')), [], 'somebody only tried to end it');
  assert.deepEqual(replayed(ended(15n, 'success')), [], 'what is ended after the write changes nothing');
});

test('the manager’s own reset shortly before stands in the way of the stand-in too', () => {
  const lastReset = (person: string) => (person === manager ? new Date('2026-11-20T09:00:30Z') : undefined);
  assert.match(replayReset({ ...evidence(), lastReset })[0]?.said ?? '', /delegator-not-now/);
});
