import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BundleParts } from '#audit/bundle-parts.ts';
import { parseLogProof } from '#evidence/log-proof.ts';
import { parseTrustPolicy, printTrustPolicy } from '#evidence/trust-policy.ts';
import { aBundle } from './a-bundle.ts';
import { auditor, facts, judged } from './judged-bundle.ts';

test('a quorum that is not there is incomplete; a log that the auditor does not know is refused', () => {
  const three = parseTrustPolicy(printTrustPolicy({ ...auditor.policy, quorum: 'dr' }));
  assert.equal(judged(aBundle(), { policy: three }).code, 2);
  assert.equal(judged(aBundle(), { policy: { ...auditor.policy, logs: [] } }).code, 1);
});

test('two trees of one size, both signed, are found by the checkpoint that the auditor holds', () => {
  const mine = aBundle();
  const other = aBundle({ leaves: facts('write.result', { pwdLastSet: '777' }) });
  assert.equal(judged(mine, { held: mine.checkpoint }).code, 0);
  const { code, said } = judged(mine, { held: other.checkpoint });
  assert.equal(code, 1);
  assert.match(said, /two trees of 20 leaves were signed/);
});

test('a tree that the bundle itself proves to be a beginning of its own is enough for an auditor who holds it', () => {
  const seenByWriter = (parts: BundleParts): string => parseLogProof(parts.receipts[0]?.proof ?? '').checkpoint;
  const mine = aBundle();
  assert.equal(judged(mine, { held: seenByWriter(mine) }).code, 0);
  const other = aBundle({ leaves: facts('password.chosen', { digest: 'e'.repeat(64) }) });
  const { code, said } = judged(mine, { held: seenByWriter(other) });
  assert.equal(code, 1);
  assert.match(said, /grows from another tree of 13 leaves than the one that you hold/);
});
