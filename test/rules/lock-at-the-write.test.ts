import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attestation } from '#domain/attestation.ts';
import { whyNotWrite, type WriteQuestion } from '#domain/write-conditions.ts';
import { honest, minutesAgo } from './honest-write.ts';

test('a lock refuses whatever else was said, in whichever run, about whichever account and whenever it was signed', () => {
  for (const isProtected of [false, true]) {
    const q = honest(isProtected);
    const { reset, run, account } = q;
    const common = { v: 1 as const, id: 'l', reset, run, account: account.guid, at: minutesAgo(1) };
    const lock: Attestation = { ...common, kind: 'lock', person: 'officer', reason: '', method: 'totp', credential: 'o' };
    const asked = (attestations: WriteQuestion['attestations']) => whyNotWrite({ ...q, attestations });
    assert.equal(asked(q.attestations), undefined);
    assert.equal(asked([...q.attestations, lock]), 'reset-locked');
    for (const change of [{ run: 'run2' }, { account: 'bob' }, { at: minutesAgo(-60 * 24) }, { at: minutesAgo(60 * 24) }])
      assert.equal(asked([{ ...lock, ...change }, ...q.attestations]), 'reset-locked');
    assert.equal(asked([...q.attestations, { ...lock, reset: 'r2' }]), undefined, 'of another reset it says nothing about this one');
  }
});
