import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { loadPolicy } from '#prisma/policies.ts';
import { readStatement } from '#prisma/statement-text.ts';
import { demoPolicyWith, privilegedRule } from '../support/policies.ts';
import { codeNow, enrolled, factor, identified, person, prove, seal, useVerifier } from './world.ts';

const world = await useVerifier();
const rules = `rules:${privilegedRule}
  - id: elsewhere
    when: { protected: false, under: ["OU=Tellers,DC=bank,DC=test"] }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals: []
  - id: standard
    when: { protected: false }
    accept: [{ name: a known password and the authenticator, proofs: [known-password], factors: [totp] }]
    approvals: []`;
await world.superuser.$transaction((tx) => loadPolicy(tx, demoPolicyWith(rules), { type: 'service', name: 'test' }));
const RIGHT = 'Kanarienvogel-7-Gelb';
const tell = (reset: Parameters<typeof prove>[1], password: string) => prove(world, reset, password, randomUUID(), 'known-password');

test('the password is a proof like any other: wrong fails, right passes, and with the authenticator the person is proven', async () => {
  const ada = await enrolled(world, person('ada'));
  world.passwords.set(ada.guid, RIGHT);
  const reset = await identified(world, 'ada');
  assert.equal(await tell(reset, 'Not-The-Password-1'), 'failed');
  assert.equal(await tell(reset, RIGHT), 'passed');
  assert.equal(await factor(world, reset, codeNow(ada)), 'passed');
  const { body, signature } = await world.superuser.attestation.findFirstOrThrow({ where: { resetId: reset.reset, kind: 'proof' } });
  const proof = readStatement(body, signature, world.deps.keys.checking);
  assert.ok(proof?.kind === 'proof');
  assert.deepEqual([proof.method, proof.credential, proof.issuer], ['known-password', ada.guid, null]);
});

test('nothing of it is kept: not in a table, not in a leaf, and the sealed row is gone with the outcome', async () => {
  const rows = await world.superuser.$queryRaw<{ text: string }[]>`
    SELECT body AS text FROM leaf UNION ALL SELECT body FROM attestation UNION ALL SELECT outcome::text FROM burn UNION ALL SELECT key FROM attempts`;
  assert.ok(rows.length > 5);
  for (const { text } of rows) assert.ok(!text.includes(RIGHT) && !text.includes('Not-The-Password-1'));
  assert.equal(await world.superuser.sealed.count({ where: { purpose: 'proof' } }), 0);
});

test('tries are counted with those of sign-ins and before the bind; after four wrong ones nobody is tried in its place', async () => {
  const bo = await enrolled(world, person('bo'));
  world.passwords.set(bo.guid, RIGHT);
  const reset = await identified(world, 'bo');
  for (let tries = 0; tries < 4; tries++) assert.equal(await tell(reset, `Not-The-Password-${tries}`), 'failed');
  world.binds.length = 0;
  assert.equal(await tell(reset, RIGHT), 'failed');
  assert.deepEqual(world.binds, ['nobody']);
  const session = randomUUID();
  const sealed = await seal(world, 'sign-in', session, { account: 'bo', password: RIGHT, door: 'portal' });
  assert.equal((await world.verifier.checkSignInPassword({ session, updateId: 'one', sealed })).outcome, 'failed', 'one count for both');
});

test('of 64 at the same time no more are tried than the hour bears, one after the other', async () => {
  const cy = await enrolled(world, person('cy'));
  const reset = await identified(world, 'cy');
  world.binds.length = 0;
  await Promise.all(Array.from({ length: 64 }, () => tell(reset, 'Not-The-Password-1').catch((error: unknown) => String(error))));
  assert.ok(world.binds.filter((who) => who === cy.samAccountName).length <= 4);
});

test('a decoy, and an account whose rule does not take it, have it tried for nobody and fail in the same words', async () => {
  const di = await enrolled(world, person('di', { dn: 'CN=di,OU=Tellers,DC=bank,DC=test' }));
  world.passwords.set(di.guid, RIGHT);
  world.binds.length = 0;
  assert.equal(await tell(await identified(world, 'no-such-name'), RIGHT), 'failed');
  assert.equal(await tell(await identified(world, 'di'), RIGHT), 'failed');
  assert.deepEqual(world.binds, ['nobody', 'nobody']);
});
