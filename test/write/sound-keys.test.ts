import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { DecisionConfirmed } from '#domain/attestation.ts';
import type { PasskeyDemands } from '#domain/passkey-demands.ts';
import type { Metadata } from '#evidence/fido-metadata.ts';
import { withSoundKeys } from '#activities/write/sound-keys.ts';
import { recordOf } from '#test/support/signed-record.ts';
import { SoftPasskey } from '#test/support/soft-passkey.ts';

const verifier = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const MODEL = '2fc0579f-8113-47ea-b116-bb5a8db9202a';
const account = '11111111-1111-4111-8111-111111111111';
const passkey = '22222222-2222-4222-8222-222222222222';
const at = '2026-11-26T10:00:00.000Z';

function decision(id: string, aaguid: string, by = verifier): DecisionConfirmed {
  const signed = recordOf(
    { verifier: by.privateKey, key: new SoftPasskey() },
    { tag: 'x\0', text: '{}', at },
    { id: passkey, account, aaguid },
  );
  const common = {
    v: 1,
    id,
    reset: id,
    run: id,
    account,
    at,
    kind: 'decision',
    person: account,
    stage: 0,
    decision: 'approve',
    reason: '',
  } as const;
  return { ...common, method: 'passkey', credential: passkey, signed };
}
const list = (...compromised: string[]): Metadata => ({
  number: 1,
  nextUpdate: '2099-01-01',
  sha256: '',
  models: new Map(compromised.map((aaguid) => [aaguid, { aaguid, description: '', roots: [], compromised: ['REVOKED'] }])),
});
const demands = (compromised: PasskeyDemands['compromised']): PasskeyDemands => ({
  attestation: 'not-asked',
  models: [],
  compromised,
  synced: 'refuse',
});

test('a writer counts no decision by a key of a model that its own list reports, where the frozen policy says so', () => {
  const attestations = [decision('mine', MODEL), decision('theirs', '00000000-0000-0000-0000-000000000000')];
  const signed = new Set(['mine', 'theirs']);
  const counted = (metadata: Metadata | undefined, wanted: PasskeyDemands['compromised']) => [
    ...withSoundKeys(signed, attestations, { verifierKey: verifier.publicKey, metadata, demands: demands(wanted) }),
  ];
  assert.deepEqual(counted(list(MODEL), 'refuse-all'), ['theirs']);
  assert.deepEqual(counted(list(MODEL), 'refuse-new'), ['mine', 'theirs']);
  assert.deepEqual(counted(list(), 'refuse-all'), ['mine', 'theirs']);
  assert.deepEqual(counted(undefined, 'refuse-all'), ['mine', 'theirs'], 'without a list of its own it knows of nothing');
});

test('which model a key is of is read from what the verifier signed, so another hand stops nobody’s decision', () => {
  const forged = decision('mine', MODEL, other);
  const counted = withSoundKeys(new Set(['mine']), [forged], {
    verifierKey: verifier.publicKey,
    metadata: list(MODEL),
    demands: demands('refuse-all'),
  });
  assert.deepEqual([...counted], ['mine']);
});
