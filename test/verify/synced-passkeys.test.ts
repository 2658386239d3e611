import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { unsoundFactors } from '#activities/write/sound-keys.ts';
import type { Attestation } from '#domain/attestation.ts';
import type { KeyKind } from '#domain/key-kinds.ts';
import { CLAIMANT_PURPOSE, CLAIMANT_TAG, claimantStatement, removeStatement } from '#domain/passkey.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { demoPolicyWith, privilegedRule } from '#test/support/policies.ts';
import { SoftPasskey } from '#test/support/soft-passkey.ts';
import { assertionOf, begun, codes, PAGE, registrationOf } from './keys.ts';
import { enrolled, identified, person, prove, seal, useVerifier, type Enrolled } from './world.ts';

const world = await useVerifier();
const by = { type: 'service', name: 'test' } as const;
const load = (text: string) => world.superuser.$transaction((tx) => loadPolicy(tx, text, by));

/** Everybody who is not protected gets in by a recovery code and this. */
const policy = (passkeys: string, factor: string) =>
  load(
    demoPolicyWith(`passkeys: ${passkeys}
rules:${privilegedRule}
  - id: standard
    when: { protected: false }
    accept: [{ name: by ${factor}, proofs: [recovery-code], factors: [${factor}] }]
    approvals: []`),
  );
const LET_IN = '{ synced: where-named }';

let count = 0;
/** Somebody new, who has a role at the console too. */
const somebody = (): Promise<Enrolled> => enrolled(world, person(`synced${(count += 1)}`, { groups: ['S-CS-Approvers'] }), 20);
function synced(): SoftPasskey {
  const key = new SoftPasskey();
  key.flags.backupEligible = true;
  return key;
}

async function add(who: Enrolled, key: SoftPasskey, door: 'portal' | 'console' = 'portal'): Promise<string> {
  const ceremony = await begun(world, who, 'passkey/add');
  const request = randomUUID();
  const registration = registrationOf(key, ceremony);
  const value = { account: who.guid, door, ceremony: ceremony.ceremony, name: 'a key', registration, by: await codes(world, who) };
  const answer = await world.verifier.registerPasskey({ request, account: who.guid, sealed: await seal(world, 'passkey', request, value) });
  return answer.outcome === 'done' ? 'done' : answer.code;
}

/** Shows the key in a new reset; answers as what it was attested, or that it was not. */
async function shown(who: Enrolled, key: SoftPasskey): Promise<string> {
  const reset = await identified(world, who.samAccountName);
  assert.equal(await prove(world, reset, who.recoveryCodes.shift() ?? ''), 'passed');
  const ceremony = await begun(world, { guid: reset.reset }, CLAIMANT_PURPOSE);
  const assertion = assertionOf(key, claimantStatement(ceremony), PAGE, CLAIMANT_TAG);
  const sealed = await seal(world, 'factor', reset.reset, { ceremony: ceremony.ceremony, assertion, source: '10.1.2.3' }, 600);
  const answer = await world.verifier.checkFactor({ ...reset, updateId: randomUUID(), purpose: 'reset', sealed });
  if (answer.outcome !== 'passed') return answer.outcome;
  const [statement] = await world.superuser.attestation.findMany({ where: { resetId: reset.reset, kind: 'factor' } });
  return (JSON.parse(statement?.body ?? '{}') as { method: string }).method;
}

async function remove(who: Enrolled, ending: SoftPasskey, signer: SoftPasskey): Promise<string> {
  const { id } = await world.superuser.passkey.findUniqueOrThrow({ where: { credentialId: ending.id } });
  const ceremony = await begun(world, who, 'passkey/remove');
  const request = randomUUID();
  const assertion = assertionOf(signer, removeStatement(ceremony, id));
  const value = { account: who.guid, door: 'portal', ceremony: ceremony.ceremony, passkey: id, assertion };
  const sealed = await seal(world, 'passkey-removal', request, value);
  const answer = await world.verifier.removePasskey({ request, account: who.guid, sealed });
  return answer.outcome === 'done' ? 'done' : answer.code;
}

test('without a word in the policy nobody adds a key that can be copied; with it they do, and at the console never', async () => {
  await policy('{}', 'passkey');
  const who = await somebody();
  const key = synced();
  assert.equal(await add(who, key), 'passkey-synced');
  await policy(LET_IN, 'synced-passkey');
  assert.equal(await add(who, key, 'console'), 'passkey-synced');
  const touched = synced();
  touched.flags.userVerified = false;
  assert.equal(await add(who, touched), 'passkey-not-verified', 'a key knows its owner, whatever else the policy says');
  assert.equal(await add(who, key), 'done');
});

test('a key is attested as what it was made as, and not at all once the policy takes its kind back', async () => {
  await policy(LET_IN, 'synced-passkey');
  const who = await somebody();
  const [copied, whole] = [synced(), new SoftPasskey()];
  for (const key of [copied, whole]) assert.equal(await add(who, key), 'done');
  assert.equal(await shown(who, copied), 'synced-passkey');
  assert.equal(await shown(who, whole), 'passkey');
  copied.flags.backupEligible = false;
  assert.equal(await shown(who, copied), 'synced-passkey', 'what it says of itself later makes it no more');
  whole.flags.backupEligible = true;
  assert.equal(await shown(who, whole), 'failed', 'that is not the key which was enrolled');
  whole.flags.backupEligible = false;
  for (const key of [copied, whole]) {
    key.flags.userVerified = false;
    assert.equal(await shown(who, key), 'failed', 'a touch is not enough');
    key.flags.userVerified = true;
  }
  await policy('{}', 'passkey');
  assert.equal(await shown(who, copied), 'failed');
  assert.equal(await shown(who, whole), 'passkey');
});

test('a synced passkey ends no other key, and signs its own end whatever the policy says by then', async () => {
  await policy(LET_IN, 'synced-passkey');
  const who = await somebody();
  const [copied, another, whole] = [synced(), synced(), new SoftPasskey()];
  for (const key of [copied, another, whole]) assert.equal(await add(who, key), 'done');
  assert.equal(await remove(who, whole, copied), 'passkey-synced');
  assert.equal(await remove(who, another, copied), 'passkey-synced');
  await policy('{}', 'passkey');
  assert.equal(await remove(who, another, another), 'done');
  assert.equal(await remove(who, copied, whole), 'done', 'and a passkey ends it');
});

test('a row that somebody made a better key counts for nothing, and a writer believes no other kind of a key than its row says', async () => {
  await policy(LET_IN, 'synced-passkey');
  const who = await somebody();
  const [copied, whole] = [synced(), new SoftPasskey()];
  for (const key of [copied, whole]) assert.equal(await add(who, key), 'done');
  const unsound = async (key: SoftPasskey, method: KeyKind) => {
    const { id } = await world.superuser.passkey.findUniqueOrThrow({ where: { credentialId: key.id } });
    const said: Attestation = {
      v: 1,
      id: randomUUID(),
      reset: randomUUID(),
      run: 'run',
      account: who.guid,
      at: new Date().toISOString(),
      kind: 'factor',
      method,
      credential: id,
    };
    const known = {
      verifierKey: world.deps.keys.checking,
      metadata: undefined,
      demands: { attestation: 'not-asked', models: [], compromised: 'refuse-all', synced: 'where-named' },
    } as const;
    return (await world.superuser.$transaction((tx) => unsoundFactors(tx, [said], known))).has(id);
  };
  assert.equal(await unsound(copied, 'passkey'), true);
  assert.equal(await unsound(copied, 'synced-passkey'), false);
  assert.equal(await unsound(whole, 'passkey'), false);
  assert.equal(await unsound(whole, 'synced-passkey'), true);
  await world.superuser.passkey.update({ where: { credentialId: copied.id }, data: { backupEligible: false } });
  copied.flags.backupEligible = false;
  assert.equal(await shown(who, copied), 'failed');
});
