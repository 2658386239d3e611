import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REFUSALS, type RefusalCode } from '#domain/refusals.ts';
import { toldToClaimant } from '#domain/told-to-claimant.ts';

/** Said to somebody who decides or issues, about themselves. */
const MADE_FOR_OTHERS = /somebody else has to decide|have already decided|(you|nobody) decides?\b|nobody issues|may decide|delegat/i;

test('whatever the writer finds wrong, a claimant reads words that are meant for a claimant', () => {
  for (const code of Object.keys(REFUSALS) as RefusalCode[]) {
    const { words } = REFUSALS[toldToClaimant(code)];
    assert.doesNotMatch(words, MADE_FOR_OTHERS, `${code}: ${words}`);
    assert.equal(toldToClaimant(toldToClaimant(code)), toldToClaimant(code), code);
  }
  for (const code of [
    'recently-reset',
    'not-an-approver',
    'delegation-over',
    'already-decided',
    'passkey-needed',
    'approver-not-active',
  ] as const)
    assert.equal(toldToClaimant(code), 'approval-void', code);
  assert.equal(toldToClaimant('issuer-own-account'), 'evidence-missing');
  for (const code of [
    'account-changed',
    'reset-locked',
    'approval-denied',
    'approval-expired',
    'directory-denied',
    'account-disabled',
    'no-rule',
  ] as const)
    assert.equal(toldToClaimant(code), code, 'what is about the claimant stays as it is');
});
